"""Screens of real runs, as text: Docs/screens/NAME-COLUMNSxROWS.txt, and between their markers in README.md and Docs/tour.md.

What is waited for is what the run has come to, never a time: a run anew has the same screens with other figures. Argument:
`paste` only puts the screens that there are between the markers."""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

from lab import BIN, HERE, choose, clock, cover, footer, number, open_selected, quit_by_key, shown, type_line, uncover, view
from terminal import PLAIN

ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
SCREENS = os.path.join(ROOT, "Docs", "screens")
PAGES = [os.path.join(ROOT, "README.md"), os.path.join(ROOT, "Docs", "tour.md")]
SIZES = ((24, 80), (40, 120))
MARKED = re.compile(r"(<!-- screen: ([\w-]+) -->\n)(.*?)(<!-- end of the screen -->)", re.DOTALL)


class Shots:
    """Screens of one size."""

    def __init__(self, rows, columns):
        self.size = {"rows": rows, "columns": columns}
        self.taken = []

    def take(self, terminal, name):
        # What has been pressed last has been drawn, and figures are those of two drawings later.
        terminal.pump_for(1.2)
        lines = [line.rstrip() for line in terminal.screen.display]
        assert lines[0].startswith("gztop  "), f"{name}: no dashboard:\n{terminal.text()}"
        path = os.path.join(SCREENS, f"{name}-{self.size['columns']}x{self.size['rows']}.txt")
        with open(path, "w") as file:
            file.write("\n".join(lines).rstrip("\n") + "\n")
        self.taken.append(name)


def seconds(terminal, wanted):
    terminal.wait_for(f"{wanted} s of the run", lambda t: clock(t) >= wanted, wanted + 30)


def healthy_then_cut(shots):
    with shown(**shots.size) as terminal:
        seconds(terminal, 12)
        terminal.wait_for("streams that ended well", lambda t: number(t, "ok") >= 8, 30)
        shots.take(terminal, "streams")
        open_selected(terminal)
        shots.take(terminal, "stream")
        view(terminal, 1)
        cover(terminal, "?")
        shots.take(terminal, "help")
        uncover(terminal)
        cover(terminal, "!")
        terminal.write("jj")
        shots.take(terminal, "break")
        uncover(terminal)
        choose(terminal, "!", "cut")
        terminal.wait_for("failures", lambda t: number(t, "failed") >= 5, 30)
        shots.take(terminal, "streams-cut")
        view(terminal, 4)
        shots.take(terminal, "failures")
        open_selected(terminal)
        shots.take(terminal, "failed-stream")
        view(terminal, 6)
        shots.take(terminal, "log")
        view(terminal, 1)
        choose(terminal, "!", "nothing")
        seconds(terminal, clock(terminal) + 8)
        terminal.write("A")
        seconds(terminal, clock(terminal) + 4)
        shots.take(terminal, "streams-seen")
        view(terminal, 2)
        shots.take(terminal, "overview")
        view(terminal, 3)
        shots.take(terminal, "latency")
        view(terminal, 1)
        choose(terminal, "!", "naive")
        terminal.wait_for("the classic 502", lambda t: number(t, "502s") >= 8, 30)
        shots.take(terminal, "naive")
        view(terminal, 4)
        select(terminal, "502")
        shots.take(terminal, "naive-failures")
        quit_by_key(terminal, 99)


def select(terminal, kind):
    """Down the list of failures to a kind of that name."""
    terminal.write("g")
    for _ in range(10):
        if re.search(rf"^▸{kind}", terminal.text(), re.MULTILINE):
            return
        terminal.write("j")
        terminal.pump_for(0.3)
    raise AssertionError(f"no {kind}:\n{terminal.text()}")


def environments(shots):
    with shown("--embedded=lambda", **shots.size) as terminal:
        seconds(terminal, 10)
        view(terminal, 5)
        shots.take(terminal, "environments")
        quit_by_key(terminal)


def replay(shots):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.ndjson")
        run = subprocess.run([os.path.join(BIN, "gzload"), "--embedded", "-c", "8", "-z", "12s", "--no-progress", "--record", path,
                              "/gzip/8MiB?pace=1MiB", "/gzip/16MiB?pace=2MiB&seed=1", "/gzip/8MiB?pace=1MiB&fault=reset"],
                             env=PLAIN, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert run.returncode == 99, run
        with shown("--replay", "run.ndjson", folder=folder, **shots.size) as terminal:
            terminal.wait_for("the record", lambda t: "p pause" in footer(t))
            terminal.write("p")
            terminal.wait_for("a pause", lambda t: "p play" in footer(t))
            cover(terminal, ":")
            type_line(terminal, "9s")
            terminal.wait_for("that moment", "0:00:09 of")
            shots.take(terminal, "replay")
            quit_by_key(terminal)


def shoot(size):
    shots = Shots(*size)
    healthy_then_cut(shots)
    environments(shots)
    replay(shots)
    return shots


def paste(page):
    with open(page) as file:
        text = file.read()

    def screen(found):
        with open(os.path.join(SCREENS, found[2] + ".txt")) as file:
            return f"{found[1]}```\n{file.read()}```\n{found[4]}"

    pasted, count = MARKED.subn(screen, text)
    assert count == text.count("<!-- screen: "), f"{page}: a marker without its end"
    if pasted != text:
        with open(page, "w") as file:
            file.write(pasted)
    print(f"{os.path.relpath(page, ROOT)}: {count} screens")


def main(arguments):
    if arguments not in ([], ["paste"]):
        sys.exit("screens: paste, or nothing")
    if not arguments:
        os.makedirs(SCREENS, exist_ok=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for shots in pool.map(shoot, SIZES):
                print(f"{shots.size['columns']}x{shots.size['rows']}: {', '.join(shots.taken)}")
    for page in PAGES:
        if os.path.exists(page):
            paste(page)


if __name__ == "__main__":
    main(sys.argv[1:])
