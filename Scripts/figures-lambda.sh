#!/usr/bin/env bash
# What a function costs: cold start, CPU per GiB beside `gzproxy serve` and in gzlambda, memory of streams. Linux.
# Arguments: rounds (default 3). $GZ_BIN: built tools, .build/release by default.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${GZ_BIN:-$PWD/.build/release}
rounds=${1:-3}
[ -x "$bin/gzlambda" ] || Scripts/build.sh
exec python3 -B Tests/Lambda/figures.py "$bin" "$rounds"
