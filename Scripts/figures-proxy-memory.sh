#!/usr/bin/env bash
# 64 clients read at 1 MiB/s each from a fast origin through gzproxy: how much its resident set grows, for two body
# sizes, so that a dependence on size would show.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.build/release
for tool in gzproxy gzorigin; do [ -x "$bin/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
seconds=${SECONDS_EACH:-15}
work=$(mktemp -d)
pids=()
trap 'kill ${pids[@]+"${pids[@]}"} 2>/dev/null || true; rm -rf "$work"' EXIT

start() { # name, command…; sets $url and $pid
  local name=$1; shift
  "$@" >"$work/$name" & pid=$!; pids+=("$pid")
  for _ in $(seq 100); do grep -q listening "$work/$name" && break; sleep 0.05; done
  url=$(sed -n 's/^listening on //p' "$work/$name")
}
rss() { awk '/^VmRSS/ {print $2}' "/proc/$1/status"; }

start origin "$bin/gzorigin" --listen 127.0.0.1:0
origin=$url
printf 'gzproxy, 64 clients at 1 MiB/s, %s s each\n%-12s %10s %10s %10s %12s\n' "$seconds" body 'idle KiB' 'peak KiB' 'growth KiB' 'per stream'
for size in 256MiB 4GiB; do
  # A gzip body is about a quarter of SIZE: ratio=1 makes the wire body as long as it says.
  start "proxy-$size" "$bin/gzproxy" serve --listen 127.0.0.1:0 --upstream "$origin"
  proxy=$pid target=$url
  curl -s -o /dev/null "$target/gzip/1MiB"
  idle=$(rss "$proxy") peak=0 clients=()
  for _ in $(seq 64); do
    curl -s -o /dev/null -w '%{http_code} %{size_download}\n' --limit-rate 1M --max-time "$seconds" \
      "$target/gzip/$size?ratio=1" >>"$work/readers-$size" & clients+=($!)
  done
  for _ in $(seq $((seconds * 4))); do
    now=$(rss "$proxy"); [ "$now" -gt "$peak" ] && peak=$now
    sleep 0.25
  done
  wait "${clients[@]}" 2>/dev/null || true
  # A proxy that served nothing holds nothing: the figure only counts when every reader read.
  awk -v least=$((seconds * 524288)) '$1 == 200 && $2 >= least {n++} END {exit n != 64}' "$work/readers-$size" ||
    { printf 'not all of 64 readers got 200 and half of what 1 MiB/s brings:\n' >&2; sort "$work/readers-$size" | uniq -c >&2; exit 1; }
  printf '%-12s %10d %10d %10d %8d KiB\n' "$size" "$idle" "$peak" $((peak - idle)) $(((peak - idle) / 64))
  kill "$proxy"
done
