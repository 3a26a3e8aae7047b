"""The origin and the proxies, each started from its template on a port of the system's choice."""
import pathlib
import re
import subprocess
import time
from dataclasses import dataclass

from . import accounting, processes
from .failure import Failure

PEERS = pathlib.Path(__file__).resolve().parent.parent / "peers"
# Buffers as somebody sets them who wants large bodies to pass quickly: in memory, none on disk.
NGINX_TUNED = ("proxy_buffering on; proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k; "
               "proxy_max_temp_file_size 0;")


@dataclass
class Server:
    name: str
    child: subprocess.Popen
    port: int
    # Before the path of every body.
    prefix: str = ""

    @property
    def pids(self):
        return accounting.tree(self.child.pid)


def rendered(children, template, **values):
    """A configuration of its own, in a folder of its own for what the program writes."""
    folder = children.folder / f"{template}-{values['PORT']}"
    folder.mkdir(mode=0o755)
    text = (PEERS / template).read_text()
    for name, value in {"FOLDER": folder, **values}.items():
        text = text.replace(f"@{name}@", str(value))
    file = folder / template
    file.write_text(text)
    return folder, file


def launched(children, name, command, port, core, log, prefix="", environment=None):
    with open(log, "wb") as errors:
        child = children.start(command, core, environment, output=errors, errors=errors)
    processes.await_port(child, port, name, log)
    return Server(name, child, port, prefix)


def nginx(children, name, template, core, **values):
    port = processes.free_port()
    folder, file = rendered(children, template, PORT=port, **values)
    command = [processes.program("nginx"), "-c", file, "-p", folder, "-e", folder / "start.log"]
    return launched(children, name, command, port, core, folder / "out.log")


def origin(children, bodies, core):
    return nginx(children, "origin", "origin.conf", core, BODIES=bodies.folder)


def haproxy(children, name, core, origin_port, global_="", defaults=""):
    port = processes.free_port()
    folder, file = rendered(
        children, "haproxy.conf", PORT=port, ORIGIN=origin_port, GLOBAL=global_, DEFAULTS=defaults)
    return launched(children, name, [processes.program("haproxy"), "-db", "-f", file], port, core, folder / "out.log")


def fastapi(children, name, core, origin_port, prefix, venv):
    port = processes.free_port()
    if not (venv / "bin/uvicorn").exists():
        raise Failure("fastapi and uvicorn are not installed; Scripts/deps.sh --peers installs them")
    # As a module: the script names the interpreter of the folder it was installed in, which may have moved.
    command = [venv / "bin/python", "-m", "uvicorn", "fastapi_app:app", "--app-dir", PEERS, "--port", port, "--no-access-log",
               "--log-level", "warning"]
    return launched(
        children, name, command, port, core, children.folder / f"{name}-{port}.log", prefix,
        {"ORIGIN": f"http://127.0.0.1:{origin_port}", "PYTHONDONTWRITEBYTECODE": "1"})


class Gzproxy:
    """Our proxy, and what this build of it can be told."""

    def __init__(self, folder):
        self.binary = folder / "gzproxy"
        self.help = subprocess.run(
            [self.binary, "serve", "--help"], capture_output=True, text=True, timeout=30, check=False).stdout
        if "--upstream" not in self.help:
            raise Failure(f"{self.binary} serve --help says nothing of --upstream")

    @property
    def has_relay(self):
        return "--relay" in self.help

    def buffer_option(self, which):
        """Name of the option for a socket buffer, and whether it can be left to the system; None: there is none."""
        found = re.search(rf"(--{which})\b.*?(?=\n\s+--|\n\n|\Z)", self.help, re.S)
        return (found.group(1), "system" in found.group(0)) if found else None

    @property
    def receive_buffer(self):
        return self.buffer_option("upstream-(?:receive-buffer|rcvbuf)")

    @property
    def send_buffer(self):
        return self.buffer_option("client-(?:send-buffer|sndbuf)")

    def start(self, children, core, origin_port, relay="auto", options=()):
        """One thread, no log, connections kept and reused without end: as the peers are set up."""
        command = [
            self.binary, "serve", "--listen", "127.0.0.1:0", "--upstream", f"http://127.0.0.1:{origin_port}",
            "--threads", 1, "--access-log", "off", "--upstream-max-requests", 0, "--max-upstream-connections", 8192,
            *options]
        if self.has_relay:
            command += ["--relay", relay]
        out, errors = (children.folder / f"gzproxy-{time.monotonic_ns()}.{end}" for end in ("out", "err"))
        with out.open("wb") as stdout, errors.open("wb") as stderr:
            child = children.start(command, core, output=stdout, errors=stderr)
        until = time.monotonic() + processes.PATIENCE
        while time.monotonic() < until and child.poll() is None:
            found = re.search(r"listening on http://[^:\s]+:(\d+)\s", out.read_text())
            if found:
                return Server(f"gzproxy {relay}", child, int(found.group(1)))
            time.sleep(0.02)
        raise Failure(f"gzproxy did not start: {processes.last_words(errors)}")
