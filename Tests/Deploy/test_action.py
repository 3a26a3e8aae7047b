"""The action's steps, run as a runner runs them: each script from a file, inputs in the environment, GITHUB_… as files."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

import yaml

import support

ACTION = support.REPOSITORY / "action.yml"


class Runner:
    """One job: its folders, its files, and the action's steps in turn."""

    def __init__(self, folder, inputs):
        self.action = yaml.safe_load(ACTION.read_text())
        self.folder = pathlib.Path(folder)
        self.workspace = self.folder / "workspace"
        self.workspace.mkdir()
        (self.folder / "temp").mkdir()
        self.files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.write_text("")
        defaults = {name: spec.get("default", "") for name, spec in self.action["inputs"].items()}
        self.contexts = {"inputs." + name: value for name, value in {**defaults, **inputs}.items()}
        self.contexts["github.server_url"] = "https://server.invalid"
        self.contexts["github.action_repository || github.repository"] = "owner/name"

    def expand(self, text):
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: self.contexts[found.group(1)], str(text))

    def step(self, name):
        step, = (step for step in self.action["runs"]["steps"] if step["id"] == name)
        environment = {key: self.expand(value) for key, value in step["env"].items()}
        environment |= {name: str(file) for name, file in self.files.items()}
        environment["RUNNER_TEMP"] = str(self.folder / "temp")
        added = self.files["GITHUB_PATH"].read_text().splitlines()
        environment["PATH"] = ":".join([*reversed(added), os.environ["PATH"]])
        return support.shell(step["run"], environment, self.workspace)

    @property
    def outputs(self):
        return dict(line.split("=", 1) for line in self.files["GITHUB_OUTPUT"].read_text().splitlines())


class Action(unittest.TestCase):
    def job(self, arguments, **inputs):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        _, _, digest = support.release()
        return Runner(folder.name, {
            "version": support.version(), "sha256": digest, "base-url": self.releases, "args": arguments, **inputs})

    def setUp(self):
        folder, _, _ = support.release()
        self.releases = self.enterContext(support.file_server(folder))
        self.origin = self.enterContext(support.origin())

    def test_is_an_action(self):
        subprocess.run(
            [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", ACTION], check=True,
            capture_output=True, timeout=support.LIMIT)

    def test_no_expression_stands_in_a_script(self):
        for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]:
            self.assertNotIn("${{", step["run"])

    def test_passes_and_leaves_its_reports(self):
        job = self.job(f"-n\n8\n-c\n2\n\n{self.origin}/gzip/64KiB\n")
        job.files["GITHUB_STEP_SUMMARY"].write_text("of another step\n")
        self.assertEqual((done := job.step("install")).returncode, 0, done.stdout + done.stderr)
        done = job.step("load")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("gzload:", done.stderr)
        self.assertEqual(job.outputs["exit-code"], "0")
        report = json.loads(pathlib.Path(job.outputs["json"]).read_text())
        self.assertEqual(report["totals"]["ok"], 8)
        self.assertTrue(list(ElementTree.parse(job.outputs["junit"]).iter("testcase")))
        summary = job.files["GITHUB_STEP_SUMMARY"].read_text()
        self.assertTrue(summary.startswith("of another step\n"))
        self.assertGreater(len(summary), 100)

    def test_fails_with_the_exit_code_of_gzload(self):
        job = self.job(f"-n\n2\n{self.origin}/gzip/64KiB?fault=crc", summary="false")
        job.step("install")
        self.assertEqual(job.step("load").returncode, 99)
        self.assertEqual(job.outputs["exit-code"], "99")
        self.assertEqual(json.loads(pathlib.Path(job.outputs["json"]).read_text())["gzip"], {"corrupt_crc": 2})
        self.assertEqual(job.files["GITHUB_STEP_SUMMARY"].read_text(), "")

        job = self.job("--no-such-option")
        job.step("install")
        self.assertEqual(job.step("load").returncode, 2)

    def test_no_shell_reads_the_arguments(self):
        hostile = ["$(touch pwned)", "`touch pwned`", "; touch pwned", "x' \" touch pwned"]
        for text in hostile:
            job = self.job(f"-n\n1\n-H\nX-Text: {text}\n{self.origin}/gzip/1KiB")
            job.step("install")
            done = job.step("load")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse(list(job.folder.rglob("pwned")))
        job = self.job("-n\n1", version="0.1.0; touch pwned")
        self.assertEqual(job.step("install").returncode, 1)
        self.assertFalse(list(job.folder.rglob("pwned")))

    def test_what_the_sum_does_not_name_is_not_run(self):
        job = self.job("-n\n1", sha256="0" * 64)
        done = job.step("install")
        self.assertEqual(done.returncode, 1)
        self.assertIn("::error", done.stdout)
        self.assertEqual(job.files["GITHUB_PATH"].read_text(), "")
        self.assertFalse((job.folder / "temp/gztop/bin").exists())

    def test_a_release_that_is_not_there_is_one_line(self):
        job = self.job("-n\n1", version="9.9.9")
        done = job.step("install")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{self.releases}/gztop-9.9.9-linux-", done.stdout)
