"""Starts the built tools on ports of their own choice, and ends them."""

import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("GZTOP_BIN", TOP / ".build" / "release"))


def tool(name):
    path = BIN / name
    if not path.is_file():
        sys.exit(f"{name}: not built; run Scripts/build.sh --product {name} first")
    return str(path)


class Server:
    """A gzorigin or gzproxy that was told to take any free port."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen(
            [tool(name), *arguments, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://"):
            sys.exit(f"{name} did not start: {line.strip() or 'it said nothing'}")
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stats(self, path="/stats"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Connection": "close"})
        text = connection.getresponse().read()
        connection.close()
        # The next answer counts this one's body.
        return json.loads(text) | {"own_bytes": len(text)}

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Load:
    """A gzload at work. `report()` waits for its end and reads what it wrote."""

    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "report.json"
        command = [tool("gzload"), *map(str, arguments)]
        command += ["--no-progress", "--output-format", "quiet", "--output-format", f"json={self.file}"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    @property
    def pid(self):
        return self.process.pid

    def ends_within(self, seconds):
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def report(self, limit=120):
        try:
            said = self.process.communicate(timeout=limit)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"gzload did not end within {limit} s")
        if not self.file.exists():
            sys.exit(f"gzload wrote no report: {said.strip()}")
        with self.folder:
            return json.loads(self.file.read_text())


def load(*arguments, limit=120):
    return Load(*arguments).report(limit)
