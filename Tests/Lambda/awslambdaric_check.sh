#!/usr/bin/env bash
# AWS's own Python runtime client behind gzlambda: every front, both kinds of environment, text, base64, errors, many at once.
# Usage: awslambdaric_check.sh [GZLAMBDA]. Installs awslambdaric from PyPI into a folder of its own that is removed at the end, or takes
# the Python that AWSLAMBDARIC_PYTHON names, which must have it. Half a minute; exit 1 at the first difference.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
gzlambda=${1:-$root/.build/release/gzlambda}
version=4.2.2
[ -x "$gzlambda" ] || { printf '%s: not built; run make build first\n' "$gzlambda" >&2; exit 1; }
folder=$(mktemp -d)
pid=
cleanup() {
  [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
  rm -rf "$folder"
}
trap cleanup EXIT

python=${AWSLAMBDARIC_PYTHON-}
if [ -z "$python" ]; then
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "awslambdaric==$version"
  python=$folder/venv/bin/python
fi

cat >"$folder/app.py" <<'PYTHON'
import base64, gzip, json, os


def handler(event, context):
    path = event.get("rawPath") or event["path"]
    if path == "/error":
        raise ValueError("boom")
    if path == "/exit":
        os._exit(3)
    if path == "/gzip":
        body = base64.b64encode(gzip.compress(b"zipped\n")).decode()
        return {"statusCode": 200, "headers": {"content-encoding": "gzip"}, "body": body, "isBase64Encoded": True}
    elb = event["requestContext"].get("elb")
    told = elb or event["requestContext"]["requestId"] == context.aws_request_id
    text = "%s %s %s\n" % (path, context.memory_limit_in_mb, bool(told))
    return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": text}
PYTHON

start() {
  : >"$folder/out"
  PYTHONPATH=$folder "$gzlambda" --listen 127.0.0.1:0 --invoke-mode buffered --memory 256 "$@" \
    -- "$python" -m awslambdaric app.handler >"$folder/out" 2>"$folder/err" &
  pid=$!
  for _ in $(seq 600); do
    grep -q 'runtime api on' "$folder/out" && break
    kill -0 "$pid" 2>/dev/null || { cat "$folder/err" >&2; exit 1; }
    sleep 0.05
  done
  url=$(sed -n 's/^listening on //p' "$folder/out")
}

stop() {
  kill "$pid"
  wait "$pid" || { printf 'gzlambda ended with %s\n' "$?" >&2; exit 1; }
  pid=
}

expect() { # name, wanted, had
  if [ "$2" != "$3" ]; then
    printf 'FAILED %s: wanted %s, had %s\n' "$1" "$2" "$3" >&2
    tail -n 20 "$folder/err" >&2
    exit 1
  fi
  printf 'ok     %s\n' "$1"
}

ask() { curl -sS --max-time 30 "$@"; }

for instances in classic managed; do
  for front in function-url rest alb; do
    name="$instances $front"
    start --instances "$instances" --front "$front" --concurrency 4
    expect "$name text" '/hello 256 True' "$(ask "$url/hello")"
    expect "$name base64" zipped "$(ask --compressed "$url/gzip")"
    expect "$name error" 502 "$(ask -o /dev/null -w '%{http_code}' "$url/error")"
    if [ "$instances" = classic ]; then
      expect "$name exit" 502 "$(ask -o /dev/null -w '%{http_code}' "$url/exit")"
      expect "$name after the exit" '/again 256 True' "$(ask "$url/again")"
    fi
    many=$(for i in 1 2 3; do ask "$url/many" & done; wait)
    expect "$name three at once" '/many 256 True;/many 256 True;/many 256 True' "$(printf '%s' "$many" | paste -sd ';')"
    grep -q 'Max Memory Used: [0-9]' "$folder/err" || expect "$name REPORT" 'a REPORT line' none
    stop
  done
done
printf 'awslambdaric %s: all as expected\n' "$("$python" -c 'import importlib.metadata as m; print(m.version("awslambdaric"))')"
