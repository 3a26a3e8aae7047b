#!/usr/bin/env bash
# Packs gzproxy for Lambda's provided.al2023, for this machine's architecture:
#   dist/lambda/native.zip       bootstrap, which is gzproxy with the Swift runtime inside
#   dist/lambda/web-adapter.zip  gzproxy, and a bootstrap that starts it as a server for the Lambda Web Adapter
# With --container, gzproxy is compiled in Swift's own image of Amazon Linux 2023: the way out where this machine's libraries are
# newer than Lambda's, which is checked. $GZPROXY_BINARY is packed instead of compiling.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$(pwd -P)
fail() { printf 'package-lambda: %s\n' "$*" >&2; exit 1; }

# What Amazon Linux 2023 has: glibc 2.34, and libstdc++ and libgcc of GCC 11.
newest=(GLIBC_2.34 GLIBCXX_3.4.29 CXXABI_1.3.13 GCC_7.0.0)
allowed='^(libc|libm|libgcc_s|libstdc\+\+|ld-linux-[a-z0-9_-]+)\.so\.[0-9]+$'
# Measured: 26 MiB. Lambda takes 50 MB by hand, and 250 MB unpacked.
zip_limit=$((32 * 1024 * 1024))
image=swift:6.3-amazonlinux2023

[ "$(uname -s)" = Linux ] || fail "Lambda runs Linux: pack on Linux, of the architecture that the function will have"
# Paths of the machine that builds have no place in what is shipped.
flags=(-c release --static-swift-stdlib -Xcc "-ffile-prefix-map=$here=." -Xcxx "-ffile-prefix-map=$here=."
  -Xswiftc -file-prefix-map -Xswiftc "$here=." --product gzproxy)

case ${1:-} in
  '')
    scratch=.build-dist
    if [ -z "${GZPROXY_BINARY:-}" ]; then
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
      nice swift build "${flags[@]}" --scratch-path "$scratch" "${inside[@]/#/-Xlinker=}" >&2
    fi ;;
  --container)
    scratch=.build-lambda-al2023
    command -v docker >/dev/null 2>&1 || fail "--container needs docker, or podman under that name"
    docker run --rm --user "$(id -u):$(id -g)" --env HOME=/tmp --volume "$here:$here" --workdir "$here" "$image" \
      swift build "${flags[@]}" --scratch-path "$scratch" >&2 ;;
  *) fail "no such option: $1; there is --container" ;;
esac
built=${GZPROXY_BINARY:-$scratch/release/gzproxy}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strip --strip-all -o "$work/gzproxy" "$built"

needed=$(objdump -p "$work/gzproxy" | awk '$1 == "NEEDED" { print $2 }' | sort)
strange=$(grep -Ev "$allowed" <<< "$needed" || true)
[ -z "$strange" ] || fail "gzproxy needs what Lambda does not have: $(tr '\n' ' ' <<< "$strange")"

# Every versioned symbol that Lambda's libraries would have to have.
symbols=$(objdump -T "$work/gzproxy" | awk '/\*UND\*/ { gsub(/[()]/, ""); print $(NF - 1), $NF }')
for limit in "${newest[@]}"; do
  kind=${limit%%_*}
  beyond=$(awk -v kind="${kind}_" 'index($1, kind) == 1' <<< "$symbols" | while read -r version name; do
    [ "$(printf '%s\n%s\n' "$limit" "$version" | sort -V | tail -n 1)" = "$limit" ] || printf '  %s %s\n' "$version" "$name"
  done)
  [ -z "$beyond" ] || fail "newer than Lambda's $limit; compile with Scripts/package-lambda.sh --container:
$beyond"
done
env -i "$work/gzproxy" --version >/dev/null || fail "gzproxy does not start with an empty environment"

rm -rf dist/lambda
mkdir -p dist/lambda
python3 - "$work/gzproxy" deploy/sam/web-adapter-bootstrap dist/lambda <<'PYTHON'
import pathlib, sys, zipfile

gzproxy, script, out = map(pathlib.Path, sys.argv[1:])
for name, members in {"native.zip": [("bootstrap", gzproxy)],
                      "web-adapter.zip": [("bootstrap", script), ("gzproxy", gzproxy)]}.items():
    with zipfile.ZipFile(out / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for inside, source in members:
            # One time for all: the same bytes make the same zip. Rights as Lambda needs them, whoever packs.
            entry = zipfile.ZipInfo(inside, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100755 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, source.read_bytes())
PYTHON

for zip in native web-adapter; do
  size=$(wc -c < "dist/lambda/$zip.zip")
  [ "$size" -le "$zip_limit" ] || fail "$zip.zip has $size bytes; $zip_limit are allowed"
  printf 'dist/lambda/%s.zip: %s bytes (limit %s)\n' "$zip" "$((size))" "$zip_limit"
done
printf 'gzproxy: %s bytes, needs %s\n' "$(($(wc -c < "$work/gzproxy")))" "$(tr '\n' ' ' <<< "$needed")"
for limit in "${newest[@]}"; do
  found=$(awk -v kind="${limit%%_*}_" 'index($1, kind) == 1 { print $1 }' <<< "$symbols" | sort -uV | tail -n 1)
  printf '  %s at most, Lambda has %s\n' "${found:-no ${limit%%_*}}" "$limit"
done
case $(uname -m) in aarch64|arm64) architecture=arm64 ;; *) architecture=x86_64 ;; esac
printf 'for: sam deploy … --parameter-overrides Architecture=%s\n' "$architecture"
