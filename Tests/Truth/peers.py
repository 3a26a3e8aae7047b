"""The tools that the table puts side by side: how each is asked, and how what it says is read.

Each is asked in the way that lets it see most: curl with --fail, k6 with a threshold, each with a time-out of its own where it
has one. `judge` gets what a tool printed, and returns how many requests it calls a success, how many a failure, and its own
name for the failures, if it has one; None where it says nothing at all.
"""
import json
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import Callable

REQUESTS, LANES = 4, 2
# Seconds that a tool may wait: short only where silence is the case, since a busy machine must not look like one.
PATIENCE, PATIENCE_WITH_STALLS = 10, 2
# A tool that has not ended by then is taken never to.
KILLED_AFTER = 12
ACCEPT = "Accept-Encoding: gzip"


@dataclass(frozen=True)
class Said:
    exit: int
    out: str
    err: str
    killed: bool = False


@dataclass(frozen=True)
class Peer:
    name: str
    program: str
    # (url, seconds of patience) → arguments
    arguments: Callable
    # Said → (succeeded, failed, word) or None
    judge: Callable
    package: str = ""
    environment: tuple = ()

    @property
    def command(self):
        return os.path.basename(self.program)


def number(pattern, text):
    """The number that `pattern` finds, 0 where it finds none."""
    found = re.search(pattern, text, re.M)
    return int(float(found.group(1))) if found else 0


def of_curl(said):
    return (0, 1, "") if said.exit else (1, 0, "")


def of_hey(said):
    statuses = re.findall(r"^\s+\[(\d{3})\]\s+(\d+) responses", said.out, re.M)
    _, _, errors = said.out.partition("Error distribution:")
    failed = sum(int(count) for count in re.findall(r"^\s+\[(\d+)\]", errors, re.M))
    failed += sum(int(count) for status, count in statuses if int(status) >= 400)
    succeeded = sum(int(count) for status, count in statuses if int(status) < 400)
    return (succeeded, failed, "") if succeeded + failed else None


def of_wrk(said):
    if "requests in" not in said.out:
        return None
    done = number(r"^\s*(\d+) requests in", said.out)
    bad = number(r"Non-2xx or 3xx responses: (\d+)", said.out)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said.out)
    failed = bad + sum(map(int, errors.groups())) if errors else bad
    return (done - bad, failed, "")


def of_ab(said):
    if "Complete requests:" not in said.out:
        return None
    done = number(r"^Complete requests:\s+(\d+)", said.out)
    bad = number(r"^Non-2xx responses:\s+(\d+)", said.out) + number(r"^Failed requests:\s+(\d+)", said.out)
    return (max(0, done - bad), bad, "")


def of_h2load(said):
    if not re.search(r"^requests: ", said.out, re.M):
        return None
    return (number(r" (\d+) succeeded", said.out), number(r" (\d+) failed", said.out), "")


def of_siege(said):
    try:
        report = json.loads(said.out[said.out.index("{"):said.out.rindex("}") + 1])
    except ValueError:
        return None
    return (report["successful_transactions"], report["failed_transactions"], "")


def of_k6(said):
    try:
        report = json.loads(said.out[said.out.rindex("{"):])
    except ValueError:
        return None
    codes = sorted(set(re.findall(r"error_code=(\d+);", said.err)))
    return (report["succeeded"], report["failed"], "/".join(codes))


def wrk_duration(patience):
    """It has no count of requests: a second, and where silence is the case, long enough to see its own time-out."""
    return f"{patience + 1}s" if patience < PATIENCE else "1s"


def peers(k6_program, script):
    """Those of the table's columns, from left to right, that are not gzload."""
    k6 = ["run", "--no-usage-report", "--no-color", "--quiet", "--address", "", script]
    count, lanes = str(REQUESTS), str(LANES)
    curl = ["--fail", "--silent", "--show-error", "--output", os.devnull]
    return [
        Peer("curl --compressed", "curl", lambda url, wait: ["--compressed", *curl, "--max-time", str(wait), url], of_curl,
             package="curl"),
        Peer("curl", "curl", lambda url, wait: ["-H", ACCEPT, *curl, "--max-time", str(wait), url], of_curl, package="curl"),
        Peer("hey", "hey", lambda url, wait: ["-n", count, "-c", lanes, "-t", str(wait), url], of_hey, package="hey"),
        Peer("wrk", "wrk", lambda url, wait: [
            "-t", "1", "-c", lanes, "-d", wrk_duration(wait), "--timeout", f"{wait}s", "-H", ACCEPT, url], of_wrk,
             package="wrk"),
        Peer("ab", "ab", lambda url, wait: ["-q", "-n", count, "-c", lanes, "-s", str(wait), "-H", ACCEPT, url], of_ab,
             package="apache2-utils"),
        Peer("h2load", "h2load", lambda url, wait: [
            "--h1", "-n", count, "-c", lanes, "-N", str(wait), "-H", ACCEPT, url], of_h2load, package="nghttp2-client"),
        Peer("siege", "siege", lambda url, wait: [
            "-R", "siegerc", "-j", "-b", "-c", lanes, "-r", str(REQUESTS // LANES), "-H", ACCEPT, url], of_siege,
             package="siege"),
        Peer("k6", k6_program, lambda url, wait: k6, of_k6),
        Peer("k6 discarding bodies", k6_program, lambda url, wait: k6, of_k6, environment=(("DISCARD", "yes"),)),
    ]


SIEGERC = "verbose = false\nlogging = false\nshow-logfile = false\nparser = false\ncolor = off\njson_output = true\n"


def ask(peer, url, patience, folder):
    """Runs the tool once, in a folder of its own and with a HOME there: some write into it."""
    with open(os.path.join(folder, "siegerc"), "w") as file:
        file.write(f"{SIEGERC}timeout = {patience}\n")
    environment = {
        "PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C", "TARGET": url, "PATIENCE": str(patience),
        **dict(peer.environment),
    }
    return run([peer.program, *peer.arguments(url, patience)], environment, folder, KILLED_AFTER)


def run(command, environment, folder, limit):
    child = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True)
    try:
        out, err = child.communicate(timeout=limit)
        killed = False
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out, err = child.communicate()
        killed = True
    return Said(child.returncode, out.decode(errors="replace"), err.decode(errors="replace"), killed)


def version(peer):
    """As its package's, without the distribution's part, or in its own words; None where it is not installed."""
    if not shutil.which(peer.program):
        return None
    if peer.program.endswith("k6"):
        said = subprocess.run([peer.program, "version"], capture_output=True, text=True, timeout=20).stdout
        return re.search(r"v([\d.]+)", said).group(1)
    if shutil.which("dpkg-query"):
        said = subprocess.run(
            ["dpkg-query", "-W", "-f=${Version}", peer.package], capture_output=True, text=True, timeout=20)
        if said.returncode == 0:
            return re.sub(r"^\d+:|[-+~].*$", "", said.stdout)
    return "of unknown version"
