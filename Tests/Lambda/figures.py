"""What a function costs: figures.py BINARIES ROUNDS. Prints; concurrency.py asserts what must hold."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import concurrency

TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cold_starts(binary, rounds):
    """Milliseconds from spawn to the first /next, and of /bin/true from spawn to its end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        environment = {"PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.getsockname()[1]}",
                       "GZPROXY_UPSTREAM": "http://127.0.0.1:9", "AWS_LAMBDA_FUNCTION_NAME": "figures"}
        started, bare = [], []
        for _ in range(rounds * 10):
            began = time.perf_counter()
            process = subprocess.Popen([binary], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            peer, _ = server.accept()
            with peer:
                peer.recv(4096)
                started.append((time.perf_counter() - began) * 1000)
                process.kill()
                process.wait()
            began = time.perf_counter()
            subprocess.run(["/bin/true"], check=True)
            bare.append((time.perf_counter() - began) * 1000)
    return sorted(started), sorted(bare)


def main(binaries, rounds):
    binaries = pathlib.Path(binaries).resolve()
    started, bare = cold_starts(str(binaries / "gzproxy"), rounds)
    print(f"cold start to the first /next: median {started[len(started) // 2]:.1f} ms, slowest of {len(started)} {started[-1]:.1f} ms "
          f"(/bin/true: {bare[len(bare) // 2]:.1f} ms)", flush=True)
    with tempfile.TemporaryDirectory(prefix="gz-") as name:
        folder = pathlib.Path(name)
        origin = concurrency.Server(folder, [str(binaries / "gzorigin"), "--listen", "127.0.0.1:0"])
        upstream = f"http://127.0.0.1:{origin.port}"
        serve = concurrency.Server(folder, [str(binaries / "gzproxy"), "serve", "--listen", "127.0.0.1:0", "--upstream", upstream])
        front = concurrency.Server(
            folder, [str(binaries / "gzlambda"), "--listen", "127.0.0.1:0", "--instances", "managed", "--concurrency", "64",
                     "--bandwidth", "off", "--", str(binaries / "gzproxy")], GZPROXY_UPSTREAM=upstream)
        try:
            concurrency.get(front.port, "/.gzproxy/healthz")
            function = concurrency.stats(front.port)["instances"][0]["pid"]
            concurrency.load(front.port, "/gzip/1MiB?ratio=1", 8, 64)
            ratios = []
            for number in range(rounds):
                before = cpu(function), cpu(front.process.pid), cpu(serve.process.pid)
                concurrency.load(front.port, "/gzip/64MiB?ratio=1", 8, 64)
                concurrency.load(serve.port, "/gzip/64MiB?ratio=1", 8, 64)
                after = cpu(function), cpu(front.process.pid), cpu(serve.process.pid)
                lambdas, emulator, server = ((b - a) / 4 for a, b in zip(before, after))
                ratios.append(lambdas / server)
                print(f"round {number + 1}: CPU per GiB: as a function {lambdas:.2f} s, serve {server:.2f} s, {lambdas / server:.2f} times; "
                      f"gzlambda {emulator:.2f} s, {1 / emulator:.2f} GiB/s on a core", flush=True)
            print(f"as a function against serve: median {sorted(ratios)[len(ratios) // 2]:.2f} times", flush=True)
            before = concurrency.peak(function)
            concurrency.load(front.port, "/gzip/32MiB?ratio=1", 64, 256)
            after = concurrency.peak(function)
            print(f"64 streams of 32 MiB at once: peak memory {before >> 10} KiB before, {after >> 10} KiB after, "
                  f"{(after - before) / 64 / 1024:.0f} KiB a stream", flush=True)
        finally:
            for server in (front, serve, origin):
                server.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
