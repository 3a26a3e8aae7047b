"""Records Docs/gztop.cast (asciinema, version 2): two minutes of a real run, key by key. `check FILE` only looks at its form."""

import codecs
import json
import os
import sys
import time

from lab import BIN, FRAME, HERE, choose, clock, is_covered, number, open_selected, view
from terminal import PLAIN, Terminal

CAST = os.path.normpath(os.path.join(HERE, "..", "..", "Docs", "gztop.cast"))
ROWS, COLUMNS = 40, 120
# Enough to follow; four times less than a person is shown.
FPS = 4
LARGEST = 1_500_000


class Recorder:
    """What the terminal is sent, by its time. A character that two reads share is in the later one."""

    def __init__(self, terminal):
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.began = None
        self.events = []
        terminal.taken = self.take

    def take(self, data):
        now = time.monotonic()
        self.began = self.began or now
        if text := self.decoder.decode(data):
            self.events.append([round(now - self.began, 3), "o", text])

    def write(self, path):
        header = {"version": 2, "width": COLUMNS, "height": ROWS, "timestamp": int(time.time()), "title": "gztop",
                  "env": {"TERM": "xterm-256color", "SHELL": "/bin/sh"}}
        with open(path + ".part", "w") as cast:
            for line in (header, *self.events):
                cast.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        try:
            check(path + ".part")
        except AssertionError:
            os.remove(path + ".part")
            raise
        os.replace(path + ".part", path)


def story(terminal):
    """Each look lasts as long as one needs to read it."""
    look = terminal.pump_for
    terminal.wait_for("the shell", "$ ")
    look(1)
    for letter in f"gztop --fps {FPS}":
        terminal.write(letter)
        look(0.08)
    terminal.write("\r")
    terminal.wait_for("the first frame", FRAME)
    terminal.wait_for("streams that ended well", lambda t: clock(t) >= 12 and number(t, "ok") >= 6, 60)
    # A stream, opened.
    terminal.write("jj")
    look(2)
    open_selected(terminal)
    look(8)
    view(terminal, 1)
    look(1)
    # Something goes wrong.
    terminal.write("!")
    terminal.wait_for("the menu", is_covered)
    look(3)
    terminal.write("\x1b")
    terminal.wait_for("the streams", lambda t: not is_covered(t))
    choose(terminal, "!", "cut")
    terminal.wait_for("failures", lambda t: number(t, "failed") >= 6, 40)
    look(4)
    view(terminal, 4)
    look(8)
    open_selected(terminal)
    look(9)
    view(terminal, 1)
    look(2)
    # It is healed, and seen.
    choose(terminal, "!", "nothing")
    look(10)
    terminal.write("A")
    look(5)
    view(terminal, 2)
    look(8)
    view(terminal, 3)
    look(4)
    terminal.write("m")
    look(4)
    view(terminal, 1)
    # The classic mistake, beside the cure.
    choose(terminal, "!", "naive")
    terminal.wait_for("the classic 502", lambda t: number(t, "502s") >= 6, 40)
    look(6)
    view(terminal, 4)
    look(8)
    view(terminal, 6)
    look(4)
    terminal.write("q")
    terminal.wait_for("the summary and the shell", lambda t: t.raw.rstrip().endswith(b"$"), 15)
    look(3)


def record():
    variables = {"PS1": "$ ", "PATH": BIN + os.pathsep + PLAIN["PATH"]}
    with Terminal(["sh", "-i"], rows=ROWS, columns=COLUMNS, environment=variables) as terminal:
        recorder = Recorder(terminal)
        story(terminal)
        recorder.write(CAST)
        terminal.taken = None
        terminal.write("exit\n")
        terminal.wait_exit()


def check(path):
    """That it is version 2, in order, of about two minutes, small, and leaves the terminal as it found it. Says its measures."""
    assert os.path.getsize(path) < LARGEST, f"{path}: {os.path.getsize(path)} bytes"
    with open(path, encoding="utf-8") as cast:
        header, *events = map(json.loads, cast)
    assert header["version"] == 2 and (header["width"], header["height"]) == (COLUMNS, ROWS), header
    assert events and all(len(event) == 3 and event[1] == "o" and isinstance(event[2], str) for event in events)
    times = [event[0] for event in events]
    assert times == sorted(times) and 90 < times[-1] < 180, f"{times[-1]} s"
    text = "".join(event[2] for event in events)
    assert "\ufffd" not in text, "half a character"
    assert text.count("\x1b[?1049h") == 1 and text.rfind("\x1b[?1049l") > text.rfind("\x1b[?1049h"), "the alternate screen"
    summary = text[text.rfind("\x1b[?1049l"):]
    for said in ("fault cut was injected by hand", "naive was injected by hand", "evidence"):
        assert said in summary, f"the summary does not say: {said}"
    return f"{times[-1]:.0f} s, {len(events)} pieces, {os.path.getsize(path) / 1024:.0f} KiB"


def main(arguments):
    if arguments[:1] == ["check"]:
        print(check(arguments[1] if len(arguments) > 1 else CAST))
        return
    record()
    print(f"Docs/gztop.cast: {check(CAST)}")


if __name__ == "__main__":
    main(sys.argv[1:])
