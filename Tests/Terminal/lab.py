"""gztop in a terminal, and what is done with it again and again: opening a view, choosing from a menu, typing a line."""

import contextlib
import os
import re
import subprocess

from terminal import PLAIN, Terminal

BIN = os.path.abspath(os.environ.get("GZ_BIN", ".build/release"))
GZTOP = os.path.join(BIN, "gztop")
HERE = os.path.dirname(os.path.abspath(__file__))
# On every screen of 60×12 and more.
FRAME = "streams/s"
PACED = "/gzip/64MiB?pace=64KiB"
# Twenty times what `make figures-tui` is held to.
WIDE = 20
TABS = 6


def lab(*arguments, **options):
    return Terminal([GZTOP, "--embedded", *(arguments or (PACED,))], **options)


def shown(*arguments, **options):
    return Terminal([GZTOP, *arguments], **options)


def quit_by_key(terminal, code=0):
    terminal.write("q")
    status, _ = terminal.wait_exit(10)
    assert status == code, f"exit {status}, not {code}"
    terminal.check_restored()


def leave(terminal):
    """From whatever the keys have opened."""
    for _ in range(3):
        terminal.write("\x1b")
        terminal.pump_for(0.15)
    terminal.write("\x03")
    terminal.pump_for(0.2)
    if terminal.process.poll() is None:
        terminal.write("\x03")
    terminal.wait_exit(10)
    terminal.check_restored()


def footer(terminal):
    return terminal.screen.display[-1]


def is_covered(terminal):
    """Whether something stands over the view: a menu, a prompt, a question, the help."""
    return not footer(terminal).startswith("q ")


def uncover(terminal):
    """Esc until the view has the keys again."""
    terminal.write("\x1b")
    terminal.wait_for("the view after Esc", lambda t: not is_covered(t))


def cover(terminal, key):
    terminal.write(key)
    terminal.wait_for(f"what {key} opens", is_covered)


def is_view(terminal, number):
    # Without colours it is the mark that tells.
    return f"▸{number} " in terminal.screen.display[TABS]


def view(terminal, number):
    terminal.write(str(number))
    terminal.wait_for(f"view {number}", lambda t: is_view(t, number) and "Esc back" not in footer(t))


def open_selected(terminal):
    terminal.write("\r")
    terminal.wait_for("an opened stream", lambda t: "Esc back" in footer(t))


def is_first_selected(terminal):
    lines = terminal.screen.display
    top = next((row for row, line in enumerate(lines) if "┌─" in line), None)
    return top is not None and "│▸ " in lines[top + 1]


def choose(terminal, opener, name):
    """Opens a menu by its key and takes the item of that name."""
    cover(terminal, opener)

    def item(terminal):
        found = re.search(r"│▸ (\S+)", terminal.text())
        return found.group(1) if found else None

    terminal.write("g")
    terminal.wait_for("the first item", is_first_selected)
    seen = set()
    while (selected := item(terminal)) != name:
        assert selected not in seen, f"no {name} in the menu of {opener}:\n{terminal.text()}"
        seen.add(selected)
        terminal.write("j")
        terminal.wait_for("the next item", lambda t: item(t) != selected, 2)
    terminal.write("\r")
    terminal.wait_for("the choice", lambda t: "Enter choose" not in footer(t))


def type_line(terminal, text):
    """Into an open prompt, whatever it proposes."""
    terminal.wait_for("a prompt", lambda t: footer(t).startswith("Enter done"))
    terminal.write("\x15" + text + "\r")


def clock(terminal):
    """Seconds of the run, as the first line has them."""
    found = re.search(r"(\d+):(\d\d):(\d\d) *$", terminal.screen.display[0])
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else 0


def number(terminal, label):
    """What the totals have behind a label; None when it is not there."""
    found = re.search(rf"{label} +([\d,]+)", "\n".join(terminal.screen.display[2:TABS]))
    return int(found.group(1).replace(",", "")) if found else None


@contextlib.contextmanager
def server(tool, *arguments):
    """A tool that says `http://…` on its first line; ended by its pid. Gives that address."""
    process = subprocess.Popen([os.path.join(BIN, tool), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               stdin=subprocess.DEVNULL, env=PLAIN, text=True)
    try:
        said = process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", said)
        assert found, f"{tool} says {said!r}"
        yield found.group(0)
    finally:
        process.terminate()
        process.stdout.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
