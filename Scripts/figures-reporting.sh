#!/usr/bin/env bash
# What reports cost: gzload's CPU with each way to report beside the same load without any, in rounds that follow each other.
# A fixed number of streams from gzorigin, so that the work is the same and only the telling differs. ROUNDS, STREAMS and SIZE
# change what is asked for. Fails when any of them costs more than 2 %, and what the same load differs by from itself.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.build/release
for tool in gzload gzorigin; do [ -x "$bin/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
mkfifo "$work/origin"
"$bin/gzorigin" --listen 127.0.0.1:0 >"$work/origin" & server=$!
read -r _ _ url <"$work/origin"
BIN=$bin URL=$url WORK=$work python3 - <<'PY'
import os, resource, statistics, subprocess, sys

binary, url, work = os.environ["BIN"] + "/gzload", os.environ["URL"], os.environ["WORK"]
rounds = int(os.environ.get("ROUNDS", 9))
streams, size = int(os.environ.get("STREAMS", 1500)), os.environ.get("SIZE", "1MiB")

# Reports of the whole run, and what is told of every stream.
reports = {
    "text": ["-o", f"{work}/r.txt"],
    "json": ["--output-format", f"json={work}/r.json"],
    "html": ["--output-format", f"html={work}/r.html"],
    "junit, markdown, prometheus": [f"--output-format={name}={work}/r.{name}" for name in ["junit", "markdown", "prometheus"]],
    "--metrics-listen": ["--metrics-listen", "127.0.0.1:0"],
}
events = {
    "ndjson": ["--output-format", f"ndjson={work}/r.ndjson"],
    "csv": ["--output-format", f"csv={work}/r.csv"],
    "--record": ["--record", f"{work}/r.events"],
}


def cpu(arguments):
    """User and system seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "-c", "16", "-n", str(streams), "--validate", "frame", "--no-progress", *arguments]
    if not any("output-format" in word or word == "-o" for word in arguments): command += ["--output-format", "quiet"]
    subprocess.run([*command, f"{url}/gzip/{size}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


cpu([])
everything = {"nothing, once more": [], **reports, **events}
ratios = {name: [] for name in everything}
base = []
for _ in range(rounds):
    for name, arguments in everything.items():
        # Neighbours in time: a machine that slows down slows both.
        without, with_it = cpu([]), cpu(arguments)
        base.append(without)
        ratios[name].append(with_it / without)

print(f"gzload's CPU, {streams} streams of {size} with 16 lanes, --validate frame: {statistics.median(base):.3f} s without a report")
print(f"{'':<32} {'median of ' + str(rounds) + ' ratios':>20} {'lowest':>8} {'highest':>8}")
for name, values in ratios.items():
    print(f"{name:<32} {statistics.median(values):>20.3f} {min(values):>8.3f} {max(values):>8.3f}")
noise = abs(statistics.median(ratios["nothing, once more"]) - 1)
worst = max(statistics.median(values) for name, values in ratios.items() if name in reports or name in events)
print(f"dearest: {100 * (worst - 1):+.1f} % (at most 2 wanted); the same twice differs by {100 * noise:.1f} %")
sys.exit(worst > 1.02 + noise)
PY
