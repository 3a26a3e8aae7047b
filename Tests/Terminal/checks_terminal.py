"""The dashboard as a program of its terminal: start, keys, sizes, signals, types, what must never be sent."""

import fcntl
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import termios
import time

from lab import FRAME, GZTOP, HERE, PACED, WIDE, footer, lab, leave, open_selected, quit_by_key, server, shown, view
from terminal import PLAIN, Terminal

# What help names, and what it may name one day: none may crash anything, whichever view is shown.
KEYS = {
    **{name: name for name in "p+-=?fjkgG sabdeimorxyz0123456789/nNtTrRvVwWcCuSP<>[]{}()!@#$%^&*_|~`'\";:,."},
    "enter": "\r", "escape": "\x1b", "tab": "\t", "back tab": "\x1b[Z", "backspace": "\x7f", "delete": "\x1b[3~", "insert": "\x1b[2~",
    "up": "\x1b[A", "down": "\x1b[B", "left": "\x1b[D", "right": "\x1b[C", "application up": "\x1bOA", "page up": "\x1b[5~",
    "page down": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F", "ctrl-l": "\x0c", "ctrl-b": "\x02", "ctrl-f": "\x06",
    **{f"f{number}": f"\x1b[{code}~" for number, code in zip(range(1, 11), (11, 12, 13, 14, 15, 17, 18, 19, 20, 21))},
    "press": "\x1b[<0;10;10M\x1b[<0;10;10m", "wheel": "\x1b[<64;10;10M\x1b[<65;10;10M", "far press": "\x1b[<0;9999;9999M",
    "focus": "\x1b[O\x1b[I", "paste": "\x1b[200~qqq\x03\x1b[31m\x1b[201~", "ctrl-up": "\x1b[1;5A", "letters": "é漢🙂",
}
# Bytes of a mouse, of other programs' answers, of lines that cut them: none of them is a q or a Ctrl-C.
TORN = ["\x1b[<35;1;1M", "\x1b[<0;5;5q", "\x1b[?6c", "\x1b[9;9q", "\x1bq", "\x1b]11;q\x07", "\x1b[24;80R"]


def check_start():
    with lab(synchronizes=True) as terminal:
        terminal.wait_for("the first frame", FRAME)
        took = time.monotonic() - terminal.started
        assert took < 0.3 * WIDE, f"the first frame came after {took:.2f} s"
        terminal.wait_for("frames held together", lambda t: t.raw.count(b"\x1b[?2026l") >= 3)
        quit_by_key(terminal)
        raw = bytes(terminal.raw)
        # All that was drawn since the terminal's answer is between the two marks; the leaving is not drawing.
        assert raw.count(b"\x1b[?2026h") <= raw.count(b"\x1b[?2026l")
    return f"first frame after {took * 1000:.0f} ms"


def check_keys():
    with lab(rows=40, columns=120) as terminal:
        terminal.wait_for("the first frame", FRAME)
        for name, bytes_ in KEYS.items():
            terminal.write(bytes_)
            terminal.pump(0.12)
            assert terminal.process.poll() is None, f"{name} ended it"
        terminal.write("\x1b")
        terminal.pump_for(0.1)
        terminal.write("\x1b")
        for report in TORN:
            # Shorter than what makes an escape a key of its own.
            terminal.write(report)
            terminal.pump(0.1)
        for place in range(1, len(TORN[0])):
            terminal.write(TORN[0][:place])
            terminal.pump_for(0.07)
            terminal.write(TORN[0][place:])
            terminal.pump_for(0.02)
        assert terminal.process.poll() is None, "a report ended it"
        leave(terminal)
    return f"{len(KEYS)} keys"


