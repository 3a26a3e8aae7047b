"""Runs that are only shown: a record, a headless gzload, a running gzproxy."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile

from cast import CAST, check
from lab import BIN, PACED, TABS, WIDE, cover, footer, lab, number, open_selected, quit_by_key, server, shown, type_line, uncover, view
from terminal import PLAIN

WHERE = re.compile(r"(\d+):(\d\d):(\d\d) of (\d+):(\d\d):(\d\d)")


def position(terminal):
    """Seconds from the beginning of the record, and its length."""
    found = WHERE.search(terminal.text())
    if not found:
        return None
    parts = [int(part) for part in found.groups()]
    return parts[0] * 3600 + parts[1] * 60 + parts[2], parts[3] * 3600 + parts[4] * 60 + parts[5]


def check_record_and_replay():
    """A record that is switched on and off by w, and played."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.ndjson")
        with lab("-c", "4", "/gzip/256KiB?pace=512KiB", "/gzip/64KiB?fault=crc", columns=120) as terminal:
            terminal.wait_for("ended streams", lambda t: number(t, "ok"))
            cover(terminal, "w")
            type_line(terminal, path)
            terminal.wait_for("the record", f"recording to {path}")
            ended = number(terminal, "streams")
            terminal.wait_for("streams in it", lambda t: number(t, "streams") > ended + 12, 20)
            terminal.write("w")
            terminal.wait_for("its end", f"record ended: {path}")
            quit_by_key(terminal, 99)
        with shown("--replay", path, rows=30, columns=120) as terminal:
            terminal.wait_for("the record", lambda t: position(t) and "REPLAY" in t.text())
            terminal.write("p")
            terminal.wait_for("a pause", "PAUSED")
            length = position(terminal)[1]
            cover(terminal, ":")
            type_line(terminal, "soon")
            terminal.wait_for("what is wrong", "no moment")
            uncover(terminal)
            cover(terminal, ":")
            type_line(terminal, f"{length - 1}s")
            terminal.wait_for("the last second", lambda t: position(t) and position(t)[0] == length - 1)
            ended = number(terminal, "streams")
            for _ in range(100):
                terminal.write(".")
                terminal.pump(0.05)
                if number(terminal, "streams") > ended:
                    break
            terminal.wait_for("one more stream, by steps", lambda t: number(t, "streams") > ended)
            terminal.write(",")
            terminal.wait_for("five seconds back", lambda t: position(t) and position(t)[0] <= max(0, length - 5))
            terminal.write(">")
            terminal.write(" ")
            terminal.wait_for("twice as fast", "REPLAY x2")
            for name in range(1, 7):
                view(terminal, name)
            view(terminal, 4)
            terminal.wait_for("the end", lambda t: "p play" in footer(t), 20)
            terminal.wait_for("what failed", "corrupt_crc")
            quit_by_key(terminal)
    return f"{length} s"


def check_memory():
    """Resident memory for 10,000 known streams of a record: what grew with the file, and not with what is shown, would pass twenty times
    the figure."""
    from figures import replay_memory
    took = replay_memory()
    assert took < (24 << 20) * WIDE, f"{took / (1 << 20):.1f} MiB"
    return f"{took / (1 << 20):.1f} MiB"


def check_cast():
    """The cast that is in the repository."""
    return check(CAST)


@contextlib.contextmanager
def headless():
    """A gzload with failures, and where its events are."""
    load = subprocess.Popen([os.path.join(BIN, "gzload"), "--embedded", "-c", "4", "-z", "60s", PACED, "/gzip/64KiB?fault=crc", "--metrics-listen",
                             "127.0.0.1:0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=PLAIN, text=True)
    try:
        said = load.stderr.readline()
        address = re.search(r"http://(127\.0\.0\.1:\d+)", said)
        assert address, said
        yield load, address.group(1)
    finally:
        load.kill()
        load.stderr.close()
        load.wait()


def check_attach():
    """A run is followed to its end; one that was killed is not shown as running; nobody is told before the screen is taken."""
    with headless() as (load, address), shown("--attach", address, rows=30, columns=120) as terminal:
        terminal.wait_for("its streams", "4/4")
        terminal.wait_for("its failures", lambda t: "FAILED" in t.text() and "corrupt_crc" in t.text())
        terminal.write("+")
        terminal.wait_for("why not", "no load of ours")
        load.send_signal(signal.SIGTERM)
        terminal.wait_for("its end", lambda t: "FINISHED" in t.text() or "ENDED" in t.text(), 15)
        quit_by_key(terminal)
    with headless() as (load, address), shown("--attach", address) as terminal:
        terminal.wait_for("its streams", "4/4")
        load.kill()
        terminal.wait_for("that nobody tells of it any more", "NO EVENTS")
        quit_by_key(terminal)
        assert b"the connection was lost" in terminal.raw, "the summary does not tell"
    with shown("--attach", address) as terminal:
        status, _ = terminal.wait_exit(15)
        assert status not in (0, None), "attached to nobody"
        assert b"\x1b[?1049h" not in terminal.raw, "the screen was taken for an error"


CUT = "/gzip/1MiB?pace=256KiB&fault=cut@50%"
# What only who carries a stream can know.
UNTOLD = ("verdict", "transport", "answer", "WAITING", " complete", "OK,", "no head")


def check_watch():
    """A loaded gzproxy by its own stats: its sums, its failures with their cause, and of a stream no more than it tells."""
    with server("gzorigin", "--listen", "127.0.0.1:0") as origin, \
            server("gzproxy", "serve", "--listen", "127.0.0.1:0", "--upstream", origin, "--telemetry") as proxy, \
            shown("--watch", proxy, rows=30, columns=120) as terminal:
        terminal.wait_for("the first frame", lambda t: "▸1 " in t.screen.display[TABS])
        load = subprocess.Popen([os.path.join(BIN, "gzload"), "-c", "3", "-z", "60s", "--no-progress", proxy + PACED, proxy + PACED, proxy + CUT],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=PLAIN)
        try:
            terminal.wait_for("three streams", lambda t: re.search(r"active +3", t.text()) is not None)
            assert re.search(r"ok +-  ", terminal.text()) and re.search(r"502s +-", terminal.text()), terminal.text()
            open_selected(terminal)
            terminal.wait_for("what is known of a stream", lambda t: "its failures are counted together" in t.text())
            assert re.search(r"^ request [\w-]{36}  (SENDING|NO BYTE SENT YET|GONE)", terminal.text(), re.MULTILINE), terminal.text()
            assert not [word for word in UNTOLD if word in terminal.text()], terminal.text()
            terminal.write("\x1b")
            terminal.wait_for("the table", lambda t: "Esc back" not in footer(t))
            view(terminal, 4)
            terminal.wait_for("a failure and its cause", lambda t: re.search(r"▸upstream_incomplete +[1-9]", t.text()) is not None, 15)
            terminal.wait_for("what it means", "http_response_incomplete)")
            view(terminal, 6)
            terminal.wait_for("when it was", "1 failed: upstream_incomplete")
            view(terminal, 5)
            terminal.wait_for("its instance", "process")
        finally:
            load.terminate()
            load.wait()
        view(terminal, 1)
        terminal.wait_for("none", lambda t: re.search(r"active +0", t.text()) is not None)
        quit_by_key(terminal)
        assert b"of them failed" in terminal.raw, "no summary"
    with shown("--watch", proxy) as terminal:
        status, _ = terminal.wait_exit(15)
        assert status == 1 and b"is a gzproxy or a gzlambda running there?" in terminal.raw, terminal.text()
        assert b"\x1b[?1049h" not in terminal.raw, "the screen was taken for an error"
