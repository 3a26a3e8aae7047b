"""Many invocations at once in one process."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

import events
import models
import processes
import wire
from checking import MANAGED, PARALLEL, Wrong, check, demand, demand_body, demand_problem, direct, understand


def targets(count):
    return [f"/gzip/{size}?seed={number}" for number, size in
            zip(range(count), ["3KiB", "64KiB", "700KiB", "1MiB"] * (count // 4 + 1))]


@check(PARALLEL, "origin", concurrency=64)
def sixty_four_at_once(lab):
    """64 invocations at once in one process, each its own bytes; then 256 more by 32 callers; nobody is refused."""
    wanted = targets(64)
    bodies = {target: direct(lab.origin + target) for target in wanted}
    process = lab.model.runtimes()
    demand(len(process) == 1, f"not one process: {process}")

    def one(target):
        got = lab.ask("GET", target)
        demand(got.status == 200, f"{target}: {got}")
        demand_body(got.body, bodies[target])

    for lanes, work in ((64, wanted), (32, wanted * 4)):
        with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
            list(pool.map(one, work))
    demand(lab.model.runtimes() == process, "another process")


@check(PARALLEL, "origin", concurrency=8, GZPROXY_ABORT="trailers")
def failures_cost_no_worker(lab):
    """Eight workers, 80 failures among 80 others: every worker is there afterwards."""
    wanted = direct(lab.origin + "/gzip/64KiB")

    def one(number):
        if number % 2:
            lab.raw("GET", f"/gzip/64KiB?fault={('cut@50%', 'reset@50%', 'crc', 'length_and_chunked')[number // 2 % 4]}")
        else:
            demand_body(lab.ask("GET", "/gzip/64KiB").body, wanted)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(160)))
    # All eight are at work only if none was lost: the emulator refuses what finds no worker.
    gate = threading.Barrier(8)

    def together(_):
        gate.wait(30)
        return lab.ask("GET", "/gzip/64KiB?delay=2s").body

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for body in pool.map(together, range(8)):
            demand_body(body, wanted)


def resident(pid, field="VmRSS"):
    """Of a process, in bytes."""
    for line in pathlib.Path("/proc", str(pid), "status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise Wrong(f"the process {pid} is gone")


@check(PARALLEL, "origin", concurrency=64, GZPROXY_ABORT="trailers")
def two_thousand_with_faults(lab):
    """2,000 invocations of mixed size by 32 callers, one upstream in ten cut: each whole, or seen to be cut; memory stays."""
    wanted = targets(16)
    bodies = {target: direct(lab.origin + target) for target in wanted}
    process = lab.model.runtimes()
    failed, early = [], []

    def one(number):
        target = wanted[number % 16]
        if number % 10 == 3:
            target = f"{target}&fault={('cut', 'reset')[number // 10 % 2]}@50%"
            reply = lab.raw("GET", target)
            body = understand(reply.body).body if not lab.model.interprets and not reply.header("error-type") else reply.body
            whole = bodies[wanted[number % 16]]
            demand(body != whole, f"{target}: whole, though it was cut")
            failed.append(number)
        else:
            got = lab.ask("GET", target)
            demand(got.status == 200, f"{target}: {got}")
            demand_body(got.body, bodies[target])
        if number == 500:
            early.append(resident(process[0]))

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        list(pool.map(one, range(2000)))
    demand(len(failed) == 200, f"{len(failed)} of 200 failures")
    demand(lab.model.runtimes() == process, "another process")
    growth = resident(process[0]) - early[0]
    demand(growth <= 16 << 20, f"{growth >> 20} MiB more after 2,000 invocations than after 500")


# Two gigabytes, in whatever time this machine takes for them.
@check(("cargo-lambda", "gzlambda-managed"), "origin", timeout=300, concurrency=64)
def large_streams_in_little_memory(lab):
    """64 streams of 32 MiB at once, each proven whole by gzload: 32 MiB of memory more than one at a time took."""
    process = lab.model.runtimes()

    def load(lanes, streams):
        ended = subprocess.run(
            [models.binaries() / "gzload", "-c", str(lanes), "-n", str(streams), "--expect", "gzip", "--no-progress",
             f"http://127.0.0.1:{lab.model.port}/gzip/32MiB?ratio=1"], capture_output=True, text=True, timeout=300,
            stdin=subprocess.DEVNULL)
        demand(ended.returncode == 0, f"gzload: {ended.returncode}\n{ended.stdout[-1500:]}{ended.stderr[-500:]}")

    load(1, 2)
    before = resident(process[0], "VmHWM")
    load(64, 64)
    growth = resident(process[0], "VmHWM") - before
    demand(growth <= 32 << 20, f"{growth / 2**20:.1f} MiB more")


@check(MANAGED)
def trace_reaches_the_upstream(lab):
    """Each request has its own trace: the invocation's is what the upstream is told."""
    trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"
    reply = wire.request(lab.model.port, "POST", models.FUNCTION, json.dumps(events.v2("GET", "/echo")).encode(),
                         [("Content-Type", "application/json"), ("X-Amzn-Trace-Id", trace)])
    headers = {name.lower(): value for name, value in json.loads(understand(reply.body).body)["headers"]}
    demand(headers.get("x-amzn-trace-id") == trace, headers)


@check(MANAGED, "origin")
def log_lines_are_json_with_the_requests_id(lab):
    """On Managed Instances requests are mixed in the log: a line about one is JSON that names it."""
    got = lab.ask("GET", "/.gzproxy/hello")
    request = got.body.decode().partition("]")[0].lstrip("[")
    demand_problem(lab.ask("GET", "/gzip/64KiB?fault=length_and_chunked"), 502)

    def lines():
        found = []
        for line in lab.model.log().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return [line for line in found if isinstance(line, dict) and "requestId" in line]

    processes.wait_until(lines, "a line of JSON with requestId", 5)
    for line in lines():
        demand({"timestamp", "level", "message"} <= set(line), line)
        demand(re.fullmatch(r"[0-9a-f-]{36}", line["requestId"]) and line["requestId"] != request, line)


@check(PARALLEL)
def requests_have_their_own_ids(lab):
    """Ten at once: ten ids."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        greetings = list(pool.map(lambda _: lab.ask("GET", "/.gzproxy/hello").body, range(10)))
    demand(len(set(greetings)) == 10, greetings)


@check(PARALLEL)
def term_ends_the_process(lab):
    """SIGTERM ends an idle process within the 600 ms Lambda gives it."""
    lab.goes_on()
    process = lab.model.runtimes()
    sent = time.monotonic()
    for pid in process:
        os.kill(pid, signal.SIGTERM)
    processes.wait_for_end(process, "the process ends", 10)
    demand(process and time.monotonic() - sent < 0.6, f"it took {time.monotonic() - sent:.3f} s")