def check_resizes():
    with lab() as terminal:
        terminal.wait_for("the first frame", FRAME)
        clears = terminal.raw.count(b"\x1b[2J")
        began, before = time.monotonic(), len(terminal.raw)
        for step in range(200):
            terminal.resize(1 + step * 7 % 60, 1 + step * 13 % 200)
            while (left := began + (step + 1) * 0.025 - time.monotonic()) > 0:
                terminal.pump(left)
        took, sent = time.monotonic() - began, len(terminal.raw) - before
        terminal.resize(30, 100)
        terminal.wait_for("the last size", lambda t: FRAME in t.text() and len(t.screen.display[-1].rstrip()) > 30)
        assert terminal.raw.count(b"\x1b[2J") == clears, "the screen was emptied for a resize"
        # Ten whole screens a second at most, and not one for each event.
        assert sent < 10 * 5 * 60 * 200 * 4, f"{sent} bytes for 200 sizes"
        quit_by_key(terminal)
    return f"200 in {took:.1f} s, {sent / 1024:.0f} KiB"


def leave_with_shell(terminal):
    """From the dashboard that a shell started, and from that."""
    position = len(terminal.raw)
    terminal.write("q")
    terminal.wait_for("the shell at the end", lambda t: b"ready>" in t.raw[position:])
    terminal.write("exit\n")
    terminal.wait_exit()
    terminal.check_restored()


def check_suspend():
    with Terminal(["sh", "-i"], environment={"PS1": "ready> "}) as terminal:
        terminal.wait_for("the shell", "ready>")
        shell_settings = termios.tcgetattr(terminal.slave)
        terminal.write(f"{GZTOP} --embedded '{PACED}'\n")
        terminal.wait_for("the first frame", FRAME)
        for _ in range(3):
            position = len(terminal.raw)
            terminal.write("\x1a")
            terminal.wait_for("the shell while suspended", lambda t: b"ready>" in t.raw[position:])
            assert b"\x1b[?1049l" in terminal.raw[position:] and b"\x1b[?25h" in terminal.raw[position:]
            assert termios.tcgetattr(terminal.slave)[:4] == shell_settings[:4]
            terminal.screen.reset()
            terminal.write("fg\n")
            terminal.wait_for("the dashboard again", FRAME)
        leave_with_shell(terminal)


def check_background():
    """`bg` of a shell: what can do nothing without the terminal stops again, and leaves it to the shell."""
    with Terminal(["bash", "--norc", "-i"], environment={"PS1": "ready> "}) as terminal:
        terminal.wait_for("the shell", "ready>")
        terminal.write(f"{GZTOP} --embedded '{PACED}'\n")
        terminal.wait_for("the first frame", FRAME)
        position = len(terminal.raw)
        terminal.write("\x1a")
        terminal.wait_for("the shell", lambda t: b"Stopped" in t.raw[position:])
        for _ in range(2):
            position = len(terminal.raw)
            terminal.write("bg\n")
            terminal.wait_for("the job on its way", lambda t: b"&" in t.raw[position:])
            # A shell tells of its jobs before it asks again.
            terminal.write("wait; echo \"it is $(jobs -s | wc -l) $(stty -a | grep -ow .icanon)\"\n")
            terminal.wait_for("the job stopped again", lambda t: b"it is 1 \r" in t.raw[position:])
        assert b"\x1b[?1049h" not in terminal.raw[position:], "the screen was taken from the shell"
        position = len(terminal.raw)
        terminal.write("fg\n")
        terminal.wait_for("the dashboard again", lambda t: b"\x1b[?1049h" in t.raw[position:] and FRAME in t.text())
        leave_with_shell(terminal)


def check_proxy_killed():
    with lab(rows=40, columns=120) as terminal:
        terminal.wait_for("the first frame", FRAME)
        terminal.wait_for("bytes", "200")
        proxies = [pid for pid, line in terminal.children().items() if "gzproxy" in line]
        assert len(proxies) == 1, f"{terminal.children()}"
        os.kill(proxies[0], signal.SIGKILL)
        terminal.wait_for("what became of it", f"gzproxy (pid {proxies[0]}) ended")
        terminal.write("q")
        status, _ = terminal.wait_exit(10)
        assert status in (1, 99), f"exit {status}"
        terminal.check_restored()


