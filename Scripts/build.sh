#!/usr/bin/env bash
# The one build: release, with -enable-testing so that the same objects serve the products and the tests.
# Arguments go to swift build (--product gzload, --build-tests).
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh
. Scripts/flags.sh
exec swift build "${swift_flags[@]}" "$@"
