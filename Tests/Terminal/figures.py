"""What gztop costs, counted on its terminal, beside what is wanted. Arguments are names of figures (default: all)."""

import os
import statistics
import sys
import tempfile
import time

from lab import FRAME, PACED, lab, number, shown
from record_file import write_record

SECONDS = float(os.environ.get("SECONDS_EACH", "10"))
# Figures that are more than what is wanted.
missed = []


def leave(terminal):
    terminal.write("qq")
    terminal.wait_exit(20)


def tell(name, value, wanted, unit, form=".1f"):
    """`value` beside the most that is wanted, in the same unit."""
    holds = value <= wanted
    if not holds:
        missed.append(name)
    text = f"{value:{form}} {unit}"
    print(f"{name:<52} {text:>16}   {'within' if holds else 'OVER'}: at most {wanted} {unit}", flush=True)


def ticks(pid):
    """Of all threads but those that carry the load: which of a pool's threads draws has no name."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat") as stat:
            head, fields = stat.read().rsplit(")", 1)
        if not head.split("(", 1)[1].startswith("load-"):
            total += sum(map(int, fields.split()[11:13]))
    return total


def running(terminal, lanes):
    shown = f"{lanes}/{lanes}", f"{lanes:,}/{lanes:,}"
    terminal.wait_for(f"{lanes} streams", lambda t: any(text in t.text() for text in shown), 60)


def bytes_a_second(rows, columns, arguments, keys="", seconds=SECONDS):
    with lab(*arguments, PACED, rows=rows, columns=columns) as terminal:
        terminal.wait_for("the first frame", FRAME)
        terminal.wait_for("bytes", "200")
        terminal.pump_for(2)
        terminal.write(keys)
        terminal.pump_for(6 if keys else 0)
        sent = terminal.pump_for(seconds) / seconds
        leave(terminal)
    return sent


def share(terminal, seconds):
    """Of a core, over so many seconds: everything but the load threads."""
    before = ticks(terminal.pid)
    terminal.pump_for(seconds)
    return (ticks(terminal.pid) - before) / os.sysconf("SC_CLK_TCK") / seconds


def moving(rows, columns):
    return lab("-c", "1000", "--validate", "frame", "/gzip/64MiB?pace=8KiB", rows=rows, columns=columns)


def drawing(rows, columns, seconds=SECONDS):
    """With 1,000 streams that come all the time."""
    with moving(rows, columns) as terminal:
        terminal.wait_for("the first frame", FRAME)
        running(terminal, 1000)
        taken = share(terminal, seconds)
        leave(terminal)
    return taken


def figure_drawing():
    """Everything but the load threads, at 10 fps at most."""
    for rows, columns in ((24, 80), (40, 120), (60, 200)):
        tell(f"drawing 1,000 streams at {columns}x{rows}, of a core", 100 * drawing(rows, columns), 5, "%")


VIEWS = (("streams", "1"), ("overview", "2"), ("latency", "3"), ("failures", "4"), ("environments", "5"), ("log", "6"), ("log, filtered", "6/crc\r"),
         ("streams, other columns", "1c"), ("streams, by rate", "1oooooo"), ("single streams", "1t"), ("single streams, by time", "ooooooooo"),
         ("single streams, filtered", "/crc\r"))


def see(terminal, keys):
    for key in keys:
        terminal.write(key)
        terminal.pump_for(0.1)


def figure_views():
    """Each view, once with streams that come all the time and once with 500 a second that end, a tenth of them badly, and 10,000 known."""
    with moving(40, 120) as terminal:
        terminal.wait_for("the first frame", FRAME)
        running(terminal, 1000)
        for name, keys in VIEWS:
            see(terminal, keys)
            tell(f"{name}, 1,000 streams, of a core", 100 * share(terminal, SECONDS / 2), 5, "%")
        leave(terminal)
    with lab("-c", "1000", "-q", "500", *["/gzip/64KiB"] * 9, "/gzip/64KiB?fault=crc", rows=40, columns=120) as terminal:
        terminal.wait_for("10,000 ended streams", lambda t: (number(t, "streams") or 0) >= 10_000, 60)
        for name, keys in VIEWS:
            see(terminal, keys)
            tell(f"{name}, 500 ends a second, of a core", 100 * share(terminal, SECONDS / 2), 5, "%")
        leave(terminal)


def paused_bytes_a_second(seconds=SECONDS):
    """With nothing running any more, and the figures of the last second gone."""
    with lab("-c", "8", "/gzip/64KiB?pace=64KiB") as terminal:
        terminal.wait_for("the first frame", FRAME)
        terminal.wait_for("ended streams", "valid")
        terminal.write("p")
        terminal.wait_for("nothing running", lambda t: "PAUSED" in t.text() and " 0/8" in t.text())
        terminal.pump_for(3)
        sent = terminal.pump_for(seconds) / seconds
        leave(terminal)
    return sent


def figure_bytes():
    tell("to the terminal, 80x24, 8 streams", bytes_a_second(24, 80, ("-c", "8")) / 1024, 8, "KiB/s", ".2f")
    tell("to the terminal, 120x40, a full moving table", bytes_a_second(40, 120, ("-c", "100")) / 1024, 40, "KiB/s", ".2f")
    tell("to the terminal, 80x24, paused", paused_bytes_a_second() / 1024, 0.2, "KiB/s", ".2f")


def parts(rows, columns, arguments, seconds=SECONDS):
    """Bytes a second by row of the screen, each byte where the cursor is once it has been taken."""
    counts = [0] * rows
    with lab(*arguments, PACED, rows=rows, columns=columns) as terminal:
        terminal.wait_for("the first frame", FRAME)
        terminal.wait_for("bytes", "200")
        terminal.pump_for(2)
        feed, screen = terminal.stream.feed, terminal.screen

        def follow(data):
            for byte in data:
                feed(bytes((byte,)))
                counts[screen.cursor.y] += 1

        terminal.stream.feed = follow
        terminal.pump_for(seconds)
        display = [line.rstrip() for line in screen.display]
        terminal.stream.feed = feed
        leave(terminal)
    return [(count / seconds, line) for count, line in zip(counts, display)]


def figure_parts():
    """Where the bytes go, for whoever has to save some."""
    for rows, columns, lanes in ((24, 80, "8"), (40, 120, "100")):
        print(f"bytes a second by row, {columns}x{rows}, {lanes} streams")
        for rate, line in parts(rows, columns, ("-c", lanes)):
            if rate >= 1:
                print(f"{rate:8.0f}  {line[:90]}")


def figure_key():
    times = []
    with lab("-c", "1000", "--validate", "frame", rows=40, columns=120) as terminal:
        terminal.wait_for("the first frame", FRAME)
        running(terminal, 1000)
        for press in range(50):
            # Anywhere between two frames, so that the wait for the next is in the figure.
            terminal.pump_for(0.05 + press * 0.037 % 0.1)
            began = time.monotonic()
            terminal.write("?")
            opening = press % 2 == 0
            terminal.wait_for("the help", lambda t: ("gztop: keys" in t.text()) == opening)
            times.append((time.monotonic() - began) * 1000)
        leave(terminal)
    times.sort()
    tell("key to screen under 1,000 streams, p50", times[25], 100, "ms", ".0f")
    tell("key to screen under 1,000 streams, p95", times[47], 100, "ms", ".0f")


def figure_first_frame():
    times = []
    for _ in range(10):
        with lab(PACED) as terminal:
            terminal.wait_for("the first frame", FRAME)
            times.append((time.monotonic() - terminal.started) * 1000)
            leave(terminal)
    tell("first frame after the start, median of 10", statistics.median(times), 300, "ms", ".0f")


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS:"))


def shown_record(folder, lanes):
    """Resident memory of gztop with a record of so many streams, once all of it has been shown for two seconds."""
    path = os.path.join(folder, f"{lanes}.ndjson")
    write_record(path, lanes)
    with shown("--replay", path, rows=40, columns=120) as terminal:
        terminal.wait_for("the end of the record", lambda t: "p play" in t.screen.display[-1], 60)
        counted = f"{lanes // 2:,}"
        terminal.wait_for(f"{counted} ended streams", lambda t: f" {counted} " in t.text(), 20)
        for key in "G1234561tg":
            terminal.write(key)
            terminal.pump_for(0.2)
        memory = resident(terminal.pid)
        leave(terminal)
    return memory


def replay_memory():
    with tempfile.TemporaryDirectory() as folder:
        return shown_record(folder, 10_000) - shown_record(folder, 1)


def figure_memory():
    tell("resident memory, 10,000 known streams in replay", replay_memory() / (1 << 20), 24, "MiB")


def main(names):
    figures = {name.removeprefix("figure_"): value for name, value in globals().items() if name.startswith("figure_")}
    unknown = [name for name in names if name not in figures]
    if unknown:
        sys.exit(f"figures: no figure is called {', '.join(unknown)}; there are {', '.join(figures)}")
    for name in names or [name for name in figures if name != "parts"]:
        figures[name]()
    if missed:
        sys.exit(f"figures: over what is wanted: {', '.join(missed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
