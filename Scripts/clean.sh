#!/usr/bin/env bash
# Removes what a build makes, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf .build Package.resolved
