#!/usr/bin/env bash
# Two minutes of gztop, key by key, into Docs/gztop.cast, which asciinema plays. check: only looks at the form of the one there is.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --test
if [ -z "${GZ_BIN:-}" ]; then
  for tool in gzproxy gzorigin gztop; do [ -x ".build/release/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
fi
exec Tests/Terminal/run cast "$@"
