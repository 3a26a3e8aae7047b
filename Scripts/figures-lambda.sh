#!/usr/bin/env bash
# What a function costs: cold start, CPU per GiB beside `gzproxy serve` and in gzlambda, memory of streams. Linux.
# Arguments: rounds (default 3). $GZ_BIN: built tools, .build/release by default.
set -euo pipefail
cd "$(dirname "$0")/.."
export GZ_BIN=${GZ_BIN:-$PWD/.build/release}
rounds=${1:-3}
[ -x "$GZ_BIN/gzlambda" ] || Scripts/build.sh
exec python3 -B Tests/Lambda/figures.py "$GZ_BIN" "$rounds"
