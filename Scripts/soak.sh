#!/usr/bin/env bash
# Kill-point soak: N streams (default 10000) of an origin that dies anywhere, through a built gzproxy. Each must be
# byte-exact or detectably failed; how many were "complete and different" is printed, and must be 0.
#
# Usage: Scripts/soak.sh [N] [SEED] [FIRST]
#   A failed stream prints its seed and index: Scripts/soak.sh 1 SEED INDEX runs that one alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/flags.sh
number() { case "$2" in ''|*[!0-9]*) printf 'soak: %s must be a number, not "%s"\n' "$1" "$2" >&2; exit 2 ;; esac; }
streams=${1:-10000} seed=${2:-$((RANDOM * 32768 + RANDOM))} first=${3:-0}
number N "$streams"; number SEED "$seed"; number FIRST "$first"
[ "$streams" -gt 0 ] || { printf 'soak: N must be at least 1\n' >&2; exit 2; }
Scripts/build.sh --build-tests >&2
Scripts/build.sh --product gzproxy >&2
SOAK_STREAMS=$streams SOAK_SEED=$seed SOAK_FIRST=$first \
  swift test "${swift_flags[@]}" \
  --skip-build --filter '^SoakTests\.KillPointSoakTests/'
