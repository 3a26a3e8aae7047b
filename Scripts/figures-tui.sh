#!/usr/bin/env bash
# What gztop's screen costs, counted on its terminal: drawing, bytes, keys, the first frame. Arguments are names of figures.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --test
if [ -z "${GZ_BIN:-}" ]; then
  for tool in gzproxy gzorigin gztop; do [ -x ".build/release/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
fi
exec Tests/Terminal/run figures "$@"
