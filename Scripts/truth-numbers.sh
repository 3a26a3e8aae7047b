#!/usr/bin/env bash
# Holds gzload's counts, bytes, latencies and rates against what the origin, the kernel and the clock say, and prints both.
# About half a minute, on a machine that does nothing else: the figures that are aimed at must be reached.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --test
for tool in gzorigin gzload; do Scripts/build.sh --product "$tool" >&2; done
Tests/Numbers/truth --strict
