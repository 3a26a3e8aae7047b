#!/usr/bin/env bash
# An hour with 256 lanes through gzproxy, one stream in a hundred of which goes wrong: gzload's memory and descriptors must
# not grow, and its totals must be the origin's.
#
# Usage: Scripts/soak-load.sh [SECONDS] [LANES]
set -euo pipefail
cd "$(dirname "$0")/.."
number() { case "$2" in ''|*[!0-9]*) printf 'soak-load: %s must be a number, not "%s"\n' "$1" "$2" >&2; exit 2 ;; esac; }
seconds=${1:-3600} lanes=${2:-256}
number SECONDS "$seconds"; number LANES "$lanes"
[ "$seconds" -ge 10 ] || { printf 'soak-load: SECONDS must be at least 10\n' >&2; exit 2; }
Scripts/deps.sh --test
for tool in gzorigin gzproxy gzload; do Scripts/build.sh --product "$tool" >&2; done
Tests/Numbers/soak "$seconds" "$lanes"
