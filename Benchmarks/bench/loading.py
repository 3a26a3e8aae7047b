"""Figures of load clients side by side, straight at the origin."""
import contextlib
from dataclasses import dataclass

from . import loaders, profile, rounds, servers
from .bodies import GIB, KIB, MIB
from .results import Row, Section, Table
from .verdict import MET, Bar, Check

NO_K6 = "k6: not installed (Debian has none; it is measured when `k6` is on PATH)"


@dataclass(frozen=True)
class Case:
    loader: loaders.Loader
    # For ours over this one; None: for information.
    bar: Bar = None


@contextlib.contextmanager
def job_at(bench, size, connections):
    origin = servers.origin(bench.children, bench.bodies, bench.cores.others)
    try:
        body = bench.bodies.gzip(size)
        yield loaders.Job(f"http://127.0.0.1:{origin.port}{body.path}", body.size, connections, bench.options.seconds)
    finally:
        bench.children.stop(origin.child)


def profiled(bench, checks, loader, job):
    if all(check.bar is None or check.verdict == MET for check in checks):
        return []
    recorder = profile.Recorder(bench.children, loader.label)
    try:
        loaders.run(bench, loader, job, prefix=recorder.prefix)
    finally:
        block = recorder.end()
    return [block]


def side_by_side(bench, section, job, ours, cases, unit):
    """Rounds of ours and of every case, as a table and as checks; `unit` is per_gib or per_request."""
    everybody = [ours, *(case.loader for case in cases)]
    found = rounds.interleave(bench.options.rounds, {
        loader.label: lambda loader=loader: loaders.run(bench, loader, job) for loader in everybody})
    values = {label: [getattr(one, unit) for one in results] for label, results in found.items()}
    by_size = unit == "per_gib"
    cost, speed = ("CPU-s/GiB", "GiB/s") if by_size else ("CPU µs/request", "requests/s")
    section.tables.append(Table("client", [
        Row(label, {cost: values[label],
                    speed: [(one.bytes / GIB if by_size else one.requests) / one.seconds for one in results]})
        for label, results in found.items()]))
    section.checks = [
        Check(f"{ours.label} ÷ {label}", rounds.ratios(values[ours.label], values[label]), bar)
        for label, bar in ((case.loader.label, case.bar) for case in cases)]
    section.profiles = profiled(bench, section.checks, ours, job)
    return section


def download_figure(bench, figure, title):
    bar = Bar(0.6, 0.45)
    section = Section(figure, title)
    with job_at(bench, 8 * MIB, 8) as job:
        cases = [Case(loaders.wrk(), bar), Case(loaders.h2load(), bar), Case(loaders.ab()), Case(loaders.hey()),
                 Case(loaders.calibrated_curl(bench, job, compressed=False))]
        binary = loaders.k6_program()
        if binary:
            cases.append(Case(loaders.k6(binary)))
        side_by_side(bench, section, job, loaders.gzload(bench.bin, "compare"), cases, "per_gib")
    if not binary:
        section.tables[0].rows.append(Row(NO_K6, {}))
    return section


def full_figure(bench, figure, title):
    with job_at(bench, 8 * MIB, 8) as job:
        cases = [Case(loaders.calibrated_curl(bench, job, compressed=True), Bar(0.5, 0.4))]
        section = Section(figure, title, notes=[
            "A GiB is one of compressed bytes. curl inflates too, and drops what comes."])
        return side_by_side(bench, section, job, loaders.gzload(bench.bin, "full"), cases, "per_gib")


def compare_figure(bench, figure, title):
    with job_at(bench, 8 * MIB, 8) as job:
        cases = [Case(loaders.gzload(bench.bin, "off"), Bar(1.6, 1.3))]
        return side_by_side(
            bench, Section(figure, title), job, loaders.gzload(bench.bin, "compare"), cases, "per_gib")


def requests_figure(bench, figure, title):
    with job_at(bench, KIB, 64) as job:
        cases = [Case(loaders.wrk(), Bar(2.8, 2.0)), Case(loaders.hey(), Bar(0.8, 0.5)), Case(loaders.h2load()),
                 Case(loaders.ab())]
        return side_by_side(
            bench, Section(figure, title), job, loaders.gzload(bench.bin, "compare"), cases, "per_request")


def memory_figure(bench, figure, title):
    """Peaks of ours and of wrk, each with large bodies and with a small one."""
    lanes, ours = 16, loaders.gzload(bench.bin, "full", streams=16)
    with job_at(bench, 64 * MIB, lanes) as large, job_at(bench, KIB, lanes) as small:
        tiny = loaders.gzload(bench.bin, "full", streams=1)
        found = rounds.interleave(bench.options.rounds, {
            "idle": lambda: loaders.run(bench, tiny, small, memory=True).peak / MIB,
            "gzload": lambda: loaders.run(bench, ours, large, memory=True).peak / MIB,
            "wrk-idle": lambda: loaders.run(bench, loaders.wrk(), small, memory=True).peak / MIB,
            "wrk": lambda: loaders.run(bench, loaders.wrk(), large, memory=True).peak / MIB})
        growth = [peak - idle for peak, idle in zip(found["gzload"], found["idle"])]
        section = Section(figure, title)
        section.tables.append(Table("client", [
            Row(ours.label, {"peak RSS MiB": found["gzload"], "idle MiB": found["idle"], "growth MiB": growth}),
            Row("wrk", {"peak RSS MiB": found["wrk"], "idle MiB": found["wrk-idle"],
                        "growth MiB": [peak - idle for peak, idle in zip(found["wrk"], found["wrk-idle"])]})]))
        # The must and the aim are of one figure; that wrk judges nothing makes its own an aim and not a must.
        section.checks = [Check("growth of gzload", growth, Bar(16, rounds.median(found["wrk"])), " MiB")]
        section.notes = [
            "Idle is the peak of the same command with one body of 1 KiB; growth is what 16 bodies of 64 MiB add.",
            "The aim is wrk's peak RSS, of the same bodies; wrk keeps nothing of a body and judges none."]
        section.profiles = profiled(bench, section.checks, ours, large)
        return section
