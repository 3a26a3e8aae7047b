#!/usr/bin/env bash
# Installs what is missing, builds, and opens the dashboard on the embedded lab. Arguments go to gztop.
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/build.sh --product gzproxy >&2
Scripts/build.sh --product gzorigin >&2
Scripts/build.sh --product gztop >&2
exec .build/release/gztop "$@"
