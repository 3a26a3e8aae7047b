"""What every model of Lambda has in common: it starts, is ready, tells of its processes, and ends with what it started."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import processes

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = pathlib.Path(os.environ.get("LAMBDA_TOOLS") or HERE.parent.parent / ".build-lambda").resolve()
FUNCTION = "/2015-03-31/functions/function/invocations"
ANSWER = 60


def binaries():
    """Where this project's tools are."""
    return pathlib.Path(os.environ.get("GZ_BIN") or HERE.parent.parent / ".build/release").resolve()


class Model:
    name = "?"
    concurrency = 1
    # Does the caller get a streamed response as HTTP (status, headers, body), or the bytes as the runtime sent them?
    interprets = False
    timeout = 300
    # Is a runtime that does not come up what is looked at?
    may_end = False

    def __init__(self, command, environment=None, timeout=None, concurrency=None):
        self.command = [str(word) for word in command]
        self.extra = {name: str(value) for name, value in (environment or {}).items()}
        self.timeout = timeout or type(self).timeout
        self.concurrency = concurrency or type(self).concurrency
        self.process = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"lambda-{self.name}-"))
        # Managed Instances' emulator runs the runtime as a user that owns nothing here.
        self.folder.chmod(0o755)
        self.log_path = self.folder / "log"

    def __enter__(self):
        try:
            for attempt in range(5):
                if self.try_to_start():
                    return self
            raise processes.Failed(f"{self.name}: five ports in a row were taken:\n{self.log()}")
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def environment(self):
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("AWS_", "GZPROXY_", "GZLAMBDA_", "LAMBDA_", "_"))}
        return {**kept, "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", **self.extra}

    def spawn(self, command, **more):
        log = open(self.log_path, "ab")
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **more)
        finally:
            log.close()

    def try_to_start(self):
        """False: another process was quicker to take the port."""
        self.port = processes.free_port()
        self.launch()
        end = time.monotonic() + processes.START
        while time.monotonic() < end:
            if self.process.poll() is not None:
                if self.may_end:
                    return True
                if "address already in use" in self.log().lower():
                    return False
                raise processes.Failed(f"{self.name} ended at once with {self.process.returncode}:\n{self.log()}")
            if self.ready():
                return True
            # That a port accepts is nothing to wait for, that the process is gone is: this ends with it, or with time.
            processes.has_ended(self.process.pid, 0.02)
        raise processes.Failed(f"{self.name} is not ready after {processes.START} s:\n{self.log()}")

    def ready(self):
        return processes.accepts(self.port)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def runtimes(self):
        """The runtime's processes, as this machine counts them, without the shells and wrappers around them."""
        return [pid for pid in processes.descendants(self.process.pid) if processes.alive(pid) and self.is_runtime(pid)]

    def idle(self):
        """Has a worker of the runtime's asked for work? Known from its connections to the Runtime API."""
        return processes.connections(self.api_port) > 0

    def is_runtime(self, pid):
        try:
            words = pathlib.Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")[:-1]
        except OSError:
            return False
        return [word.decode() for word in words] == self.command

    def stop(self):
        if self.process is not None:
            below = processes.descendants(self.process.pid)
            processes.kill(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                pass
            for pid in [*below, self.process.pid]:
                processes.kill(pid)
            self.process.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)
