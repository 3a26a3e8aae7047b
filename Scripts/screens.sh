#!/usr/bin/env bash
# Screens of real runs into Docs/screens, and from there into README.md and Docs/tour.md, between their markers. paste: only the latter.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --test
if [ -z "${GZ_BIN:-}" ]; then
  for tool in gzproxy gzorigin gzlambda gzload gztop; do [ -x ".build/release/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
fi
exec Tests/Terminal/run screens "$@"
