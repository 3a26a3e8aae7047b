"""One command from its options to its exit code: measures the figures, prints them, writes them, judges them."""
import os
import pathlib
import signal
import sys

from . import clients, machine, network, options, processes, results
from .bench import BUILD, TOP, Bench
from .bodies import Bodies
from .failure import Failure
from .verdict import MUST_MISSED

RESULTS = TOP / "Benchmarks" / "RESULTS.md"


def header(name, bench, versions):
    pinned = bench.cores
    words = " ".join(bench.options.words)
    command = f"make {name}" + (f" ARGS='{words}'" if words else "")
    lines = machine.description() + [
        f"Measured on core {pinned.measured}, the others on core {pinned.others}" if pinned.pinned
        else "**Not pinned**: fewer than 2 cores, so that all programs take turns on one",
        "Versions: " + ", ".join(f"{program} {version}" for program, version in versions.items()),
        f"`{command}`, {machine.today()}"]
    return f"## {name}\n\n" + "\n".join(f"- {line}" for line in lines) + "\n"


def measure(name, figures, bench, versions):
    """Every figure in turn; each is written as soon as it is there. Returns the sections."""
    chosen, done = bench.options, []
    top, ours = header(name, bench, versions), next(iter(versions))
    print(top, flush=True)
    for figure in chosen.figures:
        title, run = figures[figure]
        print(f"{name}: {figure}", file=sys.stderr, flush=True)
        section = run(bench, figure, title)
        how = f"Rounds: {chosen.rounds} of {chosen.seconds} s; {machine.today()}, {ours} {versions[ours]}"
        text = results.markdown(section, how)
        print(text, flush=True)
        if chosen.write:
            results.write(RESULTS, {f"{name} machine": top, figure: text})
        done.append(section)
    return done


def run(name, about, figures, versions, measured_first):
    """`versions` is called for program → version, ours first. Returns the exit code."""
    chosen = options.read(name, about, figures, sys.argv[1:])
    # Both unwind, so that every program that was started is ended; said even to a shell that starts us with Ctrl-C off.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    network.take()
    folder = pathlib.Path(os.environ.get("BIN", ".build/release"))
    folder = folder if folder.is_absolute() else TOP / folder
    try:
        with processes.Children() as children:
            bench = Bench(chosen, children, processes.cores(measured_first), Bodies(BUILD / "bodies"),
                          clients.Sink(BUILD / "sink"), folder)
            sections = measure(name, figures, bench, versions(bench))
    except Failure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{name}: interrupted; what was started is ended", file=sys.stderr)
        return 130
    return judge(name, chosen, sections)


def judge(name, chosen, sections):
    missed = [f"{section.figure} ({check.what}: {results.digits(check.median)}{check.unit})"
              for section in sections for check in section.checks if check.verdict == MUST_MISSED]
    if chosen.quick:
        print(f"{name}: --quick is a smoke test: its figures are too short to mean anything, and none was written",
              file=sys.stderr)
    if missed:
        print(f"{name}: a must is missed: {'; '.join(missed)}", file=sys.stderr)
        return 1
    return 0
