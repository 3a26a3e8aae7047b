#!/usr/bin/env bash
# Packs gzproxy for Lambda's provided.al2023, for this machine's architecture:
#   dist/lambda/native.zip       bootstrap, which is gzproxy with the Swift runtime inside
#   dist/lambda/web-adapter.zip  gzproxy, and a bootstrap that starts it as a server for the Lambda Web Adapter
# With --container, gzproxy is compiled in Swift's own image of Amazon Linux 2023: the way out where this machine's libraries are
# newer than Lambda's, which Scripts/pack-lambda.sh checks.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$(pwd -P)
fail() { printf 'package-lambda: %s\n' "$*" >&2; exit 1; }
image=swift:6.3-amazonlinux2023

[ "$(uname -s)" = Linux ] || fail "Lambda runs Linux: pack on Linux, of the architecture that the function will have"
# Paths of the machine that builds have no place in what is shipped.
flags=(-c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked -Xcc "-ffile-prefix-map=$here=." -Xcxx "-ffile-prefix-map=$here=."
  -Xswiftc -file-prefix-map -Xswiftc "$here=." --product gzproxy)

case ${1:-} in
  '')
    scratch=.build-dist
    Scripts/deps.sh
    mkdir -p "$scratch"
    clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
    "$clang" -O2 -fPIC -fno-builtin -fno-math-errno -c Scripts/older-glibc.c -o "$scratch/older-glibc.o"
    # libstdc++ inside: this machine's is newer than Lambda's.
    archive=$("$clang" -print-file-name=libstdc++.a)
    [ -e "$archive" ] || fail "libstdc++.a is missing; install g++ or libstdc++-dev"
    # Linked anew: swift build does not look at what the linker is given besides.
    rm -f "$scratch/release/gzproxy"
    inside=(--as-needed "$here/$scratch/older-glibc.o" --whole-archive "$archive" --no-whole-archive)
    nice swift build "${flags[@]}" --scratch-path "$scratch" "${inside[@]/#/-Xlinker=}" >&2 ;;
  --container)
    scratch=.build-lambda-al2023
    command -v docker >/dev/null 2>&1 || fail "--container needs docker, or podman under that name"
    docker run --rm --user "$(id -u):$(id -g)" --env HOME=/tmp --volume "$here:$here" --workdir "$here" "$image" \
      swift build "${flags[@]}" --scratch-path "$scratch" >&2 ;;
  *) fail "no such option: $1; there is --container" ;;
esac
exec Scripts/pack-lambda.sh "$scratch/release/gzproxy" dist/lambda
