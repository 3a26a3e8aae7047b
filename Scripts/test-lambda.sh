#!/usr/bin/env bash
# gzproxy's Lambda runtime under the models of Lambda: AWS's own emulator in both its modes, cargo-lambda, gzlambda; gzlambda beside
# AWS's emulator; the templates of deploy/sam; the zip of `make package-lambda` under AWS's emulator. Arguments go to the conformance
# checks alone, as in --model rie-managed --check hello_is_streamed. $GZ_BIN: tools that are built already.
set -euo pipefail
cd "$(dirname "$0")/.."

now() { date +%s; }
failed=()
step() { # title, command…
  local title=$1 from; shift; from=$(now)
  printf -- '--- %s\n' "$title"
  "$@" || failed+=("$title")
  printf -- '--- %s: %s s\n' "$title" "$(($(now) - from))"
}

packed() {
  local folder status=0
  Scripts/package-lambda.sh || return
  folder=$(mktemp -d)
  # Lambda's user is not who packs.
  chmod 755 "$folder"
  unzip -q dist/lambda/native.zip -d "$folder" && "$folder/bootstrap" --version &&
    Tests/Lambda/run conformance --model rie-classic --model rie-managed --check hello_is_streamed --check bytes_are_the_origins \
      -- "$folder/bootstrap" || status=1
  rm -rf "$folder"
  return "$status"
}

Scripts/deps.sh --lambda
if [ -z "${GZ_BIN:-}" ]; then
  Scripts/build.sh
  GZ_BIN=$PWD/.build/release
fi
export GZ_BIN

if [ $# -eq 0 ]; then
  step "the checks see what is broken" Tests/Lambda/run conformance --self-check
fi
step "gzproxy" Tests/Lambda/run conformance "$@" -- "$GZ_BIN/gzproxy"
if [ $# -eq 0 ]; then
  step "gzlambda beside AWS's emulator, classic" Tests/Lambda/run supervisors compare rie-classic gzlambda-classic
  step "gzlambda beside AWS's emulator, managed" Tests/Lambda/run supervisors compare rie-managed gzlambda-managed
  step "gzproxy under load" python3 -B Tests/Lambda/concurrency.py
  step "gzproxy under load and limits" python3 -B Tests/Lambda/concurrency.py --limited
  step "AWS's Python runtime behind gzlambda" Tests/Lambda/awslambdaric_check.sh "$GZ_BIN/gzlambda"
  step "sam validate" Tests/Lambda/validate
  step "gzproxy as Lambda gets it" packed
fi

if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
