#!/usr/bin/env bash
# What reports cost of gzload's CPU. Small streams show it best: the same number of them with each way to report and without any,
# one after the other, and the difference is what the telling costs. It is held against what gzload is for: 2 % of the CPU of
# streams of 8 MiB for what is told of every stream, 2 % of ten seconds of such work for what is told of the run. ROUNDS and
# STREAMS change what is asked for; the same load beside itself says how exact the figures are.
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
rounds, streams = int(os.environ.get("ROUNDS", 9)), int(os.environ.get("STREAMS", 20000))
SHARE, RUN_SECONDS, LARGE = 0.02, 10, 300

of_runs = {
    "text": ["-o", f"{work}/r.txt"],
    "json": ["--output-format", f"json={work}/r.json"],
    "html": ["--output-format", f"html={work}/r.html"],
    "junit, markdown, prometheus": [f"--output-format={name}={work}/r.{name}" for name in ["junit", "markdown", "prometheus"]],
    "--metrics-listen": ["--metrics-listen", "127.0.0.1:0"],
}
of_streams = {
    "ndjson": ["--output-format", f"ndjson={work}/r.ndjson"],
    "csv": ["--output-format", f"csv={work}/r.csv"],
    "--record": ["--record", f"{work}/r.events"],
}


def cpu(arguments, count=streams, size="4KiB"):
    """User and system seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [binary, "-c", "16", "-n", str(count), "--validate", "frame", "--no-progress", *arguments]
    if not any("output-format" in word or word == "-o" for word in arguments): command += ["--output-format", "quiet"]
    subprocess.run([*command, f"{url}/gzip/{size}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# A ratio of four: 8 MiB on the wire.
large = statistics.median(cpu([], LARGE, "32MiB") for _ in range(3)) / LARGE
everything = {"nothing, once more": [], **of_runs, **of_streams}
more = {name: [] for name in everything}
base = []
for _ in range(rounds):
    for name, arguments in everything.items():
        # Neighbours in time: a machine that slows down slows both.
        without = cpu([])
        base.append(without)
        more[name].append(cpu(arguments) - without)

print(f"gzload's CPU without a report: {statistics.median(base) / streams * 1e6:.0f} us a stream of 4 KiB, {large * 1e6:.0f} us one of 8 MiB")
print(f"{'more with, median of ' + str(rounds):<32} {'ms a run':>10} {'us a stream':>12} {'share':>8}")
worst = 0
for name, values in more.items():
    value = statistics.median(values)
    share = value / streams / large if name in of_streams else value / RUN_SECONDS
    if name in of_runs or name in of_streams: worst = max(worst, share)
    shown = ("", f"{value / streams * 1e6:.2f}") if name in of_streams else (f"{value * 1e3:.1f}", "")
    print(f"{name:<32} {shown[0]:>10} {shown[1]:>12} {100 * share:>7.2f}%")
print(f"dearest: {100 * worst:.2f} % (at most {100 * SHARE:.0f} wanted)")
sys.exit(worst > SHARE)
PY
