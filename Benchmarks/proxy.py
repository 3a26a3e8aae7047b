#!/usr/bin/env python3
"""make bench-proxy: gzproxy beside nginx, HAProxy and FastAPI. Read from top to bottom, this is the plan."""
import sys

from bench import command, machine, relaying, scale, seed, slow
from bench.bodies import KIB, MIB
from bench.verdict import Bar

BODY = 8 * MIB


def bodies(title, ours, peers, connections, path=""):
    """CPU a GiB of 8 MiB bodies; peers are key → bar for ours over theirs."""
    return title, lambda bench, figure, title: relaying.bodies_figure(
        bench, figure, title, ours, peers, BODY, connections, path)


def spliced(connections):
    return bodies(
        f"CPU a GiB, socket to socket, 8 MiB, c={connections}", "auto",
        {"nginx-tuned": Bar(0.6, 0.4), "haproxy-splice": Bar(1.4, 1.0)}, connections)


def copied(connections):
    return bodies(
        f"CPU a GiB, copied, 8 MiB, c={connections}", "copy",
        {"nginx-tuned": Bar(1.3, 1.0), "nginx-default": Bar(0.65, 0.45), "haproxy": Bar(1.1, 0.85)}, connections)


FIGURES = {
    "splice-c8": spliced(8),
    "splice-c64": spliced(64),
    "copy-c8": copied(8),
    "copy-c64": copied(64),
    "chunked": bodies(
        "CPU a GiB, chunks of 32 KiB, 8 MiB, c=8", "auto",
        {"nginx-tuned": Bar(1.25, 1.0), "haproxy": Bar(1.0, 0.8)}, 8, "/chunked"),
    "small": ("CPU a request, 1 KiB, c=64", lambda bench, figure, title: relaying.requests_figure(
        bench, figure, title, "auto", {"nginx-tuned": Bar(1.35, 1.0), "haproxy": Bar(1.35, 1.0)}, KIB, 64)),
    "seed": ("what ours replaces: FastAPI around an HTTP client", seed.seed_figure),
    "slow": ("memory for 64 readers of 1 MiB/s, 256 MiB bodies", slow.slow_figure),
    "scale": ("from 1 to 4096 streams, from 1 KiB to 5 GiB", scale.scale_figure),
}


def versions(bench):
    found = {"gzproxy": machine.ours(bench.bin, "gzproxy")}
    found |= {name: machine.version(name) for name in ("nginx", "haproxy", "wrk")}
    return found | machine.python_versions(bench.venv / "bin/python", ("fastapi", "uvicorn", "requests", "httpx"))


if __name__ == "__main__":
    sys.exit(command.run("bench-proxy", __doc__.partition(": ")[2], FIGURES, versions, measured_first=True))
