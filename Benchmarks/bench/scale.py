"""How gzproxy's two relays go from one stream to thousands, and from a kibibyte to 5 GiB, as curves.

Nothing is compared with a bar here. Each point has a proxy of its own, so that its memory is that of this point.
"""
import sys
import time

from . import accounting, clients, plot, rounds
from .bench import BUILD, TOP
from .bodies import GIB, KIB, MIB
from .relaying import Proxies, cost
from .results import Row, Section, Table

STREAMS = [1, 4, 16, 64, 256, 1024, 4096]
STREAM_BODY = MIB
SIZES = [KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, GIB, 5 * GIB]
SIZE_TICKS = [KIB, 16 * KIB, 256 * KIB, 4 * MIB, 64 * MIB, 5 * GIB]
SIZE_STREAMS = 4
RELAYS = ["auto", "copy"]
# So many streams have a pipe at the same time; with auto, those beyond are copied.
PIPES = 128
MOST_ROUNDS, MOST_SECONDS = 2, 3
# Seconds for all of it: no round is begun that would not end before.
BUDGET = 345
# A body that takes longer than a run is counted as far as it came.
UNFINISHED = 256 * MIB
MEASURES = {"GiB/s": "throughput, GiB/s", "CPU-s/GiB": "CPU seconds a GiB", "RSS MiB": "peak RSS, MiB"}


def size_text(size):
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size // unit} {name}"
    return f"{size} B"


def point(bench, proxies, relay, streams, size):
    body, seconds = bench.bodies.sparse(size), min(MOST_SECONDS, bench.options.seconds)
    bench.bodies.warm(body)
    with proxies.fresh(relay) as server:
        pids = server.pids

        def load(length):
            finish = clients.FINISH if size <= UNFINISHED else 0
            return bench.sink.run(bench.children, bench.cores.others, server, body, streams, length, finish=finish)

        # One body each beforehand: connections to the origin are opened once, and not of this point's interest.
        if size <= UNFINISHED:
            load(0)
        found = cost(server, lambda: load(seconds))
        return {"GiB/s": found.load.rate / GIB, "CPU-s/GiB": found.per_gib,
                "RSS MiB": accounting.memory(pids, "VmHWM") / MIB}


def sweep(bench, proxies):
    """(relay, streams, size) → results; as many rounds as there is time for, one at least."""
    points = list(dict.fromkeys(
        [(streams, STREAM_BODY) for streams in STREAMS] + [(SIZE_STREAMS, size) for size in SIZES]))
    found, start, longest = {}, time.monotonic(), 0
    for number in range(min(MOST_ROUNDS, bench.options.rounds)):
        begun = time.monotonic()
        if begun - start + longest > BUDGET:
            break
        print(f"  round {number + 1}:", end="", file=sys.stderr, flush=True)
        for streams, size in points:
            print(f" {streams}×{size_text(size).replace(' ', '')}", end="", file=sys.stderr, flush=True)
            for relay in RELAYS:
                found.setdefault((relay, streams, size), []).append(point(bench, proxies, relay, streams, size))
        print(file=sys.stderr)
        longest = max(longest, time.monotonic() - begun)
    return found


def middle(results, name):
    return rounds.median([one[name] for one in results])


def picture(found):
    rows = []
    size_ticks = {size: size_text(size) for size in SIZE_TICKS}
    for name, title in MEASURES.items():
        def curves(points, of):
            return {f"--relay {relay}": [(of(point), middle(found[(relay, *point)], name)) for point in points]
                    for relay in RELAYS}
        rows.append([
            plot.Panel(title, f"streams of {size_text(STREAM_BODY)}",
                       curves([(streams, STREAM_BODY) for streams in STREAMS], lambda point: point[0]),
                       {streams: str(streams) for streams in STREAMS}, (PIPES, "pipes run out")),
            plot.Panel(title, f"size of a body, {SIZE_STREAMS} streams",
                       curves([(SIZE_STREAMS, size) for size in SIZES], lambda point: point[1]), size_ticks)])
    return plot.svg("gzproxy, one thread", rows)


def rows_of(found, points, text):
    return [
        Row(text(point), {f"{relay} {name}": [one[name] for one in found[(relay, *point)]]
                          for name in MEASURES for relay in RELAYS})
        for point in points]


def scale_figure(bench, figure, title):
    proxies = Proxies(bench)
    try:
        found = sweep(bench, proxies)
    finally:
        proxies.stop()
    file = (TOP / "Benchmarks" if bench.options.write else BUILD) / "scale.svg"
    file.write_text(picture(found))
    section = Section(figure, title, notes=[
        *proxies.notes,
        f"![Throughput, CPU and memory by streams and by size](scale.svg)\n  At most {PIPES} streams have a pipe: "
        "beyond them `auto` copies.",
        f"Rounds: {len(next(iter(found.values())))}."])
    streams = [(streams, STREAM_BODY) for streams in STREAMS]
    sizes = [(SIZE_STREAMS, size) for size in SIZES]
    section.tables = [
        Table(f"streams of {size_text(STREAM_BODY)}", rows_of(found, streams, lambda point: str(point[0])), False),
        Table(f"size, {SIZE_STREAMS} streams", rows_of(found, sizes, lambda point: size_text(point[1])), False)]
    if not bench.options.write:
        print(f"  the curves are in {file.relative_to(TOP)}", file=sys.stderr)
    return section
