"""Starting, pinning and ending programs. Each is ended by its id, whatever way the command ends."""
import ctypes
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

from . import accounting
from .failure import Failure

PR_SET_PDEATHSIG = 1
PATIENCE = 20.0
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Cores:
    """Which core the measured program has, and which the others share; None: this machine has too few to pin."""
    measured: int = None
    others: int = None

    @property
    def pinned(self):
        return self.measured is not None


def cores(measured_first):
    """The first two cores that we may use: proxies are measured on the first, clients on the second."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        return Cores()
    first, second = allowed[:2]
    return Cores(first, second) if measured_first else Cores(second, first)


def free_port():
    """A port that the system chose. Somebody else might take it before our program does; none has yet."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def program(name):
    """Where a program is; nginx and haproxy are often in sbin, which a user's PATH lacks."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        raise Failure(f"{name} is not installed; Scripts/deps.sh --peers installs it")
    return found


class Children:
    """Every program that was started. Leaving the context ends those that still run."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gztop-bench-"))
        # The workers of an nginx that root started are somebody else.
        self.folder.chmod(0o755)
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A second Ctrl-C must not leave the rest running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in reversed(list(self.running)):
            self.stop(child)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command, core=None, environment=None, output=subprocess.DEVNULL, errors=subprocess.DEVNULL):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

        def prepare():
            # All that a child inherits: its core, as many descriptors as may be, and an end when we are killed.
            if core is not None:
                os.sched_setaffinity(0, {core})
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

        try:
            # A session of its own: a Ctrl-C is for us, and we end them in order.
            child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                env={**os.environ, **(environment or {})}, start_new_session=True, preexec_fn=prepare)
        except OSError as error:
            raise Failure(f"{command[0]} could not be started: {error.strerror}") from error
        self.running.append(child)
        return child

    def stop(self, child, number=signal.SIGTERM):
        if child in self.running:
            self.running.remove(child)
        if child.returncode is not None:
            return
        below = accounting.tree(child.pid)[1:]
        child.send_signal(number)
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            for pid in below:
                end(pid)

    def forget(self, child):
        """Of one that has ended by itself and was waited for."""
        if child in self.running:
            self.running.remove(child)


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def await_port(child, port, name, log):
    """Returns once something listens there; tells what the program said when it does not come to that."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise Failure(f"{name} did not start: {last_words(log)}")


def last_words(log):
    text = pathlib.Path(log).read_text(errors="replace").strip() if pathlib.Path(log).exists() else ""
    return text[-400:] or "it said nothing"
