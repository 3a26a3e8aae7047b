"""What the views take: every key of the help in each of them and over whatever is open, filters, the mouse."""

import re

from lab import PACED, TABS, cover, footer, is_covered, is_view, lab, leave, number, open_selected, type_line, uncover, view

# The help's, but those that quit or suspend, and those that open something.
PLAIN_KEYS = {
    **{name: name for name in "123456jkgGtoOfaAmp+-][><hxy.,: n"},
    "tab": "\t", "back tab": "\x1b[Z", "enter": "\r", "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "right": "\x1b[C",
    "page up": "\x1b[5~", "page down": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F", "ctrl-l": "\x0c",
}
OPENERS = "?!vsw#R"
# Over what has been opened: what moves there, what means something in the view below, what a hand hits.
OVER = ("j", "x", "\t", "\x1b[<0;1;1M", "6")
# Streams that run on, and some that fail, so that no view is empty; arrivals are planned, so that # has something to ask.
# Drawn often, so that what a key does is seen soon.
BUSY = ("--fps", "30", "-c", "6", "-q", "6", PACED, "/gzip/64KiB?fault=crc", "/front/alb-502")


def busy(**options):
    return lab(*BUSY, rows=30, columns=100, **options)


def keys_in(number, opened=False):
    with busy() as terminal:
        terminal.wait_for("a failure", "FAILED")

        def back():
            if is_covered(terminal):
                uncover(terminal)
            view(terminal, number)
            if opened:
                open_selected(terminal)

        back()
        for name, bytes_ in PLAIN_KEYS.items():
            terminal.write(bytes_)
            terminal.pump(0.1)
            assert terminal.process.poll() is None, f"{name} in view {number} ended it"
            # What x and h have opened takes any key; then the view is opened anew.
            if name in "xh:":
                terminal.write("\x1b")
                terminal.pump_for(0.12)
            back()
        for key in OPENERS + ("/" if number not in (2, 3) and not opened else ""):
            cover(terminal, key)
            uncover(terminal)
            assert is_view(terminal, number), f"{key} and Esc left view {number}"
        leave(terminal)
    return f"{len(PLAIN_KEYS) + len(OPENERS)} keys"


def check_keys_streams():
    return keys_in(1)


def check_keys_overview():
    return keys_in(2)


def check_keys_latency():
    return keys_in(3)


def check_keys_failures():
    return keys_in(4)


def check_keys_environments():
    return keys_in(5)


def check_keys_log():
    return keys_in(6)


def check_keys_opened():
    return keys_in(1, opened=True)


def check_over_menus():
    """Whatever is pressed over a menu, a prompt or a question, Esc leads out of it, and nothing has happened."""
    with busy() as terminal:
        terminal.wait_for("a failure", "FAILED")
        for opener in OPENERS + "/":
            for key in OVER:
                view(terminal, 1)
                cover(terminal, opener)
                terminal.write(key)
                terminal.pump(0.1)
                terminal.write("\x1b")
                terminal.wait_for(f"the view after {opener}, {key!r} and Esc", lambda t: not is_covered(t))
        assert number(terminal, "streams"), "counted from zero without a yes"
        for word in ("injected", "recording"):
            assert word not in terminal.text(), f"{word}, without Enter:\n{terminal.text()}"
        leave(terminal)
    return f"{len(OVER) * (len(OPENERS) + 1)} ways"


# Its state is a letter or, where there is room, a word.
LANE = re.compile(r"[▸ ][! ] +(\d+) (?:[-WHSVXE]|[a-z]+) ")


def lanes(terminal):
    """Numbers of the lanes on the screen, from the top."""
    return [int(found.group(1)) for line in terminal.screen.display if (found := LANE.match(line))]


def selected(terminal):
    for line in terminal.screen.display[TABS + 1:]:
        if line.startswith("▸") and (found := LANE.match(line)):
            return int(found.group(1))
    return None


def check_filter():
    with lab("-c", "8", PACED, columns=120) as terminal:
        terminal.wait_for("eight lanes", lambda t: len(lanes(t)) == 8)
        cover(terminal, "/")
        type_line(terminal, "lane=3|5 status=200")
        terminal.wait_for("two lanes", lambda t: lanes(t) == [3, 5])
        terminal.wait_for("the filter in the title", "/lane=3|5")
        cover(terminal, "/")
        type_line(terminal, "colour:red")
        terminal.wait_for("what is wrong", "no field")
        uncover(terminal)
        terminal.write("\x1b")
        terminal.wait_for("all lanes", lambda t: len(lanes(t)) == 8)
        view(terminal, 6)
        cover(terminal, "/")
        type_line(terminal, "no-such-event")
        terminal.wait_for("an empty log", lambda t: "running" not in "\n".join(t.screen.display[TABS + 1:-3]))
        leave(terminal)


def check_mouse():
    with lab("-c", "50", PACED) as terminal:
        terminal.wait_for("fifty lanes", lambda t: "50/50" in t.text() and len(lanes(t)) >= 8)

        def press(row, column):
            terminal.write(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")

        def row_of(lane):
            return next(row for row, line in enumerate(terminal.screen.display) if re.match(rf"[▸ ][! ] *{lane} ", line))

        press(row_of(3), 10)
        terminal.wait_for("lane 3 selected", lambda t: selected(t) == 3)
        terminal.write("\x1b[<65;10;15M")
        terminal.wait_for("three lanes on by the wheel", lambda t: selected(t) == 6)
        terminal.write("\x1b[<64;10;15M")
        terminal.wait_for("and back", lambda t: selected(t) == 3)
        title = next(row for row, line in enumerate(terminal.screen.display) if "LANE S" in line)
        press(title, terminal.screen.display[title].index("WIRE") + 2)
        terminal.wait_for("the order", "sorted by bytes, largest first")
        press(title, terminal.screen.display[title].index("LANE") + 2)
        terminal.wait_for("another order", "sorted by lane")
        press(TABS, terminal.screen.display[TABS].index("6 Log") + 2)
        terminal.wait_for("the log", lambda t: is_view(t, 6))
        press(TABS, terminal.screen.display[TABS].index("1 Streams") + 2)
        terminal.wait_for("the streams", lambda t: is_view(t, 1) and selected(t) is not None)
        press(23, footer(terminal).index("p pause"))
        terminal.wait_for("a pause by its name in the footer", "PAUSED")
        # A row that is selected already is opened.
        press(row_of(selected(terminal)), 10)
        terminal.wait_for("an opened stream", lambda t: "Esc back" in footer(t))
        leave(terminal)