def reported(action, within, expected, **options):
    """Ends a run of streams that do not end, by an action, and wants its report."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        with lab("-o", path, "--output-format", "json", PACED, **options) as terminal:
            terminal.wait_for("the first frame", FRAME)
            terminal.wait_for("bytes", "200")
            reading = action(terminal)
            status, took = terminal.wait_exit(10, reading)
            assert status == expected, f"exit {status}, not {expected}"
            assert took < within, f"it took {took:.2f} s"
            with open(path) as report:
                assert json.load(report), "an empty report"
            if reading:
                terminal.check_restored()
        return f"{took * 1000:.0f} ms"


def by_signal(number):
    def action(terminal):
        os.kill(terminal.pid, number)
        return True
    return action


def check_sigterm():
    # Running streams have two seconds.
    return reported(by_signal(signal.SIGTERM), 4, 105)


def check_sighup():
    return reported(by_signal(signal.SIGHUP), 2, 105)


def check_hung_up():
    def action(terminal):
        terminal.hang_up()
        return False
    return reported(action, 2, 105)


def fill(terminal):
    """Reads nothing until the PTY takes nothing more: what waits in it stays the same for a second."""
    waiting, since, end = -1, time.monotonic(), time.monotonic() + 20
    while time.monotonic() < end and time.monotonic() - since < 1:
        held = bytearray(4)
        fcntl.ioctl(terminal.master, termios.FIONREAD, held)
        now = int.from_bytes(held, sys.byteorder)
        if now != waiting:
            waiting, since = now, time.monotonic()
        # Until the next look: nothing tells that a terminal is full. Whole screens fill it sooner.
        time.sleep(0.02)
        os.write(terminal.master, b"\x0c")
    return waiting


def check_held_interrupt():
    """Ctrl-C, held down: the second cuts, and none of those that come when the terminal is given back takes the report."""
    def action(terminal):
        for _ in range(20):
            if terminal.process.poll() is not None:
                break
            terminal.write("\x03")
            terminal.pump_for(0.05)
        return True
    return reported(action, 4, 0)


def check_signal_after_the_end():
    """All was done before somebody shut the machine down."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        with lab("-n", "8", "-o", path, "--output-format", "json", "/gzip/64KiB") as terminal:
            terminal.wait_for("the end", "FINISHED")
            for _ in range(3):
                if terminal.process.poll() is None:
                    os.kill(terminal.pid, signal.SIGTERM)
                terminal.pump_for(0.02)
            status, _ = terminal.wait_exit(10)
            assert status == 0, f"exit {status}"
            terminal.check_restored()
        with open(path) as report:
            assert json.load(report)["interrupted"] is False, "a run that was over was interrupted"


def check_stopped_terminal():
    """Nobody reads what is drawn: the load goes on, and a signal ends it with its report."""
    def action(terminal):
        fill(terminal)
        os.kill(terminal.pid, signal.SIGTERM)
        return False
    return reported(action, 2, 105)


def check_stopped_terminal_reads_again():
    with lab() as terminal:
        terminal.wait_for("the first frame", FRAME)
        fill(terminal)
        terminal.write("?")
        terminal.wait_for("the help", "gztop: keys")
        terminal.write("?")
        terminal.pump_for(0.1)
        quit_by_key(terminal)


def check_killed():
    # Under a shell: the end of a session's leader hangs its terminal up, and nothing can be restored any more.
    with Terminal(["sh", "-c", f"'{GZTOP}' --embedded '{PACED}'; echo the shell again; read line"]) as terminal:
        terminal.wait_for("the first frame", FRAME)
        [killed] = terminal.children()
        os.kill(killed, signal.SIGKILL)
        terminal.wait_for("the shell", lambda t: b"the shell again" in t.raw)
        restored = lambda t: termios.tcgetattr(t.slave) == t.before and b"\x1b[?1049l" in t.raw and t.raw.rfind(b"\x1b[?25h") > t.raw.rfind(b"\x1b[?25l")
        terminal.wait_for("the guardian", restored)
        terminal.check_restored()
        terminal.write("\n")
        terminal.wait_exit()


def check_crashed():
    with lab() as terminal:
        terminal.wait_for("the first frame", FRAME)
        os.kill(terminal.pid, signal.SIGSEGV)
        status, _ = terminal.wait_exit(30)
        assert status == -signal.SIGSEGV, f"exit {status}"
        terminal.check_restored()


