#!/usr/bin/env bash
# What drawing costs: CPU of gztop's main thread, which does nothing but read keys and draw, with 1,000 running streams
# at 10 frames a second in a real terminal. The load runs on threads of its own and is not in the figure.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --bench
bin=$PWD/.build/release
for tool in gzproxy gzorigin gztop; do [ -x "$bin/$tool" ] || Scripts/build.sh --product "$tool" >&2; done
seconds=${SECONDS_EACH:-10}
socket=gztop-figures-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null || true' EXIT
ticks=$(getconf CLK_TCK)

cpu() { awk '{print $14 + $15}' "/proc/$1/task/$1/stat"; }
printf 'gztop drawing, 1,000 streams, 10 fps, %s s\n%-10s %16s\n' "$seconds" screen 'share of a core'
for size in 80x24 120x40 200x60; do
  TERM=xterm-256color tmux -L "$socket" -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" \
    "exec '$bin/gztop' --embedded -c 1000 --validate frame '/gzip/64MiB?pace=8KiB'"
  pid=$(tmux -L "$socket" display-message -p '#{pane_pid}')
  for _ in $(seq 200); do tmux -L "$socket" capture-pane -p | grep -q '1000/1000' && break; sleep 0.1; done
  from=$(cpu "$pid"); sleep "$seconds"; to=$(cpu "$pid")
  awk -v t=$((to - from)) -v hz="$ticks" -v s="$seconds" -v size="$size" \
    'BEGIN { printf "%-10s %14.1f %%  (at most 5 %% wanted)\n", size, 100 * t / hz / s }'
  tmux -L "$socket" kill-server
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
done
