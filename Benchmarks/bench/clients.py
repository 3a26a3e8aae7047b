"""The two clients that load a proxy: the sink for bodies, wrk for small requests. Neither forgives anything."""
import json
import re
import subprocess
from dataclasses import dataclass

from . import processes
from .failure import Failure

# Bodies that run may end for so long after the time is up; what a proxy did for them then counts too.
FINISH = 10


@dataclass(frozen=True)
class Load:
    """What a client received, and how fast: the seconds end with the last byte."""
    requests: int
    bytes: int
    rate: float
    requests_per_second: float


def output_of(children, command, core, limit, name):
    """What a program printed, with its errors; it must end well and in time."""
    out = children.folder / "client.out"
    with out.open("wb") as stdout:
        child = children.start(command, core, output=stdout, errors=subprocess.STDOUT)
    try:
        child.wait(limit)
    except subprocess.TimeoutExpired:
        children.stop(child)
        raise Failure(f"{name} did not end within {limit:.0f} s") from None
    children.forget(child)
    text = out.read_text(errors="replace")
    if child.returncode != 0:
        raise Failure(f"{name} ended with {child.returncode}: {processes.last_words(out)}")
    return text


class Sink:
    def __init__(self, binary):
        self.binary = binary

    def command(self, port, path, connections, seconds, length=None, rate=None, finish=FINISH):
        words = [self.binary, "--port", port, "--path", path, "--connections", connections, "--seconds", seconds,
                 "--finish", finish]
        words += ["--length", length] if length is not None else []
        return words + (["--rate", rate] if rate else [])

    def judged(self, text, name):
        said = json.loads(text)
        if said["errors"]:
            raise Failure(f"{name}: {said['errors']} responses failed ({said['first_error']}); the run is void")
        if not said["bytes"]:
            raise Failure(f"{name}: not a byte came; the run is void")
        requests, count, seconds = said["requests"], said["bytes"], said["seconds"]
        return Load(requests, count, count / seconds, requests / seconds)

    def run(self, children, core, server, body, connections, seconds, path=None, finish=FINISH):
        """Whole bodies of this length and status 200, or a Failure."""
        path = server.prefix + (path or body.path)
        command = self.command(server.port, path, connections, seconds, body.size, finish=finish)
        return self.judged(output_of(children, command, core, seconds + finish + 60, server.name), server.name)


def wrk(children, core, server, body, connections, seconds):
    url = f"http://127.0.0.1:{server.port}{server.prefix}{body.path}"
    command = [processes.program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", url]
    text = output_of(children, command, core, seconds + 60, server.name)
    return judged_wrk(text, server.name)


def judged_wrk(text, name):
    bad = re.search(r"^\s*(Socket errors:.*|Non-2xx.*)$", text, re.M)
    if bad:
        raise Failure(f"{name}: wrk says {bad.group(1)}; the run is void")
    done = re.search(r"^\s*(\d+) requests in ([\d.]+)(ms|s|m), ([\d.]+)([KMGT]?)B read", text, re.M)
    if not done or int(done.group(1)) == 0:
        raise Failure(f"{name}: wrk counted no request; the run is void")
    requests = int(done.group(1))
    seconds = float(done.group(2)) * {"ms": 0.001, "s": 1, "m": 60}[done.group(3)]
    read = float(done.group(4)) * 1024 ** " KMGT".index(done.group(5) or " ")
    return Load(requests, int(read), read / seconds, requests / seconds)
