#!/usr/bin/env bash
# What one operation of the hot paths costs in instructions and allocations, and whether that is within its limit
# (Benchmarks/micro-limits.tsv). Arguments go to Benchmarks/micro.py (--only request-head,snapshot).
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || { printf 'bench-micro: needs valgrind, and so Linux\n' >&2; exit 1; }
Scripts/deps.sh --test
. Scripts/flags.sh
Scripts/build.sh --product gzmicro >&2
exec python3 Benchmarks/micro.py "$(swift build "${swift_flags[@]}" --show-bin-path)/gzmicro" "$@"
