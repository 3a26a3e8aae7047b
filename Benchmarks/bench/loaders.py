"""The load clients, each run straight at the origin: how it is called, and what it says it received.

CPU is user and system time of the client as the kernel tells it when the client ends: start and all. Bytes are those of
bodies as they came over the wire. A client that reports a failure, or whose count cannot be read, voids the run.
"""
import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from typing import Callable

from . import accounting, clients, processes, servers
from .bodies import GIB
from .bench import TOP
from .failure import Failure

GRACE = 60


@dataclass(frozen=True)
class Job:
    """What a client is to do: load this body over so many connections for so long."""
    url: str
    size: int
    connections: int
    seconds: int


@dataclass(frozen=True)
class Measured:
    cpu: float
    bytes: int
    requests: int
    seconds: float
    peak: int

    @property
    def per_gib(self):
        return self.cpu / (self.bytes / GIB)

    @property
    def per_request(self):
        """Microseconds."""
        return self.cpu / self.requests * 1e6


@dataclass(frozen=True)
class Loader:
    label: str
    # Job → words
    command: Callable
    # (output, Job) → (requests, bytes)
    count: Callable
    environment: tuple = ()


def void(name, why):
    raise Failure(f"{name}: {why}; the run is void")


def counted(pattern, text, name):
    found = re.search(pattern, text, re.M)
    if not found or int(found.group(1)) == 0:
        void(name, "it counted nothing")
    return int(found.group(1))


def of_wrk(text, job):
    load = clients.judged_wrk(text, "wrk")
    return load.requests, load.bytes


def of_h2load(text, job):
    bad = re.search(r"^requests: .* (\d+) failed, (\d+) errored, (\d+) timeout$", text, re.M)
    if not bad or any(int(count) for count in bad.groups()):
        void("h2load", bad.group(0) if bad else "it counted nothing")
    # Its "total" leaves out what came after the time was up, though that cost CPU too.
    return counted(r"^requests: \d+ total, \d+ started, (\d+) done", text, "h2load"), \
        counted(r"\((\d+)\) data$", text, "h2load")


def of_ab(text, job):
    for pattern in (r"^Failed requests:\s+([1-9]\d*)", r"^Non-2xx responses:\s+(\d+)"):
        bad = re.search(pattern, text, re.M)
        if bad:
            void("ab", bad.group(0))
    return counted(r"^Complete requests:\s+(\d+)", text, "ab"), counted(r"^Total transferred:\s+(\d+)", text, "ab")


def of_hey(text, job):
    others = [status for status in re.findall(r"^\s+\[(\d{3})\]\s+\d+ responses", text, re.M) if status != "200"]
    if others or "Error distribution" in text:
        void("hey", f"statuses {others}" if others else "it reports errors")
    requests = counted(r"^\s+\[200\]\s+(\d+) responses", text, "hey")
    return requests, requests * job.size


def of_curl(text, job):
    lines = [line.split() for line in text.splitlines() if re.fullmatch(r"\d{3} \d+", line)]
    if not lines or any(line != ["200", str(job.size)] for line in lines):
        void("curl", "not every body came whole and with 200")
    return len(lines), len(lines) * job.size


def of_k6(text, job):
    found = re.search(r'^\{"requests".*\}$', text, re.M)
    if not found:
        void("k6", "it said no numbers")
    said = json.loads(found.group(0))
    if said["failed"] or not said["requests"]:
        void("k6", f"{said['failed']} of {said['requests']} requests failed")
    return int(said["requests"]), int(said["bytes"])


def of_gzload(text, job, validate):
    """Its own report; every stream must be whole, and judged in the way that was asked for."""
    said = json.loads(text)
    totals, judged = said["totals"], said["validation"]
    if totals["failed"] or totals["cut_by_deadline"] or totals["ok"] != totals["streams"] or not totals["streams"]:
        void("gzload", f"{totals['ok']} of {totals['streams']} streams were whole")
    as_asked = {"off": ("off",), "frame": ("frame",), "compare": ("full", "compared"), "full": ("full",)}[validate]
    if sum(judged[way] for way in as_asked) != totals["streams"]:
        void("gzload", f"not every stream was judged by --validate {validate}")
    if validate == "compare" and judged["full"] >= job.connections + 1:
        void("gzload", f"compare inflated {judged['full']} bodies where one is enough")
    return totals["streams"], totals["bytes_wire"]


