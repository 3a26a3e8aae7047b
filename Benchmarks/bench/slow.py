"""64 readers that take 1 MiB a second each of bodies that never end: what a proxy holds for them, and the kernel.

A proxy is started anew for every run, since what it once held it seldom gives back.
"""
import pathlib
import subprocess
import time

from . import accounting
from .bodies import KIB, MIB
from .failure import Failure
from .relaying import LABELS, Proxies, profiled
from .results import Row, Section, Table
from .rounds import interleave
from .verdict import Bar, Check

READERS, RATE, SIZE = 64, MIB, 256 * MIB
SECONDS, SECONDS_QUICK = 8, 2
# A proxy that hands on less than this share of what was asked for holds less too: such a figure is none.
LEAST_SHARE = 0.7
BARS = {"copy": Bar(48, 32), "auto": Bar(16, 8)}
INFORMATION = ["nginx-tuned", "haproxy", "haproxy-splice"]
BUFFERS = ["256KiB", "1MiB", "4MiB"]
# Each of them is a run of its own beside the rows with bars; two are enough to see a size's effect.
BUFFER_ROUNDS = 2


def seconds(bench):
    return SECONDS_QUICK if bench.options.quick else max(SECONDS, bench.options.seconds)


def read_slowly(bench, server):
    """Loads the proxy; returns its growth, its CPU and the kernel's memory for TCP, each at its peak."""
    bench.sink.run(bench.children, bench.cores.others, server, bench.bodies.gzip(KIB), 1, 0.2)
    pids = server.pids
    accounting.forget_peak(pids)
    idle, kernel = accounting.memory(pids, "VmRSS"), accounting.tcp_memory()
    cpu, peak = accounting.cpu_seconds(pids), 0
    body, length = bench.bodies.gzip(SIZE), seconds(bench)
    out = bench.children.folder / "slow.out"
    with out.open("wb") as stdout:
        command = bench.sink.command(server.port, body.path, READERS, length, body.size, RATE, finish=0)
        child = bench.children.start(command, bench.cores.others, output=stdout, errors=subprocess.STDOUT)
    until = time.monotonic() + length + 30
    while child.poll() is None and time.monotonic() < until:
        peak = max(peak, accounting.tcp_memory())
        time.sleep(0.1)
    held = accounting.memory(pids, "VmHWM") - idle
    bench.children.stop(child)
    load = bench.sink.judged(out.read_text(), server.name) if child.returncode == 0 else None
    if load is None:
        raise Failure(f"{server.name}: the readers ended with {child.returncode}")
    share = load.rate / (READERS * RATE)
    if share < LEAST_SHARE:
        raise Failure(f"{server.name}: the readers got {share:.0%} of what they would take; the run is void")
    return {"RSS growth MiB": held / MIB, "kernel TCP MiB": (peak - kernel) / MIB,
            "CPU s": accounting.cpu_seconds(pids) - cpu, "MiB/s": load.rate / MIB}


def columns(results):
    return {name: [one[name] for one in results] for name in results[0]}


def slow_figure(bench, figure, title):
    proxies = Proxies(bench)
    try:
        return measured(bench, Section(figure, title, notes=proxies.notes), proxies)
    finally:
        proxies.stop()


def measured(bench, section, proxies):
    def run(key, options=()):
        with proxies.fresh(key, options) as server:
            return read_slowly(bench, server)

    keys = [*BARS, *INFORMATION]
    results = interleave(bench.options.rounds, {key: lambda key=key: run(key) for key in keys})
    section.tables = [Table("proxy", [Row(LABELS[key], columns(results[key])) for key in keys])]
    for key, bar in BARS.items():
        check = Check(f"RSS growth, {LABELS[key]}", columns(results[key])["RSS growth MiB"], bar, " MiB")
        section.checks.append(check)
        section.profiles += missed(bench, check, key, proxies)
    section.notes += [
        f"Each run reads for {seconds(bench)} s. Kernel TCP memory is of both ends of both hops, the readers' included.",
        f"The rows by buffer sizes are of {min(BUFFER_ROUNDS, bench.options.rounds)} rounds."]
    if proxies.gzproxy.receive_buffer and proxies.gzproxy.send_buffer:
        section.tables.append(buffers(bench, proxies, run))
    else:
        section.notes.append("This gzproxy has no options for its socket buffers.")
    return section


def resident(pid):
    """What a profile of CPU does not show: of which kind the memory is."""
    lines = (line.split() for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return ", ".join(
        f"{words[0][:-1]} {int(words[1]) / 1024:.1f} MiB" for words in lines
        if words[0] in ("Rss:", "Anonymous:", "Private_Dirty:"))


def missed(bench, check, key, proxies):
    with proxies.fresh(key) as server:
        blocks = profiled(bench, [check], LABELS[key], server, lambda: read_slowly(bench, server))
        if blocks:
            blocks.append(f"Resident after it, by kind: {resident(server.child.pid)}.\n")
        return blocks


def buffers(bench, proxies, run):
    """Rows by the sizes of the two socket buffers."""
    receive, send = proxies.gzproxy.receive_buffer, proxies.gzproxy.send_buffer
    sizes = BUFFERS + (["system"] if receive[1] and send[1] else [])
    cases = {
        f"{key}/{size}": lambda key=key, size=size: run(key, (receive[0], size, send[0], size))
        for key in BARS for size in sizes}
    results = interleave(min(BUFFER_ROUNDS, bench.options.rounds), cases)
    rows = [Row(f"{LABELS[key]}, {size}", columns(results[f"{key}/{size}"])) for key in BARS for size in sizes]
    return Table(f"`{receive[0]}` and `{send[0]}`", rows)
