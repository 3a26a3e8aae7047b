"""64 workers in one process: 64 bodies of 32 MiB at once, then 2,000 invocations of mixed size and faults, one upstream in ten cut.

    concurrency.py [--invocations N] [--limited]

The process grows by no more than STREAMS_GROWTH for the former. Every result of the latter is byte for byte the origin's, or fails
so that a client can tell; afterwards 64 invocations at once find 64 workers, and the process has grown by no more than GROWTH. --limited: the same with 208 descriptors, in a function of 128 MB.
$GZ_BIN: this project's tools, .build/release by default. Exit 1 when anything is otherwise.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zlib

WORKERS = 64
STREAMS_GROWTH = 32 << 20
GROWTH = 24 << 20
BINARIES = pathlib.Path(os.environ.get("GZ_BIN") or pathlib.Path(__file__).resolve().parents[2] / ".build/release").resolve()
# What is asked for, and how often.
SIZES = [("/gzip/1KiB", 40), ("/gzip/64KiB", 30), ("/gzip/1MiB", 20), ("/gzip/1MiB?framing=chunked&chunk=1KiB", 5), ("/gzip/8MiB", 5)]
FAULTS = ("cut@50%", "reset@50%", "cut@90%")


class Server:
    """A server of this project, told its port by its first line."""

    def __init__(self, folder, command, **variables):
        self.errors = open(folder / f"{pathlib.Path(command[0]).name}.log", "w+b")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.errors, start_new_session=True,
            env={**{k: v for k, v in os.environ.items() if not k.startswith(("GZ", "AWS_"))}, **variables})
        line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
        if not found:
            raise SystemExit(f"{command[0]} does not listen: {line!r} {self.log()}")
        self.port = int(found[1])

    def log(self):
        self.errors.seek(0)
        return self.errors.read()[-3000:].decode(errors="replace")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def get(port, target, timeout=60):
    """(status, body, whether it came to its end)"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    body = b""
    try:
        connection.request("GET", target, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        try:
            while piece := response.read(65536):
                body += piece
        except http.client.IncompleteRead as cut:
            return response.status, body + cut.partial, False
        return response.status, body, True
    except (OSError, http.client.HTTPException):
        return 0, body, False
    finally:
        connection.close()


def is_whole_gzip(body):
    try:
        inflate = zlib.decompressobj(31)
        inflate.decompress(body)
        return inflate.eof and not inflate.unused_data
    except zlib.error:
        return False


def plan(count, seed):
    random_numbers = random.Random(seed)
    targets = random_numbers.choices([name for name, _ in SIZES], [weight for _, weight in SIZES], k=count)
    for index, target in enumerate(targets):
        fault = FAULTS[index // 10 % len(FAULTS)] if index % 10 == 9 else None
        target = target.partition("?")[0] if fault else target
        yield target, f"{target}?fault={urllib.parse.quote(fault)}" if fault else target, fault


def stats(port):
    return json.loads(get(port, "/.gzlambda/stats")[1])


def peak(pid):
    """Bytes of the resident set when it was largest."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) << 10
    return 0


def load(port, target, lanes, count):
    """Exits when a stream fails."""
    command = [BINARIES / "gzload", "-c", str(lanes), "-n", str(count), "--validate", "frame", "--no-progress", "--output-format", "quiet",
               f"http://127.0.0.1:{port}{target}"]
    if code := subprocess.run(command, timeout=300).returncode:
        raise SystemExit(f"gzload {target}: exit {code}")


def large_at_once(front, function):
    """What is wrong with the memory that 64 long streams take."""
    # What the first invocations of a process take once is not the streams'.
    load(front, "/gzip/1MiB?ratio=1", WORKERS // 2, WORKERS * 2)
    before = peak(function)
    load(front, "/gzip/32MiB?ratio=1", WORKERS, WORKERS)
    growth = peak(function) - before
    print(f"{WORKERS} streams of 32 MiB at once: {before >> 10} KiB at most before, {growth >> 10} KiB more with them", flush=True)
    return [f"{WORKERS} streams of 32 MiB take {growth} bytes"] if growth > STREAMS_GROWTH else []


def run(origin, front, count, seed):
    """What went otherwise than it must."""
    wanted = {name: get(origin, name)[1] for name in {*[name for name, _ in SIZES], *[name.partition("?")[0] for name, _ in SIZES]}}
    tally, wrong, lock, memory = {"exact": 0, "cut": 0, "refused": 0}, [], threading.Lock(), []

    def one(entry):
        index, (name, target, fault) = entry
        status, body, ended = get(front, target)
        exact = status == 200 and ended and body == wanted[name]
        cut = status == 200 and bool(fault) and wanted[name].startswith(body) and not (ended and is_whole_gzip(body))
        # As many clients as workers: one may come back before the worker that served it. Managed Instances have no queue.
        refused = status == 429
        with lock:
            tally["exact" if exact else "cut" if cut else "refused"] += 1
            if exact == bool(fault) and not refused or not (exact or cut or refused):
                wrong.append(f"{target}: {status}, {len(body)} of {len(wanted[name])} bytes, {'ended' if ended else 'cut'}")
            if (index + 1) % max(1, count // 8) == 0:
                memory.append(stats(front)["instances"][0]["rss_bytes"])

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, enumerate(plan(count, seed))))
    if tally["refused"] > count // 50:
        wrong.append(f"{tally['refused']} of {count} found no worker: they come back too slowly, or not at all")
    cut = sum(1 for _, _, fault in plan(count, seed) if fault)
    if tally["cut"] > cut or tally["exact"] > count - cut:
        wrong.append(f"{tally['cut']} cut and {tally['exact']} exact, where {cut} were to be cut")
    gate = threading.Barrier(WORKERS)

    def together(_):
        gate.wait(30)
        return get(front, "/gzip/64KiB?delay=2s")[0]

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        statuses = list(pool.map(together, range(WORKERS)))
    lost = sum(status != 200 for status in statuses)
    if lost:
        wrong.append(f"{lost} of {WORKERS} workers are gone: {statuses}")
    final = stats(front)["instances"]
    growth = memory[-1] - memory[0]
    if growth > GROWTH:
        wrong.append(f"memory grew by {growth >> 10} KiB: {memory}")
    if len(final) != 1 or final[0]["restarts"]:
        wrong.append(f"the process did not live through it: {final}")
    print(f"{count} invocations, {WORKERS} workers: {tally['exact']} exact, {tally['cut']} cut and told, "
          f"{tally['refused']} found no worker, "
          f"memory {memory[0] >> 20} to {max(memory) >> 20} MiB, {'all workers there' if not lost else f'{lost} lost'}", flush=True)
    return wrong


def main(arguments):
    count = int(arguments[arguments.index("--invocations") + 1]) if "--invocations" in arguments else 2000
    limited = "--limited" in arguments
    with tempfile.TemporaryDirectory(prefix="gz-") as name:
        folder = pathlib.Path(name)
        command = [str(BINARIES / "gzproxy")]
        if limited:
            command = ["/bin/sh", "-c", 'ulimit -n 208 && exec "$0"', *command]
        origin = Server(folder, [str(BINARIES / "gzorigin"), "--listen", "127.0.0.1:0"])
        try:
            front = Server(
                folder, [str(BINARIES / "gzlambda"), "--listen", "127.0.0.1:0", "--instances", "managed", "--concurrency",
                         str(WORKERS), "--memory", "128" if limited else "2048", "--bandwidth", "off", "--trailer-effect", "clean", "--", *command],
                GZPROXY_UPSTREAM=f"http://127.0.0.1:{origin.port}", GZPROXY_ACCESS_LOG="off")
            try:
                # gzlambda says where it listens when its workers are there.
                if get(front.port, "/.gzproxy/healthz")[0] != 200:
                    raise SystemExit(f"no worker: {front.log()}")
                wrong = [] if limited else large_at_once(front.port, stats(front.port)["instances"][0]["pid"])
                wrong += run(origin.port, front.port, count, 20261122)
                if wrong:
                    print(front.log(), file=sys.stderr)
            finally:
                front.stop()
        finally:
            origin.stop()
    for line in wrong[:20]:
        print(f"wrong: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