def gzload(folder, validate, streams=None):
    def command(job):
        length = ["-n", streams] if streams else ["-z", f"{job.seconds}s"]
        return [folder / "gzload", job.url, "-c", job.connections, *length, "--threads", 1, "--validate", validate,
                "--output-format", "json", "--no-progress"]
    return Loader(f"gzload --validate {validate}", command, lambda text, job: of_gzload(text, job, validate))


def wrk():
    return Loader("wrk", lambda job: [
        processes.program("wrk"), "-t1", f"-c{job.connections}", f"-d{job.seconds}s", "--timeout", "30s",
        job.url], of_wrk)


def h2load():
    return Loader("h2load --h1", lambda job: [
        processes.program("h2load"), "--h1", "-t1", f"-c{job.connections}", "-D", job.seconds,
        "-H", "Accept-Encoding: gzip", job.url], of_h2load)


def ab():
    # -n last: -t sets it, to fifty thousand.
    return Loader("ab -k", lambda job: [
        processes.program("ab"), "-q", "-k", "-c", job.connections, "-t", job.seconds, "-n", 10_000_000,
        "-H", "Accept-Encoding: gzip", job.url], of_ab)


def hey():
    return Loader("hey, one processor", lambda job: [
        processes.program("hey"), "-z", f"{job.seconds}s", "-c", job.connections, "-cpus", 1, "-disable-compression",
        "-H", "Accept-Encoding: gzip", job.url], of_hey, (("GOMAXPROCS", "1"),))


def curl(bodies, compressed):
    """curl knows no duration: `bodies` is how many it loads, one process for all."""
    words = ["--compressed"] if compressed else ["-H", "Accept-Encoding: gzip"]
    return Loader("curl -Z --compressed" if compressed else "curl -Z", lambda job: [
        processes.program("curl"), "-q", "-s", "-f", "-Z", "--parallel-max", job.connections, *words, "-o", os.devnull,
        "-w", "%{http_code} %{size_download}\n", f"{job.url}?[1-{bodies}]"], of_curl)


def k6_program():
    """k6 on PATH, or the one that make bench-truth keeps; None where there is neither."""
    kept = TOP / ".build-truth/bin/k6"
    return shutil.which("k6") or (str(kept) if os.access(kept, os.X_OK) else None)


def k6(binary):
    return Loader("k6, bodies discarded", lambda job: [
        binary, "run", "--quiet", "--no-usage-report", "--vus", job.connections, "--duration", f"{job.seconds}s",
        "-e", f"TARGET={job.url}", servers.PEERS / "k6.js"], of_k6, (("GOMAXPROCS", "1"),))


def run(bench, loader, job, memory=False, prefix=()):
    """Runs a client to its end. `memory` also looks at its resident set; `prefix` stands before its command."""
    out = bench.children.folder / "loader.out"
    errors = bench.children.folder / "loader.err"
    with out.open("wb") as stdout, errors.open("wb") as stderr:
        begun = time.monotonic()
        child = bench.children.start(
            [*prefix, *loader.command(job)], bench.cores.measured, dict(loader.environment), stdout, stderr)
    until, peak, usage = begun + job.seconds + GRACE, 0, None
    while usage is None and time.monotonic() < until:
        if memory:
            # Of this program alone: rusage's would begin with what Python held when it forked.
            peak = max(peak, accounting.memory([child.pid], "VmHWM"))
        pid, status, found = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode, usage = os.waitstatus_to_exitcode(status), found
        else:
            time.sleep(0.01 if memory else 0.05)
    if usage is None:
        bench.children.stop(child)
        void(loader.label, f"it did not end {GRACE} s after its time")
    bench.children.forget(child)
    seconds = time.monotonic() - begun
    if child.returncode != 0:
        void(loader.label, f"it ended with {child.returncode}: {processes.last_words(errors)}")
    requests, size = loader.count(out.read_text(errors="replace"), job)
    return Measured(usage.ru_utime + usage.ru_stime, size, requests, seconds, peak)


def calibrated_curl(bench, job, compressed):
    """A curl that takes about as long as the others: found by a short run."""
    few = 2 * job.connections
    tried = run(bench, curl(few, compressed), job)
    return curl(max(few, int(few * job.seconds / tried.seconds)), compressed)
