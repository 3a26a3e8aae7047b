#!/usr/bin/env bash
# What gzload costs and how true it is to its plan with many slow streams at once: memory for each, how late streams begin,
# and CPU, against gzorigin itself and through gzproxy. STREAMS, PROXY_STREAMS, BYTES_PER_SECOND and RAMP_SECONDS change what
# is asked for. Exit code 1 when a figure misses its bound: 64 KiB a stream, a p99 of 5 ms behind the plan, no stream failed,
# as many open at the same time as were asked for.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.build/release
for tool in gzload gzproxy gzorigin; do [ -x "$bin/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
streams=${STREAMS:-10000} proxied=${PROXY_STREAMS:-4096}
pace=${BYTES_PER_SECOND:-2} ramp=${RAMP_SECONDS:-10} hold=${HOLD_SECONDS:-10}

# One descriptor a stream here, two in the proxy.
need=$((streams + 1000)); [ $((2 * proxied + 1000)) -gt "$need" ] && need=$((2 * proxied + 1000))
hard=$(ulimit -Hn)
if [ "$hard" != unlimited ] && [ "$hard" -lt "$need" ] && ! ulimit -Hn "$need" 2>/dev/null; then
  printf 'this needs %s open files and the hard limit is %s: raise it (ulimit -Hn %s as root), or lower STREAMS and PROXY_STREAMS\n' \
    "$need" "$hard" "$need" >&2
  exit 1
fi
ulimit -Sn "$need"

work=$(mktemp -d)
pids=()
trap 'kill ${pids[@]+"${pids[@]}"} 2>/dev/null || true; rm -rf "$work"' EXIT
start() { # name, command…; sets $url
  local name=$1; shift
  "$@" >"$work/$name" & pids+=("$!")
  for _ in $(seq 100); do grep -qs listening "$work/$name" && break; sleep 0.05; done
  url=$(sed -n 's/^listening on //p' "$work/$name")
}
# Anonymous and dirty pages: what the process has for itself.
private() { awk '/^Private_Dirty/ {print $2}' "/proc/$1/smaps_rollup"; }

# Streams that outlast the run come evenly for RAMP_SECONDS, so that all of them are open in the seconds after it.
measure() { # label, lanes, URL
  local label=$1 lanes=$2 target=$3 idle now peak=0
  "$bin/gzload" -c "$lanes" -n "$lanes" -q "$((lanes / ramp))" -z "$((ramp + hold))s" --grace 0 --validate frame \
    --start-at "@$(($(date +%s) + 3))" \
    --connect-timeout 30s --stall-timeout 1h --no-progress -o "$work/report" --output-format json \
    "$target/gzip/64KiB?pace=$pace" >"$work/out" 2>&1 & local load=$!
  pids+=("$load")
  # Before the first stream, with everything else there.
  sleep 1
  idle=$(private "$load")
  while kill -0 "$load" 2>/dev/null; do
    now=$(private "$load" 2>/dev/null || echo 0)
    [ "${now:-0}" -gt "$peak" ] && peak=$now
    sleep 0.25
  done
  wait "$load" || true
  [ -s "$work/report" ] || { printf '%s: gzload wrote no report:\n' "$label" >&2; cat "$work/out" >&2; exit 1; }
  python3 - "$label" "$lanes" "$idle" "$peak" "$work/report" <<'PY' || missed=1
import json, sys
KIB, SKEW_MS = 64, 5
label, lanes, idle, peak, file = sys.argv[1:]
report = json.load(open(file))
totals, arrivals = report["totals"], report["arrivals"]
delay = arrivals["start_delay_seconds"]
open_streams = totals["cut_by_deadline"]
each = (int(peak) - int(idle)) / max(1, open_streams)
p99 = delay["p99"] * 1e3
wrong = [text for text, is_wrong in [
    (f"{each:.1f} KiB a stream are more than {KIB}", each > KIB), (f"p99 of {p99:.2f} ms is more than {SKEW_MS}", p99 > SKEW_MS),
    (f"{totals['failed']} streams failed", totals["failed"] > 0),
    (f"{open_streams} streams were open and not {lanes}", open_streams < int(lanes)),
] if is_wrong]
print(f"{label:<10} {totals['streams']:>8} {open_streams:>8} {totals['failed']:>7}"
      f" {each:>11.1f} {delay['p50'] * 1e3:>9.2f} {p99:>9.2f}"
      f" {delay['max'] * 1e3:>9.2f} {100 * report['client']['cpu_seconds'] / report['duration_seconds']:>7.1f}"
      f"  {'MISSED: ' + '; '.join(wrong) if wrong else 'ok'}")
sys.exit(1 if wrong else 0)
PY
}

missed=0
printf 'gzload, streams of %s bytes a second, --validate frame; wanted: 64 KiB a stream, 5 ms at p99\n%-10s %8s %8s %7s %11s %9s %9s %9s %7s\n' "$pace" \
  target streams open failed 'KiB/stream' 'skew p50' 'p99 ms' 'max ms' 'CPU %'
start origin "$bin/gzorigin" --listen 127.0.0.1:0
origin=$url
measure gzorigin "$streams" "$origin"
start proxy "$bin/gzproxy" serve --listen 127.0.0.1:0 --upstream "$origin" --access-log off --max-upstream-connections 1000000
measure gzproxy "$proxied" "$url"
exit "$missed"
