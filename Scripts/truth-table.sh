#!/usr/bin/env bash
# Prints the README's table: what curl --compressed and gzload say of each fault, side by side, on one origin.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.build/release
[ -x "$bin/gzload" ] && [ -x "$bin/gzorigin" ] || { Scripts/build.sh --product gzload >&2; Scripts/build.sh --product gzorigin >&2; }

work=$(mktemp -d)
"$bin/gzorigin" --listen 127.0.0.1:0 >"$work/said" &
origin=$!
trap 'kill $origin 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do grep -q listening "$work/said" && break; sleep 0.05; done
url=$(sed -n 's/^listening on //p' "$work/said")

row() { # what a person reads, path
  local code status curl ours
  status=$(curl -s --compressed --max-time 2 -o /dev/null -w '%{http_code}' "$url$2") && code=0 || code=$?
  if [ "$code" -ne 0 ]; then curl="error $code"; elif [ "$status" -lt 400 ]; then curl="**success**"; else curl="$status"; fi
  "$bin/gzload" "$url$2" -n 1 -c 1 --stall-timeout 500ms --output-format json --no-progress >"$work/report" 2>/dev/null || true
  ours=$(python3 - "$work/report" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
status, = report["status"]
verdict, = report["gzip"]
transport, = report["transport"]
causes = [c for group in report["http_causes"].values() for c in group]
said = [f"`{status}`"] if int(status) >= 400 else []
said += [f"`{c}`" for c in causes]
said += [f"`{verdict}`"] if verdict != "unchecked" else []
said += [f"`{transport}`"] if transport != "complete" else []
print(("failed: " if report["totals"]["failed"] else "passed: ") + " ".join(said))
PY
)
  printf '| %s | %s | %s |\n' "$1" "$curl" "$ours"
}

printf '| served with status 200, unless the row says otherwise | `curl --compressed` | gzload |\n|---|---|---|\n'
b=/gzip/256KiB
row 'a healthy body' "$b"
row 'CRC32 wrong' "$b?fault=crc"
row 'ISIZE wrong' "$b?fault=isize"
row 'a bit flipped' "$b?fault=bitflip"
row 'gzip cut in half, chunked framing clean' "$b?framing=chunked&fault=truncate"
row 'gzip trailer missing, framing clean' "$b?fault=no_trailer"
row 'connection closed in the middle, Content-Length' "$b?fault=cut"
row 'connection closed in the middle, chunked' "$b?framing=chunked&fault=cut"
row 'connection closed in the middle, no framing' "$b?framing=close&fault=cut"
row 'connection reset in the middle' "$b?fault=reset"
row 'whole gzip, Content-Length larger' "$b?fault=short_length"
row 'text labelled gzip' "$b?fault=not_gzip"
row 'garbage after the gzip' "$b?fault=trailing"
row 'silence in the middle' "$b?fault=stall"
row 'Content-Length beside chunked' "$b?framing=chunked&fault=length_and_chunked"
row 'Lambda prelude in the body' /front/prelude-leak
row 'gzip as base64 text' /front/base64-body
row 'Lambda error text at the end of the body' /front/in-band-error
row 'decoded on the way' /front/decoded
row 'Function URL: 502' /front/function-url-502
row 'API Gateway: 502' /front/rest-502
row 'ALB: 502' /front/alb-502
