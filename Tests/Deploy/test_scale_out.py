"""Eight processes do what one does: the commands of deploy/kubernetes' containers, run here as the pods would run them, and
the report that their merge step writes beside the report of a single process with the same plan."""
import copy
import datetime
import json
import math
import pathlib
import subprocess
import tempfile
import time
import unittest
import urllib.request

import manifests
import support

SHARDS = 8
STREAMS = 800
# Weight and path: whole streams, two kinds of broken ones, an error page, and bodies whose size is drawn for each stream. What
# a stream asks for hangs on the seed and its number in the whole plan, so that other shares, or other numbers, would show in
# the counts: the weights' sum divides neither the plan nor a shard of it.
TARGETS = [
    (3, "/gzip/64KiB?delay=30ms"), (1, "/gzip/256KiB?fault=crc"), (2, "/gzip/64KiB?framing=chunked&fault=cut"),
    (1, "/front/rest-502"), (4, "/gzip/1{rand:9}KiB"),
]
# Delays far apart, with a weight for each: which of them a percentile shows hangs on the plan alone, and not on the machine,
# whose own share is far below the distance between two.
DELAYS_MS = [(6, 100), (7, 700), (6, 1500), (1, 2500)]
DELAYED = 240
COUNTS = ["totals", "status", "transport", "gzip", "http_causes", "protocol"]
# Of a bucket with three significant digits, relative to its value; and a microsecond, the unit.
BUCKET, UNIT = 1 / 1000, 1e-6


