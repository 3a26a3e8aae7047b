"""Figures of a proxy that passes bodies on: CPU a GiB and a request, beside peers on the same path."""
import contextlib
import time
from dataclasses import dataclass

from . import accounting, clients, profile, rounds, servers
from .bodies import GIB
from .results import Row, Section, Table
from .verdict import MET, Check

# After a run: what it left to do is done before somebody else is measured.
SETTLE = 0.1

LABELS = {
    "auto": "gzproxy --relay auto", "copy": "gzproxy --relay copy",
    "nginx-tuned": "nginx, 8 × 64 KiB buffers", "nginx-default": "nginx, its defaults",
    "haproxy": "HAProxy, its defaults", "haproxy-splice": "HAProxy, splice-response, 1 MiB pipes",
    "requests": "FastAPI + requests", "httpx": "FastAPI + httpx",
}


@dataclass(frozen=True)
class Cost:
    cpu: float
    load: clients.Load

    @property
    def per_gib(self):
        return self.cpu / (self.load.bytes / GIB)

    @property
    def per_request(self):
        """Microseconds."""
        return self.cpu / self.load.requests * 1e6


class Proxies:
    """Proxies in front of one origin, started when first asked for, and running throughout."""

    def __init__(self, bench):
        self.bench = bench
        self.gzproxy = servers.Gzproxy(bench.bin)
        self.started = {}
        self.origin = servers.origin(bench.children, bench.bodies, bench.cores.others)

    def start(self, key, options=()):
        children, core, port = self.bench.children, self.bench.cores.measured, self.origin.port
        if key in ("auto", "copy"):
            return self.gzproxy.start(children, core, port, key, options)
        if key.startswith("nginx"):
            buffers = servers.NGINX_TUNED if key == "nginx-tuned" else ""
            return servers.nginx(children, key, "nginx.conf", core, ORIGIN=port, BUFFERS=buffers)
        if key == "haproxy":
            return servers.haproxy(children, key, core, port)
        if key == "haproxy-splice":
            return servers.haproxy(children, key, core, port, "tune.pipesize 1048576", "option splice-response")
        return servers.fastapi(children, key, core, port, f"/{key}", self.bench.venv)

    def __getitem__(self, key):
        if key not in self.started:
            self.started[key] = self.start(key)
        return self.started[key]

    @contextlib.contextmanager
    def fresh(self, key, options=()):
        """One that has done nothing yet, for figures of memory: what was freed is seldom given back."""
        server = self.start(key, options)
        try:
            yield server
        finally:
            self.bench.children.stop(server.child)

    def stop(self):
        for server in [*self.started.values(), self.origin]:
            self.bench.children.stop(server.child)

    @property
    def notes(self):
        if self.gzproxy.has_relay:
            return []
        return ["This gzproxy has no --relay: what stands for auto and for copy is the same."]


def cost(server, run):
    """CPU of the server while `run` loads it."""
    pids = server.pids
    before = accounting.cpu_seconds(pids)
    load = run()
    time.sleep(SETTLE)
    return Cost(accounting.cpu_seconds(pids) - before, load)


def profiled(bench, checks, case, server, run):
    """A block for the results when one of the checks is not met."""
    if all(check.bar is None or check.verdict == MET for check in checks):
        return []
    recorder = profile.Recorder(bench.children, case)
    recorder.begin(server.pids)
    try:
        run()
    finally:
        block = recorder.end()
    return [block]


def compared(ours, peers, values):
    """A check for each peer: ours over it, round by round."""
    return [Check(f"{LABELS[ours]} ÷ {LABELS[key]}", rounds.ratios(values[ours], values[key]), bar)
            for key, bar in peers.items()]


def bodies_figure(bench, figure, title, ours, peers, size, connections, path=""):
    """CPU a GiB of `ours` (a relay) and of the peers: key → bar. `path` stands before the body's."""
    proxies = Proxies(bench)
    try:
        body = bench.bodies.gzip(size)

        def load(key):
            return bench.sink.run(
                bench.children, bench.cores.others, proxies[key], body, connections, bench.options.seconds,
                path + body.path)

        keys = [ours, *peers]
        for key in keys:
            proxies[key]
        costs = rounds.interleave(
            bench.options.rounds, {key: lambda key=key: cost(proxies[key], lambda: load(key)) for key in keys})
        values = {key: [one.per_gib for one in costs[key]] for key in keys}
        section = Section(figure, title, notes=proxies.notes)
        section.tables.append(Table("proxy", [
            Row(LABELS[key], {"CPU-s/GiB": values[key], "GiB/s": [one.load.rate / GIB for one in costs[key]]})
            for key in keys]))
        section.checks = compared(ours, peers, values)
        section.profiles = profiled(bench, section.checks, LABELS[ours], proxies[ours], lambda: load(ours))
        return section
    finally:
        proxies.stop()


def requests_figure(bench, figure, title, ours, peers, size, connections):
    """CPU a request, by wrk."""
    proxies = Proxies(bench)
    try:
        body = bench.bodies.gzip(size)

        def load(key):
            return clients.wrk(
                bench.children, bench.cores.others, proxies[key], body, connections, bench.options.seconds)

        keys = [ours, *peers]
        for key in keys:
            # So that no run pays for connections to the origin that are opened only once.
            bench.sink.run(bench.children, bench.cores.others, proxies[key], body, connections, 0.2)
        costs = rounds.interleave(
            bench.options.rounds, {key: lambda key=key: cost(proxies[key], lambda: load(key)) for key in keys})
        values = {key: [one.per_request for one in costs[key]] for key in keys}
        section = Section(figure, title, notes=proxies.notes)
        section.tables.append(Table("proxy", [
            Row(LABELS[key], {
                "CPU µs/request": values[key], "requests/s": [one.load.requests_per_second for one in costs[key]]})
            for key in keys]))
        section.checks = compared(ours, peers, values)
        section.profiles = profiled(bench, section.checks, LABELS[ours], proxies[ours], lambda: load(ours))
        return section
    finally:
        proxies.stop()
