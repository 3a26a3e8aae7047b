"""What gztop costs, counted on its terminal, beside what is wanted. Arguments are names of figures (default: all)."""

import os
import statistics
import sys
import time

from terminal import Terminal

GZTOP = os.path.join(os.environ.get("GZ_BIN", ".build/release"), "gztop")
FRAME = "streams/s"
SECONDS = float(os.environ.get("SECONDS_EACH", "10"))
PACED = "/gzip/64MiB?pace=64KiB"


def lab(*arguments, **options):
    return Terminal([GZTOP, "--embedded", *arguments], **options)


def leave(terminal):
    terminal.write("qq")
    terminal.wait_exit(20)


def tell(name, value, wanted):
    print(f"{name:<52} {value:>16}   (at most {wanted} wanted)", flush=True)


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


def figure_drawing():
    for rows, columns in ((24, 80), (40, 120), (60, 200)):
        with lab("-c", "1000", "--validate", "frame", "/gzip/64MiB?pace=8KiB", rows=rows, columns=columns) as terminal:
            terminal.wait_for("the first frame", FRAME)
            running(terminal, 1000)
            before = ticks(terminal.pid)
            terminal.pump_for(SECONDS)
            share = (ticks(terminal.pid) - before) / os.sysconf("SC_CLK_TCK") / SECONDS
            leave(terminal)
        tell(f"drawing 1,000 streams at {columns}x{rows}", f"{100 * share:.1f} % of a core", "5 %")


def figure_bytes():
    tell("to the terminal, 80x24, 8 streams", f"{bytes_a_second(24, 80, ('-c', '8')) / 1024:.2f} KiB/s", "8")
    tell("to the terminal, 120x40, a full moving table", f"{bytes_a_second(40, 120, ('-c', '100')) / 1024:.2f} KiB/s", "40")
    # Paused, with nothing running any more.
    with lab("-c", "8", "/gzip/64KiB?pace=64KiB") as terminal:
        terminal.wait_for("the first frame", FRAME)
        terminal.wait_for("ended streams", "valid")
        terminal.write("p")
        terminal.pump_for(6)
        sent = terminal.pump_for(SECONDS) / SECONDS
        leave(terminal)
    tell("to the terminal, 80x24, paused", f"{sent / 1024:.2f} KiB/s", "0.2")


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
    tell("key to screen, p50 / p95 / max", f"{times[25]:.0f} / {times[47]:.0f} / {times[-1]:.0f} ms", "100 ms")


def figure_first_frame():
    times = []
    for _ in range(10):
        with lab(PACED) as terminal:
            terminal.wait_for("the first frame", FRAME)
            times.append((time.monotonic() - terminal.started) * 1000)
            leave(terminal)
    tell("first frame after the start, median of 10", f"{statistics.median(times):.0f} ms", "300 ms")


def figure_memory():
    # Needs gztop --replay, and a record with 10,000 streams: resident memory with it, less that with an empty record.
    print("resident memory with 10,000 known streams in replay: not measured, gztop has no --replay yet")


def main(names):
    figures = {name.removeprefix("figure_"): value for name, value in globals().items() if name.startswith("figure_")}
    unknown = [name for name in names if name not in figures]
    if unknown:
        sys.exit(f"figures: no figure is called {', '.join(unknown)}; there are {', '.join(figures)}")
    for name in names or [name for name in figures if name != "parts"]:
        figures[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