def check_crashed_while_nobody_reads():
    """The terminal is full of a frame: what leaves the screen is written nevertheless, by the crash's handler or the guardian."""
    with lab(rows=60, columns=200) as terminal:
        terminal.wait_for("the first frame", FRAME)
        waiting = fill(terminal)
        assert waiting > 1000, f"only {waiting} bytes wait: the terminal is not full"
        os.kill(terminal.pid, signal.SIGSEGV)
        status, _ = terminal.wait_exit(30, reading=False)
        assert status == -signal.SIGSEGV, f"exit {status}"
        terminal.wait_for("the screen left", lambda t: t.raw.rfind(b"\x1b[?1049l") > t.raw.rfind(b"\x1b[?1049h"))
        terminal.wait_for("its settings", lambda t: termios.tcgetattr(t.slave) == t.before)
        terminal.check_restored()


def check_refusals():
    for term in ("dumb", None, "", "no-such-terminal"):
        with Terminal([GZTOP], term=term) as terminal:
            status, _ = terminal.wait_exit()
            assert status == 2, f"TERM={term}: exit {status}"
            lines = bytes(terminal.raw).decode().splitlines()
            assert len(lines) == 1 and "gzload" in lines[0], f"TERM={term}: {lines}"
            assert b"\x1b" not in terminal.raw
    alone = subprocess.run([GZTOP], env=dict(PLAIN, TERM="xterm"), start_new_session=True, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=10)
    assert alone.returncode == 2 and len(alone.stderr.splitlines()) == 1 and "gzload" in alone.stderr, alone


