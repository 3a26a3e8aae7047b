#!/usr/bin/env bash
# Packs a gzproxy that is compiled already: pack-lambda.sh GZPROXY FOLDER
#   FOLDER/native.zip       bootstrap, which is gzproxy
#   FOLDER/web-adapter.zip  gzproxy, and a bootstrap that starts it as a server for the Lambda Web Adapter
# One that Lambda's provided.al2023 could not start is refused, and what was in the folder stays.
set -euo pipefail
fail() { printf 'pack-lambda: %s\n' "$*" >&2; exit 1; }
[ $# -eq 2 ] || { printf 'usage: pack-lambda.sh GZPROXY FOLDER\n' >&2; exit 2; }
[ -f "$1" ] || fail "no such file: $1"
mkdir -p "$2"
built=$(realpath "$1") out=$(realpath "$2")
cd "$(dirname "$0")/.."

# What Amazon Linux 2023 has: glibc 2.34, and libstdc++ and libgcc of GCC 11.
newest=(GLIBC_2.34 GLIBCXX_3.4.29 CXXABI_1.3.13 GCC_7.0.0)
allowed='^(libc|libm|libgcc_s|libstdc\+\+|ld-linux-[a-z0-9_-]+)\.so\.[0-9]+$'
# Measured: 26 MiB. Lambda takes 50 MB by hand, and 250 MB unpacked.
zip_limit=$((32 * 1024 * 1024))

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

python3 - "$work/gzproxy" deploy/sam/web-adapter-bootstrap "$work" <<'PYTHON'
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
  size=$(wc -c < "$work/$zip.zip")
  [ "$size" -le "$zip_limit" ] || fail "$zip.zip has $size bytes; $zip_limit are allowed"
  printf '%s.zip: %s bytes (limit %s)\n' "$zip" "$((size))" "$zip_limit"
done
mv "$work/native.zip" "$work/web-adapter.zip" "$out/"
printf 'gzproxy: %s bytes, needs %s\n' "$(($(wc -c < "$work/gzproxy")))" "$(tr '\n' ' ' <<< "$needed")"
for limit in "${newest[@]}"; do
  found=$(awk -v kind="${limit%%_*}_" 'index($1, kind) == 1 { print $1 }' <<< "$symbols" | sort -uV | tail -n 1)
  printf '  %s at most, Lambda has %s\n' "${found:-no ${limit%%_*}}" "$limit"
done
case $(uname -m) in aarch64|arm64) architecture=arm64 ;; *) architecture=x86_64 ;; esac
printf 'for: sam deploy … --parameter-overrides Architecture=%s\n' "$architecture"
