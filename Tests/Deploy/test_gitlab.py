"""The lines of the GitLab job, run one after the other in one shell, as a GitLab runner does."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

import yaml

import support

FILE = support.REPOSITORY / "deploy/gitlab-ci.yml"


class GitLab(unittest.TestCase):
    def run_job(self, folder, arguments, digest):
        job = yaml.safe_load(FILE.read_text())["gzload"]
        releases, _, _ = support.release()
        with support.file_server(releases) as url:
            variables = {
                "TOOLS_VERSION": support.version(), "TOOLS_BASE_URL": url, "TOOLS_SHA256": digest,
                "LOAD_ARGUMENTS": arguments,
            }
            # Not before_script: it installs packages.
            return support.shell("\n".join(job["script"]) + "\n", variables, folder), job

    def test_is_a_pipeline(self):
        subprocess.run(
            [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform",
             "gitlab-ci", FILE], check=True, capture_output=True, timeout=support.LIMIT)

    def test_leaves_the_reports_that_it_names(self):
        _, _, digest = support.release()
        with support.origin() as origin, tempfile.TemporaryDirectory() as folder:
            done, job = self.run_job(folder, f"-n\n8\n-H\nX-Text: $(touch pwned) `touch pwned`\n{origin}/gzip/64KiB\n", digest)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            # A job that passed has nothing to warn of.
            self.assertNotIn("gzload:", done.stderr)
            self.assertFalse((pathlib.Path(folder) / "pwned").exists())
            reports = job["artifacts"]["reports"]
            self.assertTrue(list(ElementTree.parse(pathlib.Path(folder) / reports["junit"]).iter("testcase")))
            metrics = (pathlib.Path(folder) / reports["metrics"]).read_text()
            self.assertRegex(metrics, r"(?m)^gzload_\S+ [0-9.e+-]+$")
            self.assertEqual(json.loads((pathlib.Path(folder) / "reports/gzload.json").read_text())["totals"]["ok"], 8)
            for path in reports.values():
                self.assertTrue(path.startswith(job["artifacts"]["paths"][0]))

    def test_no_variable_is_taken_for_an_option(self):
        """The prefixes are the tools' own: what they do not know there they warn of."""
        for name in yaml.safe_load(FILE.read_text())["variables"]:
            self.assertNotRegex(name, "^(GZLOAD|GZTOP|GZPROXY|GZORIGIN)_")

    def test_fails_with_the_exit_code_of_gzload(self):
        _, _, digest = support.release()
        with support.origin() as origin, tempfile.TemporaryDirectory() as folder:
            done, job = self.run_job(folder, f"-n\n2\n{origin}/gzip/64KiB?fault=isize", digest)
            self.assertEqual(done.returncode, 99, done.stderr)
            # A failed job's reports are the ones that are wanted.
            self.assertEqual(job["artifacts"]["when"], "always")
            self.assertTrue((pathlib.Path(folder) / job["artifacts"]["reports"]["junit"]).exists())

    def test_what_the_sum_does_not_name_is_not_run(self):
        with tempfile.TemporaryDirectory() as folder:
            done, _ = self.run_job(folder, "-n\n1", "0" * 64)
            self.assertEqual(done.returncode, 1)
            self.assertFalse((pathlib.Path(folder) / "gztop/bin").exists())
