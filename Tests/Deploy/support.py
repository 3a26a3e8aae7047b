"""What the tests of this folder share: the tools, a release made of them, servers that last for a test."""
import atexit
import contextlib
import functools
import hashlib
import http.server
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import tempfile
import threading

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("GZ_BIN") or REPOSITORY / ".build/release").resolve()
TOOLS = ["gztop", "gzload", "gzproxy", "gzorigin", "gzlambda"]
# No command here computes for long; a minute is for a machine that is busy with something else.
LIMIT = 60


def shell(command, environment, cwd, words=("bash", "--noprofile", "--norc", "-eo", "pipefail")):
    """Runs a script as a runner of pipelines does: from a file, in a new shell, with this environment alone."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(command)
        file.flush()
        return subprocess.run(
            [*words, file.name], cwd=cwd, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True,
            timeout=LIMIT, stdin=subprocess.DEVNULL)


def thin_tools(folder):
    """Four scripts that run the built tools: a release is packed and unpacked in no time."""
    folder.mkdir(parents=True)
    for tool in TOOLS:
        script = folder / tool
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(BIN / tool))} "$@"\n')
        script.chmod(0o755)
    return folder


@functools.cache
def release():
    """(folder with a tarball of the thin tools, its name, its SHA-256)."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gztop-release-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    packed = pack(thin_tools(folder / "bin"), folder / "out")
    return packed.parent, packed.name, hashlib.sha256(packed.read_bytes()).hexdigest()


def pack(bin_folder, out, **environment):
    subprocess.run(
        [REPOSITORY / "Scripts/pack.sh", bin_folder, out], check=True, capture_output=True, timeout=LIMIT,
        env={**os.environ, **environment})
    tarball, = out.glob("*.tar.gz")
    return tarball


def version():
    _, name, _ = release()
    return name.removeprefix("gztop-").removesuffix(f"-linux-{platform.machine()}.tar.gz")


@contextlib.contextmanager
def file_server(folder):
    """An HTTP server of a folder's files, on loopback, at a port of its own."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def origin():
    """gzorigin's URL."""
    child = subprocess.Popen([BIN / "gzorigin", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        said = child.stdout.readline()
        assert said.startswith("listening on "), said
        yield said.removeprefix("listening on ").strip()
    finally:
        child.terminate()
        child.wait(10)
        child.stdout.close()
