"""The models of Lambda a runtime is put under: AWS's own emulator in both its modes, cargo-lambda, gzlambda.

A model starts the runtime's command, takes events, and tells what its caller got. Every model is a context manager; what it
started ends with it.
"""
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import urllib.parse

import processes
import wire
from model import ANSWER, FUNCTION, HERE, TOOLS, Model, binaries

__all__ = ["ANSWER", "FUNCTION", "HERE", "MODELS", "binaries"]


def emulator():
    machine = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
    found = list((TOOLS / "sam").glob(f"lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"))
    if not found:
        raise processes.Failed(f"aws-lambda-rie-{machine} is not below {TOOLS / 'sam'}: Scripts/test-lambda.sh puts it there")
    return str(found[0])


class Emulator(Model):
    """AWS's own Runtime Interface Emulator."""

    def words(self):
        self.api_port = processes.free_port()
        return [emulator(), "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
                "--runtime-api-address", f"127.0.0.1:{self.api_port}", "--log-level", "info"]

    def environment(self):
        return {**super().environment(), "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self.timeout)}

    def invoke(self, event, timeout=ANSWER):
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        return wire.request(self.port, "POST", FUNCTION, data, [("Content-Type", "application/json")], timeout)


class Classic(Emulator):
    name = "rie-classic"

    def launch(self):
        self.spawn([*self.words(), *self.command], cwd=self.folder, env=self.environment())


class Managed(Emulator):
    """The same binary as it is for Managed Instances: it starts /var/runtime/bootstrap and nothing else, in /var/task.

    Both are made in a mount namespace of the emulator's own, on a /var that has everything the machine's has.
    """
    name = "rie-managed"
    concurrency = 64
    SCRIPT = """
set -e
mkdir "$1/var"
mount --rbind /var "$1/var"
mount -t tmpfs -o mode=755 tmpfs /var
for entry in "$1"/var/*; do
  name=${entry##*/}
  if [ -L "$entry" ]; then cp -P "$entry" "/var/$name"
  elif [ -d "$entry" ]; then mkdir "/var/$name"; mount --rbind "$entry" "/var/$name"
  fi
done
mkdir -p /var/runtime /var/task
cp "$1/bootstrap" /var/runtime/bootstrap
cd /var/task
shift
exec "$@"
"""

    def launch(self):
        bootstrap = self.folder / "bootstrap"
        bootstrap.write_text(f"#!/bin/sh\nexec {shlex.join(self.command)}\n")
        bootstrap.chmod(0o755)
        shutil.rmtree(self.folder / "var", ignore_errors=True)
        if os.geteuid() != 0:
            raise processes.Failed("rie-managed: only root can give the emulator a /var of its own; run this with sudo")
        self.spawn(["unshare", "--mount", "sh", "-c", self.SCRIPT, "sh", str(self.folder), *self.words(), "/var/runtime/bootstrap"],
                   cwd=self.folder, env=self.environment())

    def environment(self):
        return {**super().environment(), "AWS_LAMBDA_MAX_CONCURRENCY": str(self.concurrency)}

    def ready(self):
        # The caller's port listens before the runtime is up; a caller then gets an error of the emulator's.
        return processes.accepts(self.port) and self.runtimes() and self.process.poll() is None


class CargoLambda(Model):
    """cargo-lambda's local server: Function URL events from HTTP requests, and responses that stream."""
    name = "cargo-lambda"
    concurrency = 8
    interprets = True

    @property
    def api_port(self):
        return self.port

    def launch(self):
        crate = self.folder / "crate"
        if not crate.exists():
            (crate / "src").mkdir(parents=True)
            (crate / "Cargo.toml").write_text('[package]\nname = "dummy"\nversion = "0.1.0"\nedition = "2021"\n')
            (crate / "src/main.rs").write_text("fn main() {}\n")
        self.runtime = None
        self.spawn([str(TOOLS / "cargo/bin/cargo-lambda"), "lambda", "watch", "--only-lambda-apis",
                    "-A", "127.0.0.1", "-P", str(self.port)], cwd=crate, env=self.environment())

    def ready(self):
        if not processes.accepts(self.port):
            return False
        if self.runtime is None:
            self.start_runtime()
        return True

    def start_runtime(self):
        log = open(self.log_path, "ab")
        environment = {
            **self.environment(), "AWS_LAMBDA_RUNTIME_API": f"http://127.0.0.1:{self.port}/.rt",
            "AWS_LAMBDA_FUNCTION_NAME": "_", "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "4096"}
        if self.concurrency > 1:
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = str(self.concurrency)
        self.runtime = subprocess.Popen(
            self.command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            cwd=self.folder)
        log.close()

    def runtimes(self):
        return [self.runtime.pid] if self.runtime and self.runtime.poll() is None else []

    def http(self, method, target, body=None, headers=(), timeout=ANSWER):
        return wire.request(self.port, method, target, body, headers, timeout)

    def invoke(self, event, timeout=ANSWER):
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        return wire.request(self.port, "POST", "/2015-03-31/functions/_/invocations", data,
                       [("Content-Type", "application/json")], timeout)

    def stop(self):
        if getattr(self, "runtime", None) is not None:
            for pid in [*processes.descendants(self.runtime.pid), self.runtime.pid]:
                processes.kill(pid)
            self.runtime.wait(5)
        super().stop()


class GzLambda(Model):
    """This project's own: a Function URL that streams, in front of a Runtime API."""
    interprets = True
    instances = "?"
    invoke_mode = "stream"

    def launch(self):
        binary = binaries() / "gzlambda"
        if not binary.exists():
            raise processes.Failed(f"{binary} is not built")
        self.api_port = None
        if self.extra.get("GZPROXY_LAMBDA_MODE") == "buffered":
            self.invoke_mode = "buffered"
        self.spawn([str(binary), "--listen", f"127.0.0.1:{self.port}", "--runtime-api", "127.0.0.1:0",
                    "--instances", self.instances, "--concurrency", str(self.concurrency), "--timeout", str(self.timeout),
                    "--invoke-mode", self.invoke_mode, "--bandwidth", "off", "--", *self.command], cwd=self.folder, env=self.environment())

    def ready(self):
        said = re.search(r"^runtime api on \S*:(\d+)$", self.log(), re.MULTILINE)
        self.api_port = int(said[1]) if said else None
        return said is not None and processes.accepts(self.port)

    def http(self, method, target, body=None, headers=(), timeout=ANSWER):
        return wire.request(self.port, method, target, body, headers, timeout)

    def invoke(self, event, timeout=ANSWER):
        """A scripted event goes by the query: the front makes the event."""
        return self.http("GET", "/scripted?" + urllib.parse.urlencode(event), timeout=timeout)


class GzLambdaClassic(GzLambda):
    name = "gzlambda-classic"
    instances = "classic"

    def http(self, method, target, body=None, headers=(), timeout=ANSWER):
        """A response that has no body is over for its client before it is for the function. Where there is one place, who asks
        again at once would be refused.
        """
        if self.concurrency == 1:
            processes.wait_until(self.is_free, "no invocation is left")
        return super().http(method, target, body, headers, timeout)

    def is_free(self):
        return json.loads(wire.request(self.port, "GET", "/.gzlambda/stats").body)["active_invocations"] == 0


class GzLambdaManaged(GzLambda):
    name = "gzlambda-managed"
    instances = "managed"
    concurrency = 64


MODELS = {model.name: model for model in (Classic, Managed, CargoLambda, GzLambdaClassic, GzLambdaManaged)}
