#!/usr/bin/env bash
# What gzlambda costs: CPU seconds per GiB streamed through it with --bandwidth off on one core (bound 1.0), beside the same bytes
# straight from the runtime, and its memory with 64 clients that do not read (bound 1 MiB each). Exit 1 if a bound is broken.
# Half a minute; Linux, python3, curl, taskset, two cores. Usage: Scripts/bench-lambda.sh [streams=10] [path-to-gzlambda]
set -euo pipefail
cd "$(dirname "$0")/.."
streams=${1:-10}
gzlambda=${2:-.build/release/gzlambda}
mebibytes=190
[ -x "$gzlambda" ] || { printf 'bench-lambda: %s is not built; run make build first\n' "$gzlambda" >&2; exit 1; }
last=$(($(nproc) - 1))
[ "$last" -ge 1 ] || { printf 'bench-lambda: needs two cores\n' >&2; exit 1; }
folder=$(mktemp -d)
pids=()
cleanup() {
  for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

# A runtime that streams what it has in memory: chunks of 64 KiB, sixteen a write. `serve` gives the same bytes without Lambda.
cat >"$folder/runtime.py" <<'PYTHON'
import os, socket, sys, threading

chunk = b"10000\r\n" + b"\x55" * 65536 + b"\r\n"
block = chunk * 16
size = int(os.environ["MEBIBYTES"])
head = b'{"statusCode":200,"headers":{"content-type":"application/octet-stream"},"cookies":[]}' + bytes(8)
head = b"%x\r\n%s\r\n" % (len(head), head)


def read_response(file):
    length, fields = 0, {}
    file.readline()
    while (line := file.readline().strip()):
        name, _, value = line.decode().partition(": ")
        fields[name.lower()] = value
    file.read(int(fields.get("content-length", 0)))
    return fields


def body(connection):
    for _ in range(size):
        connection.sendall(block)
    connection.sendall(b"0\r\n\r\n")


def work(host, port):
    connection = socket.create_connection((host, int(port)))
    file = connection.makefile("rb")
    while True:
        connection.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\n\r\n")
        request = read_response(file)["lambda-runtime-aws-request-id"]
        connection.sendall(
            b"POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: api\r\n"
            b"Content-Type: application/vnd.awslambda.http-integration-response\r\n"
            b"Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n%s"
            % (request.encode(), head))
        body(connection)
        read_response(file)


if sys.argv[1:] == ["serve"]:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            body(connection)
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
workers = [threading.Thread(target=work, args=(host, port)) for _ in range(int(os.environ["AWS_LAMBDA_MAX_CONCURRENCY"]))]
for worker in workers:
    worker.start()
PYTHON

wait_for() { # file, pattern
  for _ in $(seq 200); do
    grep -q "$2" "$1" 2>/dev/null && return
    sleep 0.05
  done
  printf 'bench-lambda: %s did not come up\n' "$1" >&2
  exit 1
}
cpu_seconds() { awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' "/proc/$1/stat"; }
resident() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

export MEBIBYTES=$mebibytes
python3 "$folder/runtime.py" serve >"$folder/serve" &
pids+=($!)
taskset -c 0 "$gzlambda" --listen 127.0.0.1:0 --bandwidth off --instances managed --concurrency 64 \
  -- /usr/bin/env taskset -c "1-$last" python3 "$folder/runtime.py" >"$folder/out" 2>"$folder/err" &
pid=$!
pids+=("$pid")
wait_for "$folder/serve" .
wait_for "$folder/out" 'runtime api'
direct=http://127.0.0.1:$(cat "$folder/serve")
url=$(sed -n 's/^listening on //p' "$folder/out")

pull() { # URL: seconds for all streams
  local start end
  start=$(date +%s.%N)
  for _ in $(seq "$streams"); do taskset -c "1-$last" curl -sf -o /dev/null "$1/"; done
  end=$(date +%s.%N)
  awk -v a="$start" -v b="$end" 'BEGIN { print b - a }'
}
taskset -c "1-$last" curl -sf -o /dev/null "$url/"
plain=$(pull "$direct")
before=$(cpu_seconds "$pid")
wall=$(pull "$url")
after=$(cpu_seconds "$pid")

idle=$(resident "$pid")
python3 - "${url##*:}" "$folder/stalled" <<'PYTHON' &
import socket, sys, time

clients = []
for _ in range(64):
    client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.recv(12) == b"HTTP/1.1 200"
    clients.append(client)
open(sys.argv[2], "w").write("stalled\n")
time.sleep(600)
PYTHON
pids+=($!)
wait_for "$folder/stalled" stalled
# As full as they get: nothing has grown for a second.
stalled=0
while true; do
  sleep 1
  now=$(resident "$pid")
  [ "$now" -le "$stalled" ] && break
  stalled=$now
done

awk -v n="$streams" -v mib="$mebibytes" -v wall="$wall" -v plain="$plain" -v cpu="$(awk -v a="$before" -v b="$after" 'BEGIN { print b - a }')" \
  -v idle="$idle" -v stalled="$stalled" 'BEGIN {
  gib = n * mib / 1024
  printf "through gzlambda   %.2f GiB in %.2f s: %.2f GiB/s, %.2f CPU s per GiB (bound 1.0)\n", gib, wall, gib / wall, cpu / gib
  printf "without it         %.2f GiB in %.2f s: %.2f GiB/s\n", gib, plain, gib / plain
  printf "64 stalled clients %.1f MiB more than the %.1f MiB before (bound 64)\n", (stalled - idle) / 1024, idle / 1024
  exit cpu / gib > 1.0 || (stalled - idle) / 1024 > 64
}'
