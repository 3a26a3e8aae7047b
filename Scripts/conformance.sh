#!/usr/bin/env bash
# Runs the conformance scripts against nginx, HAProxy, Caddy and gzproxy and writes Docs/conformance.md, one row a script:
# about two minutes, most of them waiting for peers that do not answer. Fails unless gzproxy passes every row.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --conformance
Scripts/build.sh --product gzproxy >&2
exec Tests/Conformance/run --table "$@"
