#!/usr/bin/env bash
# The README's view of Docs/truth.md: what curl --compressed and gzload say of each fault, on one origin.
exec "$(dirname "$0")/bench-truth.sh" --tools "curl --compressed" --bare
