#!/bin/bash
# How many GiB of wire bytes a second gzorigin serves on one core: --threads 1 pinned to core 0, curl reading on the others.
# Needs a release build (swift build -c release --product gzorigin), curl, taskset, and two cores.
# Usage: Scripts/bench-origin.sh [connections=4] [size=8GiB] [path-to-gzorigin]
set -euo pipefail
connections=${1:-4}
size=${2:-8GiB}
gzorigin=${3:-$(dirname "$0")/../.build/release/gzorigin}
last=$(($(nproc) - 1))
[ "$last" -ge 1 ] || { echo "bench-origin: needs two cores" >&2; exit 1; }

out=$(mktemp)
taskset -c 0 "$gzorigin" --listen 127.0.0.1:0 --threads 1 >"$out" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -f "$out"' EXIT
for _ in $(seq 100); do
  url=$(sed -n 's/^listening on //p' "$out")
  [ -n "$url" ] && break
  sleep 0.05
done
[ -n "$url" ] || { echo "bench-origin: gzorigin did not start" >&2; exit 1; }

# utime and stime of a process in seconds.
cpu_seconds() { awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' "/proc/$1/stat"; }

target="$url/gzip/$size"
curl -sf -o /dev/null -r 0-1048575 "$target" # The body is made once, before the clock starts.
before=$(cpu_seconds "$server")
start=$(date +%s.%N)
readers=()
for _ in $(seq "$connections"); do
  taskset -c "1-$last" curl -sf -o /dev/null "$target" &
  readers+=($!)
done
for reader in "${readers[@]}"; do wait "$reader"; done
end=$(date +%s.%N)
after=$(cpu_seconds "$server")
length=$(curl -sfI "$target" | tr -d '\r' | sed -n 's/^Content-Length: //p')
awk -v n="$connections" -v bytes="$length" -v wall="$(echo "$end $start" | awk '{ print $1 - $2 }')" \
  -v cpu="$(echo "$after $before" | awk '{ print $1 - $2 }')" 'BEGIN {
    gib = n * bytes / 2^30
    printf "%d connections, %.2f GiB: %.2f GiB/s, %.2f GiB for each CPU second of gzorigin\n", n, gib, gib / wall, gib / cpu
  }'
