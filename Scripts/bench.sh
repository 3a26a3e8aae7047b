#!/usr/bin/env bash
# Prints the figures of the README, one table after the other: about four minutes on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --bench
for tool in gzproxy gzorigin gzload gztop; do Scripts/build.sh --product "$tool" >&2; done
Scripts/figures-proxy-memory.sh
echo
Scripts/figures-validate-memory.sh
echo
Scripts/bench-load-cpu.sh
echo
Scripts/figures-tui.sh drawing
echo
Scripts/bench-origin.sh
