#!/usr/bin/env bash
# Writes the manual pages Docs/man/*.1 anew from the built tools' own descriptions. A test holds them against the tools.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p Docs/man
for tool in gztop gzload gzproxy gzorigin gzlambda; do
  [ -x ".build/release/$tool" ] || { printf 'manual: %s is not built; run make build first\n' "$tool" >&2; exit 1; }
  ".build/release/$tool" --generate-manual >"Docs/man/$tool.1.part"
  mv "Docs/man/$tool.1.part" "Docs/man/$tool.1"
done
