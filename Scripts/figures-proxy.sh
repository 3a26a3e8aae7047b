#!/usr/bin/env bash
# The proxy's figures at full size: memory of 1,000 stalled streams and 10,000 idle clients, of an origin that writes and
# closes at once, the time to cancel, the first byte. Each beside its bound and a baseline of the same run; exit 1 if a
# bound is broken. Two minutes; resident sets and connecting clients can be looked at on Linux only.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/flags.sh
Scripts/build.sh --build-tests >&2
Scripts/build.sh --product gzproxy >&2
printf '%s cores, %s\n' "$(getconf _NPROCESSORS_ONLN)" "$(uname -sr)"
PROXY_FIGURES=full \
  swift test "${swift_flags[@]}" \
  --skip-build --filter '^SoakTests\.ProxyFigureTests/'
