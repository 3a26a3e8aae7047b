"""Processes and ports of this machine, as /proc tells of them."""
import os
import pathlib
import select
import signal
import socket
import sys
import time

START = 30


class Failed(Exception):
    """A model did not start, or did not do what it is for."""


def readable_by_all(path):
    """Can a user who owns nothing get there?"""
    path = pathlib.Path(path).resolve()
    return path.stat().st_mode & 0o4 != 0 and all(folder.stat().st_mode & 0o1 for folder in path.parents)


def python():
    """An interpreter that every user of this machine can start."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(candidate) and readable_by_all(candidate):
            return candidate
    raise Failed("no python3 here can be started by every user; install Debian's python3")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def descendants(pid):
    """Every process below this one, nearest first."""
    found, parents = [], {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = pathlib.Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    level = [pid]
    while level:
        level = [child for parent in level for child in parents.get(parent, [])]
        found += level
    return found


def alive(pid):
    try:
        return pathlib.Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def connections(port):
    """How many connections to a port of this machine are open."""
    wanted, found = f":{port:04X}", 0
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        found += words[2].endswith(wanted) and words[3] == "01"
    return found


def has_ended(pid, limit=0):
    """Has it ended? Waits for that, but no longer than the limit: the kernel tells, whoever's child it is."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ends = select.poll()
        ends.register(descriptor, select.POLLIN)
        return bool(ends.poll(max(0, limit) * 1000))
    finally:
        os.close(descriptor)


def wait_for_end(pids, what, limit):
    """Returns when all of them have ended."""
    end = time.monotonic() + limit
    for pid in pids:
        if not has_ended(pid, end - time.monotonic()):
            raise Failed(f"not within {limit} s: {what}")


def wait_until(done, what, limit=START):
    """For what nothing tells of: a file of another process's that grows, a table of the kernel's that changes."""
    end = time.monotonic() + limit
    while True:
        value = done()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"not within {limit} s: {what}")
        # Until the next look; there is no event to wait for.
        time.sleep(0.02)


def settle(log, limit):
    """Returns when `log` has not grown for a fifth of a second, and a limit has passed: that nothing more comes is known by
    time alone.
    """
    end, size, since = time.monotonic() + limit, -1, time.monotonic()
    while time.monotonic() < end or time.monotonic() - since < 0.2:
        if log.stat().st_size != size:
            size, since = log.stat().st_size, time.monotonic()
        if time.monotonic() > end + 1:
            return
        # Until the next look at its size.
        time.sleep(0.02)


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
