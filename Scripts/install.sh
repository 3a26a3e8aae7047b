#!/usr/bin/env bash
# Builds the tools and copies them to PREFIX/bin (default /usr/local).
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${1:-/usr/local}
tools=(gztop gzload gzproxy gzorigin)
for tool in "${tools[@]}"; do Scripts/build.sh --product "$tool" >&2; done
mkdir -p "$prefix/bin"
for tool in "${tools[@]}"; do install -m 755 ".build/release/$tool" "$prefix/bin/$tool"; done
printf 'installed %s in %s/bin\n' "${tools[*]}" "$prefix"
