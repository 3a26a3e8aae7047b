#!/usr/bin/env bash
# What one validated stream costs gzload in memory: peak resident set with 64 streams in `full` against `off`, which has
# the same receive buffers, in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.build/release
for tool in gzload gzorigin; do [ -x "$bin/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
work=$(mktemp -d)
"$bin/gzorigin" --listen 127.0.0.1:0 >"$work/said" & origin=$!
trap 'kill $origin 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do grep -q listening "$work/said" && break; sleep 0.05; done
url=$(sed -n 's/^listening on //p' "$work/said")

peak() { # mode
  "$bin/gzload" "$url/gzip/8MiB?pace=2MiB" -c 64 -n 128 --threads 2 --validate "$1" --output-format json --no-progress \
    | sed -n 's/.*"rss_peak_bytes" *: *\([0-9]*\).*/\1/p' | tail -1
}
printf 'gzload, 64 streams\n%-8s %14s %14s\n' mode 'peak RSS KiB' 'KiB a stream over off'
base=$(peak off)
for mode in off frame full compare; do
  value=$(peak "$mode")
  printf '%-8s %14d %14d\n' "$mode" $((value / 1024)) $(((value - base) / 1024 / 64))
done