class ScaleOut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Both runs, once: every test below looks at them."""
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.tools = support.thin_tools(cls.folder / "bin")
        cls.origin = cls.enterClassContext(support.origin())
        arguments = cls.folder / "arguments"
        targets = cls.folder / "targets"
        targets.write_text("".join(f"# weight: {weight}\n{cls.origin}{path}\n" for weight, path in TARGETS))
        arguments.write_text("\n".join([
            "-c", "32", "-n", str(STREAMS), "--seed", "7", "--output-format", "ndjson=streams.ndjson", "-f", str(targets),
        ]) + "\n")
        cls.config = {
            "RUN": "20260101T000000Z", "SHARDS": str(SHARDS), "START_AT": f"@{int(time.time()) + 4}", "WAIT": "40",
        }
        before = cls.requests()
        merge = cls.start("gzload-merge", "merge")
        shards = [cls.start("gzload", f"shard-{index + 1}", JOB_COMPLETION_INDEX=str(index), ARGUMENTS=str(arguments))
                  for index in range(SHARDS)]
        cls.shard_exits = [cls.finish(shard) for shard in shards]
        cls.merge_exit = cls.finish(merge)
        cls.asked_by_shards = cls.requests() - before

        reports = cls.folder / "results" / cls.config["RUN"]
        assert (reports / "merged.json").exists(), cls.merge_exit
        cls.merged = json.loads((reports / "merged.json").read_text())
        cls.parts = [json.loads((reports / f"shard-{index + 1}.json").read_text()) for index in range(SHARDS)]

        single = cls.folder / "single"
        single.mkdir()
        done = subprocess.run(
            [cls.tools / "gzload", "--no-progress", "--output-format", "json=one.json", *arguments.read_text().split("\n")[:-1]],
            cwd=single, capture_output=True, text=True, timeout=support.LIMIT)
        cls.one_exit = done.returncode, done.stderr
        cls.one = json.loads((single / "one.json").read_text())

        cls.delayed_by_shards, cls.delayed_by_one = cls.delays()

    @classmethod
    def delays(cls):
        """The merged report of shards that arrive on a plan at delays which are known, and the one of a single process."""
        targets = cls.folder / "delays"
        targets.write_text("".join(
            f"# weight: {weight}\n{cls.origin}/gzip/1KiB?delay={delay}ms\n" for weight, delay in DELAYS_MS))
        words = ["-c", str(DELAYED), "-n", str(DELAYED), "-q", "120", "--seed", "7", "--no-progress", "-f", str(targets),
                 "--start-at", f"@{int(time.time()) + 3}"]
        names = [f"delayed-{index + 1}" for index in range(SHARDS)] + ["delayed-one"]
        running = []
        for index, name in enumerate(names):
            shard = [] if name == "delayed-one" else ["--shard", f"{index + 1}/{SHARDS}"]
            running.append(subprocess.Popen(
                [cls.tools / "gzload", *words, *shard, "--output-format", f"json={name}.json"], cwd=cls.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
        for child in running:
            try:
                said = child.communicate(timeout=support.LIMIT)[1]
                assert child.returncode == 0, said
            finally:
                child.kill()
        subprocess.run(
            [cls.tools / "gzload", "merge", *[f"{name}.json" for name in names[:-1]], "--output-format", "json=delayed.json"],
            cwd=cls.folder, check=True, capture_output=True, timeout=support.LIMIT)
        return [json.loads((cls.folder / name).read_text()) for name in ("delayed.json", "delayed-one.json")]

    @classmethod
    def requests(cls):
        with urllib.request.urlopen(cls.origin + "/stats", timeout=10) as answer:
            return json.load(answer)["requests"]

    @classmethod
    def start(cls, job, folder, **environment):
        """A container's own command, with its own environment, in a folder of its own."""
        container, = manifests.named("Job", job)["spec"]["template"]["spec"]["containers"]
        values = manifests.environment(container, cls.config)
        values |= {"RESULTS": str(cls.folder / "results"), "PATH": f"{cls.tools}:/usr/bin:/bin", **environment}
        here = cls.folder / folder
        here.mkdir(exist_ok=True)
        log = open(here / "log", "w")
        child = subprocess.Popen(container["command"], cwd=here, env=values, stdout=log, stderr=log)
        log.close()
        return child, here

    @classmethod
    def finish(cls, started):
        child, here = started
        try:
            return child.wait(support.LIMIT), (here / "log").read_text()
        finally:
            child.kill()

    def test_every_process_found_the_broken_streams_and_said_so(self):
        for exit, log in [*self.shard_exits, self.merge_exit, self.one_exit]:
            self.assertEqual(exit, 99, log)

    def test_counts_are_those_of_one_process(self):
        merged, one = copy.deepcopy(self.merged), copy.deepcopy(self.one)
        # How far an inflater gets into a symbol that was cut depends on where reads ended: a byte of a cut stream.
        decoded = [report["totals"].pop("bytes_decoded") for report in (merged, one)]
        self.assertAlmostEqual(*decoded, delta=one["transport"]["cut"])
        for name in COUNTS:
            self.assertEqual(merged[name], one[name], name)
        self.assertEqual(self.merged["totals"]["streams"], STREAMS)
        self.assertEqual(self.merged["arrivals"]["planned"], self.one["arrivals"]["planned"])
        # Each process inflates the first body of a URL, and compares the others with it.
        self.assertEqual(sum(self.merged["validation"].values()), sum(self.one["validation"].values()))

    def test_the_shards_did_the_plan_once(self):
        self.assertEqual([part["totals"]["streams"] for part in self.parts], [STREAMS // SHARDS] * SHARDS)
        # One more: the question about it.
        self.assertEqual(self.asked_by_shards, STREAMS + 1)

    def test_percentiles_are_those_of_all_streams_together(self):
        streams = [json.loads(line) for index in range(SHARDS)
                   for line in (self.folder / f"shard-{index + 1}" / "streams.ndjson").read_text().splitlines()]
        self.assertEqual(len(streams), STREAMS)
        # Times of broken streams would say when they broke: the report has those of whole ones.
        streams = [stream for stream in streams if stream["transport"] == "complete"]
        for name in ("ttfh", "ttfb", "ttlb"):
            values = sorted(stream[f"{name}_us"] / 1e6 for stream in streams if f"{name}_us" in stream)
            said = self.merged["latency_seconds"][name]
            self.assertEqual(said["count"], len(values), name)
            for key, share in [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)]:
                exact = values[max(0, math.ceil(share * len(values)) - 1)]
                self.assertAlmostEqual(said[key], exact, delta=exact * BUCKET + UNIT, msg=f"{name} {key}")
            self.assertAlmostEqual(said["max"], values[-1], delta=UNIT)

    def test_percentiles_are_those_of_one_process(self):
        merged, one = self.delayed_by_shards, self.delayed_by_one
        for name in COUNTS:
            self.assertEqual(merged[name], one[name], name)
        self.assertEqual(merged["totals"]["ok"], DELAYED)
        shown = set()
        for name in ("ttfh", "ttfb", "ttlb"):
            for key in ("min", "p50", "p90", "p95", "p99", "max"):
                said = [report["latency_seconds"][name][key] for report in (merged, one)]
                of = [level(seconds) for seconds in said]
                self.assertEqual(of[0], of[1], f"{name} {key}: {said}")
                self.assertIsNotNone(of[0], f"{name} {key}: {said}")
                shown.add(of[0])
        # All of them, or the comparison would say little.
        self.assertEqual(len(shown), len(DELAYS_MS))

    def test_they_began_together(self):
        start = int(self.config["START_AT"].removeprefix("@"))
        for part in self.parts:
            began = time_of(part["started_at"])
            self.assertGreaterEqual(began, start - 0.001)
            self.assertLess(began, start + 20)

    def test_a_missing_report_is_named_and_waited_for_no_longer_than_said(self):
        shorter = {**self.config, "SHARDS": str(SHARDS + 1), "WAIT": "0"}
        whole, type(self).config = self.config, shorter
        try:
            exit, log = self.finish(self.start("gzload-merge", "merge-of-nine"))
        finally:
            type(self).config = whole
        self.assertEqual(exit, 1)
        self.assertIn(f"no report of shard {SHARDS + 1} after", log)


def level(seconds):
    """The longest known delay that is not above a latency (a bucket lower at most); None when it is below all of them."""
    return max((delay for _, delay in DELAYS_MS if seconds >= delay / 1000 * (1 - BUCKET)), default=None)


def time_of(text):
    """Seconds since 1970 of an RFC 3339 time in UTC."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
