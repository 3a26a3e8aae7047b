"""What a figure was measured on and with: without it a table is a rumour."""
import os
import pathlib
import platform
import re
import subprocess
import time

from .failure import Failure
from .processes import program


def first_match(pattern, text):
    found = re.search(pattern, text, re.M)
    return found.group(1).strip() if found else "unknown"


def said(command):
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout + answer.stderr


VERSIONS = {
    "nginx": (["nginx", "-v"], r"nginx/(\S+)"),
    "haproxy": (["haproxy", "-v"], r"version (\S+)"),
    "wrk": (["wrk", "-v"], r"^wrk (?:debian/)?(\S+)"),
    "h2load": (["h2load", "--version"], r"nghttp2/(\S+)"),
    "ab": (["ab", "-V"], r"Version (\S+)"),
    "curl": (["curl", "--version"], r"^curl (\S+)"),
    "k6": (["k6", "version"], r"v(\S+)"),
}


def version(name, binary=None):
    """As the program says it; hey says none, and its package does."""
    if name == "hey":
        return first_match(r"^(\S+)", said(["dpkg-query", "-W", "-f=${Version}", "hey"]))
    command, pattern = VERSIONS[name]
    return first_match(pattern, said([binary or program(command[0]), *command[1:]]))


def python_versions(python, names):
    listing = said([str(python), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"])
    return {name: first_match(rf"^{re.escape(name)}==(\S+)", listing) for name in names}


def ours(folder, name):
    """Version of our program, and the commit of the tree that it was built in."""
    binary = folder / name
    if not os.access(binary, os.X_OK):
        raise Failure(f"no {name} in {folder}; Scripts/build.sh --product {name} builds it")
    place = binary.resolve().parent
    commit = said(["git", "-C", str(place), "rev-parse", "--short", "HEAD"]).strip()
    if not re.fullmatch(r"[0-9a-f]{7,40}", commit):
        commit = "unknown"
    elif said(["git", "-C", str(place), "status", "--porcelain", "--", ":/Sources", ":/Package.swift"]).strip():
        commit += " with changes"
    answer = said([str(binary), "--version"])
    library = re.search(r"^libcurl \S+", answer, re.M)
    built = f"commit {commit}" + (f", {library.group(0)}" if library else "")
    number = first_match(r"^(\S+)", answer)
    return f"{number} ({built})"


def description():
    """Lines about the machine."""
    cpu = first_match(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(first_match(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())) / (1 << 20)
    allowed = len(os.sched_getaffinity(0))
    control = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    return [
        f"{cpu if cpu != 'unknown' else platform.machine()}, {allowed} cores, {memory:.0f} GiB RAM",
        f"{platform.system()} {platform.release()}, loopback, TCP {control}",
    ]


def today():
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
