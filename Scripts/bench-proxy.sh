#!/usr/bin/env bash
# gzproxy beside nginx, HAProxy and what FastAPI makes of it: CPU a GiB, requests, memory, scale.
# The tables go to Benchmarks/RESULTS.md; --quick only looks whether all of it runs. BIN is the folder of our programs.
# Arguments: proxy.py --help. Exit 0: every must is met; 1: one is missed, or a run was void; 2: usage.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || { printf 'bench-proxy: needs Linux (epoll, /proc, pinned cores)\n' >&2; exit 1; }
command -v python3 >/dev/null || Scripts/deps.sh --peers
# A wrong word is told before anything is installed.
python3 Benchmarks/proxy.py --only-check "$@"
case " $* " in *" --list "*|*" --help "*|*" -h "*) exit 0 ;; esac

Scripts/deps.sh --peers
sink=.build-bench/sink
if [ ! -x "$sink" ] || [ Benchmarks/sink/sink.c -nt "$sink" ]; then
  cc -O2 -Wall -Wextra -o "$sink" Benchmarks/sink/sink.c
fi
if [ -z "${BIN:-}" ]; then
  export BIN=.build/release
  [ -x "$BIN/gzproxy" ] || Scripts/build.sh --product gzproxy >&2
fi
[ -x "$BIN/gzproxy" ] || { printf 'bench-proxy: no gzproxy in %s\n' "$BIN" >&2; exit 1; }
exec python3 Benchmarks/proxy.py "$@"
