#!/usr/bin/env bash
# Removes what a build makes, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf .build .build-bench .build-dist .build-truth .build-deploy .build-lambda .build-lambda-al2023 .build-terminal dist Package.resolved
