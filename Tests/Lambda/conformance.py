"""Runs the checks of a runtime under the models of Lambda."""
import contextlib
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time

import checking
import checks_buffered
import checks_failures
import checks_parallel
import checks_requests
import checks_responses
import models
import processes
import upstream
import wire

# Each registers its checks where it is imported; this is the order they are told in.
GROUPS = [checks_responses, checks_requests, checks_failures, checks_parallel, checks_buffered]
CHECKS = sorted(checking.CHECKS, key=lambda entry: [group.__name__ for group in GROUPS].index(entry[0].__module__))


class Bench:
    """The upstreams, and how to start the runtime before them."""

    def __init__(self, command, origin):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lambda-bench-"))
        self.folder.chmod(0o755)
        self.command = self.place(command)
        self.started = subprocess.Popen([origin, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
                                        stdin=subprocess.DEVNULL)
        self.origin = self.started.stdout.readline().split()[-1]
        self.special = upstream.Upstream()
        self.refused = f"http://127.0.0.1:{processes.free_port()}"

    def place(self, command):
        """A single executable is put where every user can read it, as Lambda unpacks its zip."""
        if len(command) > 1:
            return command
        bootstrap = self.folder / "bootstrap"
        shutil.copy(command[0], bootstrap)
        bootstrap.chmod(0o755)
        return [str(bootstrap)]

    def close(self):
        self.special.close()
        self.started.terminate()
        self.started.wait(10)
        self.started.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, upstream_name, options):
        url = {"origin": self.origin, "special": self.special.url, "refused": self.refused}.get(upstream_name)
        return {**({"GZPROXY_UPSTREAM": url} if url else {}), **dict(options)}

    def model(self, name, setup, extra):
        upstream_name, timeout, concurrency, _, options = setup
        environment = {**self.environment(upstream_name, options), **extra}
        return models.MODELS[name](self.command, environment, timeout=timeout, concurrency=concurrency)


def run(command, origin, names, wanted=None, extra=None, report=print):
    """Runs the checks and tells of each; returns what failed, as {(model, check): reason}."""
    bench, failed = Bench(command, origin), {}
    try:
        for name in names:
            for function, where, setup in CHECKS:
                if name not in where or wanted and function.__name__ not in wanted:
                    continue
                started = time.monotonic()
                reason = one(bench, name, function, setup, extra or {})
                if reason:
                    failed[name, function.__name__] = reason
                report(f"{'FAIL' if reason else 'PASS'}  {name:13} {function.__name__:38} {time.monotonic() - started:5.1f} s"
                       + (f"\n      {reason}" if reason else ""))
    finally:
        bench.close()
    return failed


def one(bench, name, function, setup, extra):
    """Why a check fails, with the model's last words; None when it passes."""
    bench.special.asked.clear()
    model = bench.model(name, setup, extra)
    lab = checking.Lab(model, bench.origin, bench.special)
    lab.upstream = setup[0]
    try:
        with model if setup[3] else contextlib.nullcontext():
            try:
                if setup[3] and model.concurrency > 1:
                    # Each worker has a connection of its own; the emulator refuses what finds none waiting.
                    processes.wait_until(lambda: processes.connections(model.api_port) >= model.concurrency, "all workers are connected")
                function(lab)
            except BaseException:
                lab.log = model.log()
                raise
    except (checking.Wrong, processes.Failed, wire.Ended, OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError,
            threading.BrokenBarrierError) as error:
        told = "" if isinstance(error, checking.Wrong) else f"{type(error).__name__}: "
        last = getattr(lab, "log", "")[-1500:].replace("\n", "\n      | ")
        return f"{told}{error}" + (f"\n      | {last}" if last else "")
    return None
