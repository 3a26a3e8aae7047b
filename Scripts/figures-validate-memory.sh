#!/usr/bin/env bash
# What one stream costs gzload in memory: peak resident set with 64 streams against that of a run with two, same threads,
# in each mode. Of it, 128 KiB are the receive buffer and the rest libcurl's handle and connection, our lane, and the
# validator.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.build/release
for tool in gzload gzorigin; do [ -x "$bin/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
work=$(mktemp -d)
"$bin/gzorigin" --listen 127.0.0.1:0 >"$work/said" & origin=$!
trap 'kill $origin 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do grep -q listening "$work/said" && break; sleep 0.05; done
url=$(sed -n 's/^listening on //p' "$work/said")

peak() { # lanes, mode
  "$bin/gzload" "$url/gzip/8MiB?pace=2MiB" -c "$1" -n $((2 * $1)) --threads 2 --validate "$2" --output-format json --no-progress \
    | sed -n 's/.*"rss_peak_bytes" *: *\([0-9]*\).*/\1/p' | tail -1
}
printf 'gzload, KiB of peak resident set\n%-8s %10s %10s %16s\n' mode '2 streams' '64 streams' 'for each stream'
for mode in off frame compare full; do
  few=$(peak 2 "$mode") many=$(peak 64 "$mode")
  printf '%-8s %10d %10d %16d\n' "$mode" $((few / 1024)) $((many / 1024)) $(((many - few) / 1024 / 62))
done
printf 'wanted in full: at most 100 KiB for the validator, and the receive buffer of 128 KiB\n'
