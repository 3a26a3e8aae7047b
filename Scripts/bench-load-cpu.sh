#!/usr/bin/env bash
# CPU a GiB of gzload (--validate frame, one thread) and of wrk (one thread), 8 MiB bodies straight from nginx, 8
# connections: rounds interleaved, client pinned to one core and nginx to another, ratio per round. Against nginx set up
# to send large files well (tcp_nopush, pieces of 1 MiB), and once more against its defaults, which make the client's
# kernel work harder for wrk's small reads and for ours alike.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --bench
bin=.build/release
[ -x "$bin/gzload" ] || Scripts/build.sh --product gzload >&2
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-3}
nginx=$(PATH=$PATH:/usr/sbin command -v nginx)
work=$(mktemp -d)
chmod 755 "$work"
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT

head -c 8388608 /dev/urandom >"$work/body"
read -r tuned default < <(python3 -c 'import socket
both = [socket.socket() for _ in range(2)]
for s in both: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in both))')
cat >"$work/nginx.conf" <<CONF
daemon off; master_process off; worker_processes 1; pid $work/pid; error_log $work/error.log;
events { worker_connections 1024; }
http { access_log off; sendfile on; keepalive_requests 1000000000; default_type application/octet-stream;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c; uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server { listen 127.0.0.1:$tuned; root $work; tcp_nopush on; sendfile_max_chunk 1m; open_file_cache max=100; }
  server { listen 127.0.0.1:$default; root $work; } }
CONF
pin() { if command -v taskset >/dev/null 2>&1 && [ "$(nproc)" -gt 1 ]; then taskset -c "$@"; else shift; "$@"; fi; }
# With exec, so that the process that is ended is nginx and not a shell before it; without our stdout, which a pipe reads.
(pin=(); command -v taskset >/dev/null 2>&1 && [ "$(nproc)" -gt 1 ] && pin=(taskset -c 0)
  exec ${pin[@]+"${pin[@]}"} "$nginx" -c "$work/nginx.conf" -p "$work" -e "$work/start.log" >/dev/null 2>&1) & server=$!
for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$default/body" && break; sleep 0.05; done

cpu() { # file with user+system seconds, command…
  local file=$1; shift
  local TIMEFORMAT='%U %S'
  { time "$@" >"$work/out" 2>"$work/err"; } 2>"$file.raw" || { cat "$work/err" >&2; return 1; }
  awk '{print $1 + $2}' "$file.raw" >"$file"
}

measure() { # title, port, what is wanted
  local url=http://127.0.0.1:$2/body bytes requests
  printf '\nnginx %s\n%-6s %10s %10s %8s %14s %14s\n' "$1" round gzload wrk ratio 'gzload GiB/s' 'wrk GiB/s'
  : >"$work/table"
  for round in $(seq "$rounds"); do
    cpu "$work/ours" pin 1 "$bin/gzload" "$url" -c 8 -z "${seconds}s" --threads 1 --validate frame --output-format json --no-progress
    bytes=$(sed -n 's/.*"bytes_wire" *: *\([0-9]*\).*/\1/p' "$work/out" | head -1)
    cpu "$work/theirs" pin 1 wrk -t1 -c8 -d"${seconds}s" --timeout 30s "$url"
    requests=$(awk '/requests in/ {print $1}' "$work/out")
    awk -v round="$round" -v a="$(cat "$work/ours")" -v b="$(cat "$work/theirs")" -v bytes="$bytes" -v requests="$requests" -v s="$seconds" \
      'BEGIN { g = bytes / 1073741824; w = requests / 128; printf "%-6d %10.3f %10.3f %8.2f %14.2f %14.2f\n", round, a / g, b / w, (a / g) / (b / w), g / s, w / s }' \
      | tee -a "$work/table"
  done
  awk '{print $4}' "$work/table" | sort -n | awk -v wanted="$3" '{v[NR] = $1} END {printf "median ratio: %.2f%s\n", v[int((NR + 1) / 2)], wanted}'
}
printf 'CPU seconds a GiB, 8 MiB bodies, c=8, one thread, %s rounds of %s s\n' "$rounds" "$seconds"
measure 'with tcp_nopush and sendfile_max_chunk 1m' "$tuned" ' (at most 0.60 wanted)'
measure 'by its defaults' "$default" ''
