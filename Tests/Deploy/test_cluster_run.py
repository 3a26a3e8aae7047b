"""deploy/kubernetes/run.sh, with a kubectl that keeps what it is given in a folder."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import kubernetes_validate

import manifests
import support


class ClusterRun(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        shutil.copy(pathlib.Path(__file__).with_name("fake-kubectl"), bin_folder / "kubectl")
        self.path = f"{bin_folder}:{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"

    def run_sh(self, *words, state="Complete", exit="0", **cluster):
        return subprocess.run(
            [manifests.FOLDER / "run.sh", *words], cwd=self.folder, capture_output=True, text=True, timeout=support.LIMIT,
            env={"PATH": self.path, "CLUSTER": str(self.folder), "STATE": state, "EXIT": exit, "POLL": "0", **cluster})

    def applied(self, name):
        return json.loads((self.folder / f"{name}.json").read_text())

    def test_the_jobs_are_those_of_the_files_but_for_what_the_run_sets(self):
        before = time.time()
        arguments = ["-c", "4000", "-H", "X-Text: $(touch pwned) 'a' \"b\"", "http://gzproxy:8080/gzip/8MiB"]
        done = self.run_sh("-i", "example/gztop:1", "-s", "3", "-w", "90", "--", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("the merged report", done.stdout)

        config = self.applied("ConfigMap-gzload-run")["data"]
        self.assertEqual(config["arguments"].splitlines(), arguments)
        self.assertEqual(config["SHARDS"], "3")
        self.assertTrue(before + 89 <= int(config["START_AT"].removeprefix("@")) <= time.time() + 90)
        self.assertRegex(config["RUN"], r"^\d{8}T\d{6}Z$")
        for job in ("gzload", "gzload-merge"):
            document = self.applied(f"Job-{job}")
            kubernetes_validate.validate(document, "1.29", strict=True)
            container, = document["spec"]["template"]["spec"]["containers"]
            self.assertEqual(container["image"], "example/gztop:1")
            original, = manifests.named("Job", job)["spec"]["template"]["spec"]["containers"]
            self.assertEqual(container["command"], original["command"])
            # Every key that a container asks for is one that the run sets.
            manifests.environment(container, config)
        spec = self.applied("Job-gzload")["spec"]
        self.assertEqual((spec["completions"], spec["parallelism"], spec["maxFailedIndexes"]), (3, 3, 3))
        self.assertTrue((self.folder / f"results/{config['RUN']}/merged.json").exists())

    def test_its_exit_code_is_the_merged_reports(self):
        self.assertEqual(self.run_sh("-i", "gztop:1", "--", "-n", "1", state="Failed", exit="99").returncode, 99)

    def calls(self):
        return [json.loads(call) for call in (self.folder / "calls").read_text().splitlines()]

    def test_a_shard_that_cannot_run_is_told_at_once(self):
        """Exit 2 of one shard: its log while the others go on, and no wait for a report that will never come."""
        done = self.run_sh(
            "-i", "gztop:1", "-s", "3", "-w", "1", "--", "--no-such-option", state="", LOAD_STATE="Failed", FAILED="0,2",
            PODS="0 99 gzload-0-a\n1  gzload-1-b\n2 2 gzload-2-c\n")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("shard 3 of 3 ended with exit code 2", done.stderr)
        self.assertEqual(done.stderr.count("log of gzload-2-c"), 1)
        calls = self.calls()
        told = next(index for index, call in enumerate(calls) if call[:2] == ["logs", "gzload-2-c"])
        over = [index for index, call in enumerate(calls) if call[:3] == ["get", "job", "gzload"] and "conditions" in call[-1]]
        self.assertLess(told, over[0])
        self.assertIn(["delete", "job/gzload-merge", "--ignore-not-found", "--wait=false"], calls)
        # What the others have measured is there all the same.
        self.assertTrue(list(self.folder.glob("results/*/merged.json")))

    def test_a_failed_stream_is_no_broken_shard(self):
        done = self.run_sh("-i", "gztop:1", "--", "-n", "1", state="Failed", exit="99", FAILED="0", PODS="0 99 gzload-0-a\n")
        self.assertEqual(done.returncode, 99)
        self.assertNotIn("ended with exit code", done.stderr)

    def test_reports_that_are_missing_when_all_shards_have_ended_are_not_waited_for(self):
        done = self.run_sh(
            "-i", "gztop:1", "-s", "2", "-w", "1", "--", "-n", "1", state="", LOAD_STATE="Failed", SETTLE="0", FAILED="1",
            PODS="0 0 gzload-0-a\n1 137 gzload-1-b\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("shard 2 of 2 ended with exit code 137", done.stderr)
        self.assertIn("all shards have ended and a report is missing, that of shard 2 at least", done.stderr)

    def test_a_run_under_way_is_left_alone(self):
        (self.folder / "active").write_text("8")
        done = self.run_sh("-i", "gztop:1", "--", "-n", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("under way", done.stderr)
        self.assertFalse((self.folder / "Job-gzload.json").exists())

    def test_wrong_words_are_one_line_and_touch_nothing(self):
        for words in [
            ("-i", "gztop:1", "-s", "0", "--", "-n", "1"), ("-i", "gztop:1", "-s", "x", "--", "-n", "1"),
            ("-i", "gztop:1", "--", "-H", "a\nb"), ("-i", 'x","y":"z', "--", "-n", "1"), ("-i", "gztop:1"), ("--", "-n"),
        ]:
            with self.subTest(words=words):
                done = self.run_sh(*words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertFalse((self.folder / "calls").exists() and re.search(
                    r'"(apply|delete)"', (self.folder / "calls").read_text()))
