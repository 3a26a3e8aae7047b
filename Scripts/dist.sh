#!/usr/bin/env bash
# Builds the tools with the Swift runtime inside, proves that they run without one, and packs them:
# dist/gztop-VERSION-linux-ARCH.tar.gz and its .sha256. Where that tarball is unpacked nothing is compiled.
# A build of its own (.build-dist), since a tool's objects with and without the runtime inside are not the same ones.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$(pwd -P)
scratch=.build-dist
tools=(gztop gzload gzproxy gzorigin gzlambda)
fail() { printf 'dist: %s\n' "$*" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail "the runtime can be put inside on Linux only; on macOS it is part of the system"
Scripts/deps.sh

# Paths of the machine that builds have no place in what is shipped, and would make two builds differ.
flags=(-c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked --scratch-path "$scratch"
  -Xcc "-ffile-prefix-map=$here=." -Xcxx "-ffile-prefix-map=$here=."
  -Xswiftc -file-prefix-map -Xswiftc "$here=.")
for tool in "${tools[@]}"; do
  printf 'dist: building %s\n' "$tool" >&2
  nice swift build "${flags[@]}" --product "$tool" >&2
done

bin=$scratch/dist
rm -rf "$bin"
mkdir -p "$bin"
for tool in "${tools[@]}"; do strip --strip-all -o "$bin/$tool" "$scratch/release/$tool"; done

# What the system must bring, and INSTALL names. Anything else is a mistake of this build, not a wish for the user's machine.
allowed='^(libc|libm|libgcc_s|libstdc\+\+|libcurl|libcrypto|libncursesw|libtinfo|libisal|libz|ld-linux-[a-z0-9_-]+)\.so\.[0-9]+$'
for tool in "${tools[@]}"; do
  needed=$(objdump -p "$bin/$tool" | awk '$1 == "NEEDED" { print $2 }')
  strange=$(grep -Ev "$allowed" <<< "$needed" || true)
  [ -z "$strange" ] || fail "$tool needs $(tr '\n' ' ' <<< "$strange")"
  glibc=$(objdump -T "$bin/$tool" | grep -Eo 'GLIBC_[0-9.]+' | sort -uV | tail -n 1)
  [ "$(printf 'GLIBC_2.36\n%s\n' "$glibc" | sort -V | tail -n 1)" = GLIBC_2.36 ] ||
    fail "$tool needs $glibc, and INSTALL promises 2.36: build it on Debian 12"
  if grep -aqF "$here" "$bin/$tool"; then fail "$tool names this folder, $here"; fi
  # Nothing of a toolchain in reach: no PATH to find it by, no LD_LIBRARY_PATH.
  env -i "$bin/$tool" --version >/dev/null || fail "$tool does not start with an empty environment"
done
env -i "$bin/gzload" --embedded -c 4 -n 40 --output-format quiet --no-progress ||
  fail "gzload does not pass a run of its own lab with an empty environment"

Scripts/pack.sh "$bin" dist
