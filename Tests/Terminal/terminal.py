"""A terminal for one program: a PTY with pyte behind it. Everything waits on the PTY itself, never for a time alone."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte

READ = 65536
# What every program under test gets; nothing of who runs the checks.
PLAIN = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


class Screen(pyte.Screen):
    """pyte's, with what ncurses needs besides. Where lines do not wrap, the cursor stands on the last column after a
    character there and not behind it: the column is drawn so, and then moved along. And SU and SD scroll."""

    def reset_mode(self, *modes, **options):
        super().reset_mode(*modes, **options)
        self.stay_on_screen()

    def set_mode(self, *modes, **options):
        self.stay_on_screen()
        super().set_mode(*modes, **options)

    def stay_on_screen(self):
        self.cursor.x = min(self.cursor.x, self.columns - 1)

    def scroll_up(self, count=1, **_):
        self.scroll(count, self.margins.bottom if self.margins else self.lines - 1, self.index)

    def scroll_down(self, count=1, **_):
        self.scroll(count, self.margins.top if self.margins else 0, self.reverse_index)

    def scroll(self, count, edge, step):
        place, self.cursor.y = self.cursor.y, edge
        for _ in range(min(max(1, count), self.lines)):
            step()
        self.cursor.y = place


class Stream(pyte.ByteStream):
    csi = dict(pyte.ByteStream.csi, S="scroll_up", T="scroll_down")
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down"}


class Terminal:
    """Starts `arguments` as the leader of a session whose terminal this is. Keeps all bytes it was sent."""

    def __init__(self, arguments, term="xterm-256color", rows=24, columns=80, environment=None, synchronizes=False, folder=None):
        self.master, self.slave = pty.openpty()
        self.synchronizes = synchronizes
        # Called with all bytes of the program, as they come.
        self.taken = None
        self.raw = bytearray()
        self.seen = 0
        self.screen = Screen(columns, rows)
        self.stream = Stream(self.screen)
        self._set_size(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        variables = dict(PLAIN, LC_ALL="C.UTF-8", **(environment or {}))
        if term is not None:
            variables["TERM"] = term
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            arguments, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=variables, cwd=folder, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.pid = self.process.pid

    def _set_size(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        self._set_size(rows, columns)

    def write(self, keys):
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def pump(self, seconds=0.0):
        """Takes what the program sends within so many seconds; returns at the first bytes. Returns their number."""
        if self.master is None or not select.select([self.master], [], [], seconds)[0]:
            return 0
        try:
            data = os.read(self.master, READ)
        except OSError:
            return 0
        if self.synchronizes and b"\x1b[?2026$p" in data:
            self.write("\x1b[?2026;2$y")
        self.raw += data
        if self.taken:
            self.taken(data)
        self.stream.feed(data)
        return len(data)

    def text(self):
        return "\n".join(self.screen.display)

    def wait_for(self, what, predicate, seconds=10):
        """Until the predicate of this terminal holds; a string is a text on the screen."""
        if isinstance(predicate, str):
            wanted = predicate
            predicate = lambda terminal: wanted in terminal.text()
        end = time.monotonic() + seconds
        while not predicate(self):
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{what}: not within {seconds} s; the screen:\n{self.text()}")
            self.pump(min(left, 0.05))

    def pump_for(self, seconds):
        """Bytes within so many seconds."""
        before, end = len(self.raw), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.pump(left)
        return len(self.raw) - before

    def wait_exit(self, seconds=10, reading=True):
        """The exit status, and how long it took; what was sent until then has been read."""
        began = time.monotonic()
        while reading and self.process.poll() is None and time.monotonic() - began < seconds:
            self.pump(0.01)
        try:
            self.process.wait(max(0.001, seconds - (time.monotonic() - began)))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s; the screen:\n{self.text()}") from None
        took = time.monotonic() - began
        while reading and self.pump(0.02):
            pass
        return self.process.returncode, took

    def hang_up(self):
        os.close(self.master)
        self.master = None

    def check_restored(self, alternate=True):
        """The settings from before, the cursor on, the screen left, no report left on."""
        raw = bytes(self.raw)
        assert termios.tcgetattr(self.slave) == self.before, "the terminal's settings are others than before"
        assert raw.rfind(b"\x1b[?25h") >= raw.rfind(b"\x1b[?25l"), "the cursor is off"
        if alternate:
            assert raw.count(b"\x1b[?1049h") > 0, "never on the alternate screen"
            assert raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h"), "still on the alternate screen"
        for mode in (b"1000", b"1006", b"1004", b"2004", b"2026"):
            assert raw.rfind(b"\x1b[?%sl" % mode) >= raw.rfind(b"\x1b[?%sh" % mode), f"mode {mode.decode()} is left on"

    def children(self):
        """Pids of the program's children, by what their command line has."""
        found = {}
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/children") as listed:
                for child in listed.read().split():
                    with open(f"/proc/{child}/cmdline", "rb") as line:
                        found[int(child)] = line.read().decode(errors="replace").replace("\0", " ")
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            # Politely first: its children end with it.
            self.process.send_signal(signal.SIGTERM)
            try:
                self.wait_exit(5, reading=self.master is not None)
            except AssertionError:
                self.process.kill()
                self.process.wait()
        os.close(self.slave)
        if self.master is not None:
            os.close(self.master)