def check_types():
    for term in ("vt100", "linux", "screen", "screen-256color", "tmux-256color", "xterm", "xterm-256color"):
        with lab(term=term) as terminal:
            terminal.wait_for(f"the first frame on {term}", FRAME)
            terminal.wait_for("a second of drawing", lambda t: "200" in t.text())
            terminal.write("\x1b[<0;3;7M?")
            terminal.wait_for(f"the help on {term}", "gztop: keys")
            terminal.write("?q")
            status, _ = terminal.wait_exit()
            assert status == 0, f"{term}: exit {status}"
            raw = bytes(terminal.raw)
            private = term.startswith(("xterm", "tmux"))
            terminal.check_restored(alternate=b"1049h" in raw)
            assert (b"\x1b[?1000h" in raw) == private, f"{term}: reports of the mouse"
            assert (b"\x1b[?1004h" in raw) == private and (b"\x1b[?2026" in raw) == private, f"{term}: private modes"
            if term == "vt100":
                assert b"1049" not in raw, "vt100 has no alternate screen"
                assert b"\x1b[2J" in raw or b"\x1b[J" in raw
                # The summary on the normal screen is gzload's, and no drawing.
                drawn = raw[: raw.rfind(b"\x1b[?1l")]
                assert not re.search(rb"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d|10\d)(?:;\d+)*m", drawn), "vt100 has no colours"
            if term == "linux":
                assert not re.search(rb"\xe2[\xa0-\xa3]", raw), "no braille in its font"
                assert b"\x1b[38;5" not in raw
    with lab(environment={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("the first frame", FRAME)
        quit_by_key(terminal)
        assert not re.search(rb"\x1b\[(38;5|3[0-7]m)", bytes(terminal.raw)), "colours in spite of NO_COLOR"


def check_hostile():
    server = subprocess.Popen([sys.executable, "-B", os.path.join(HERE, "hostile.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/x.json.gz"
        with Terminal([GZTOP, "-c", "4", "-q", "50", url], rows=40, columns=120, synchronizes=True) as terminal:
            terminal.wait_for("the first frame", FRAME)
            # Each row and view that shows what came from there.
            terminal.wait_for("failures", "FAILED")
            for number in range(1, 7):
                view(terminal, number)
                terminal.pump_for(0.3)
                if number not in (2, 3, 5):
                    for keys in ("", "j"):
                        terminal.write(keys)
                        open_selected(terminal)
                        terminal.pump_for(0.3)
                        for scroll in ("\x1b[6~", "G"):
                            terminal.write(scroll)
                            terminal.pump_for(0.1)
                        terminal.write("\x1b")
                        terminal.wait_for("the table again", lambda t: "Esc back" not in footer(t))
            view(terminal, 1)
            for keys in ("t", "f", "\t", "?", "?"):
                terminal.write(keys)
                terminal.pump_for(0.2)
            leave(terminal)
            raw = bytes(terminal.raw)
            harmless(raw)
            assert "\u0301".encode() not in raw[: raw.rfind(b"\x1b[?1049l")], "marks that combine, in a cell"
    finally:
        server.stdin.close()
        server.wait(5)


def harmless(raw):
    assert b"\x1b]" not in raw and b"\x1bP" not in raw and b"\x1b_" not in raw, "a string for the terminal"
    for byte in (0x07, 0x05, 0x7f):
        assert byte not in raw, f"byte {byte:#x}"
    text = raw.decode("utf-8")  # strictly: no lone byte of C1
    odd = {character for character in text if "\x7f" <= character <= "\x9f" or character in "\u202e\u2066\u200f\u061c"}
    assert not odd, f"{odd!r}"


def check_many():
    """Ten thousand streams. Straight from the origin: a proxy between would need two descriptors for each."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(10_000, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with server("gzorigin", "--listen", "127.0.0.1:0") as origin, \
            shown("-c", str(wanted), "--validate", "frame", origin + "/gzip/64MiB?pace=1KiB", rows=40, columns=120) as terminal:
        terminal.wait_for("the first frame", FRAME)
        all_run = f"{wanted}/{wanted}", f"{wanted:,}/{wanted:,}"
        terminal.wait_for(f"{wanted} streams", lambda t: any(text in t.text() for text in all_run), 60)
        for keys in ("G", "g", "f", "f", "?", "?"):
            terminal.write(keys)
            terminal.pump_for(0.1)
        began = time.monotonic()
        terminal.write("?")
        terminal.wait_for("the help", "gztop: keys", 0.1 * WIDE)
        key = time.monotonic() - began
        terminal.write("?qq")
        terminal.wait_exit(30)
        terminal.check_restored()
    less = "" if wanted == 10_000 else f" (descriptors allow no more: {hard})"
    return f"{wanted} streams{less}, key to screen {key * 1000:.0f} ms"


def check_bytes():
    """Against twenty times the figures."""
    from figures import bytes_a_second, paused_bytes_a_second
    for rows, columns, arguments, keys, limit in ((24, 80, ("-c", "8"), "", 8), (40, 120, ("-c", "100"), "", 40)):
        sent = bytes_a_second(rows, columns, arguments, keys, 3)
        assert sent < limit * 1024 * WIDE, f"{sent / 1024:.1f} KiB/s at {columns}x{rows}"
    sent = paused_bytes_a_second(2)
    assert sent < 0.2 * 1024 * WIDE, f"{sent / 1024:.2f} KiB/s paused"


def check_drawing():
    """Of everything but the load threads, a frame: 5 % of a core at 10 fps are 5 ms, and this is twenty times that. A share of a core could
    hardly be more than all of it."""
    from figures import moving, running, ticks
    with moving(40, 120) as terminal:
        terminal.wait_for("the first frame", FRAME)
        running(terminal, 1000)
        frames, last = 0, 0

        # A frame may come in several pieces, and the next one not before a tenth of a second has passed.
        def count(_):
            nonlocal frames, last
            now = time.monotonic()
            frames += now - last > 0.03
            last = now

        terminal.taken = count
        before = ticks(terminal.pid)
        terminal.wait_for("twenty frames", lambda _: frames >= 20, 20)
        each = (ticks(terminal.pid) - before) * 1000 / os.sysconf("SC_CLK_TCK") / frames
        terminal.write("qq")
        terminal.wait_exit(20)
    assert each < 5 * WIDE, f"{each:.1f} ms a frame"
    return f"{each:.1f} ms a frame"
