#!/usr/bin/env bash
# Fuzzes what reads HTTP/1 from strangers: Scripts/fuzz.sh [SECONDS [TARGET…]], an hour over all targets by default.
# Replays the committed corpora first. Anything found is kept in Tests/Fuzz/finds/, with the command that shows it again;
# the exit code is then 1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-3600}
[ $# -eq 0 ] || shift
fail() { printf 'fuzz: %s\n' "$*" >&2; exit 2; }
case $seconds in ''|*[!0-9]*) fail "SECONDS must be a whole number, as in Scripts/fuzz.sh 60" ;; esac
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(request-head response-head body request-rules response-rules)
for target in "${targets[@]}"; do
  [ -d "Tests/Fuzz/corpus/$target" ] || fail "no target $target; there are: $(cd Tests/Fuzz/corpus && echo *)"
done

# One module of the core's sources (but the command line) and the targets, instrumented; everything below them, NIO above
# all, is linked as the objects that the build has made.
Scripts/build.sh --product gzproxy >&2
built=$(cd .build/release && pwd -P)
folder=$PWD/.build/fuzz
binary=$folder/gzproxy-fuzz
mkdir -p "$folder" Tests/Fuzz/finds

sources=()
while IFS= read -r file; do sources+=("$file"); done < <(
  find "$PWD/Sources/ProxyCore" "$PWD/Tests/Fuzz/Sources" -name '*.swift' ! -path '*/Command/*' | LC_ALL=C sort)
objects=$folder/objects
grep -v -e '/ProxyCore\.build/' -e '/gzproxy\.build/' "$built/gzproxy.product/Objects.LinkFileList" > "$objects"

modules=()
for map in "$built"/*.build/module.modulemap "$PWD"/.build/checkouts/*/Sources/*/include/module.modulemap; do
  [ ! -e "$map" ] || modules+=(-Xcc "-fmodule-map-file=$map")
done
for include in "$PWD"/.build/checkouts/*/Sources/*/include; do modules+=(-Xcc -I -Xcc "$include"); done

# The features are those of Package.swift; -assert-config Debug checks every access through an unsafe buffer.
options=(
  -module-name GzproxyFuzz -sanitize=fuzzer -parse-as-library -enable-testing -O -assert-config Debug -g
  -wmo -num-threads 2 -swift-version 6 -module-cache-path "$folder/modules" -I "$built/Modules"
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature NonisolatedNonsendingByDefault)
[ -z "${CI:-}" ] || options+=(-warnings-as-errors)

# Built again only when something it is made of is another: sources, options, or what it is linked with.
state=$({
  swiftc --version 2>&1
  printf '%s\n' "${options[@]}"
  cat "${sources[@]}"
  tr -d "\"'" < "$objects" | tr '\n' '\0' | xargs -0 ls -ln
} | cksum)
if [ ! -x "$binary" ] || [ "$state" != "$(cat "$folder/state" 2>/dev/null)" ]; then
  rm -f "$binary"
  # Run where what the compiler leaves beside its product is out of the way.
  (cd "$folder" && swiftc "${options[@]}" "${modules[@]}" "${sources[@]}" "@$objects" -o "$binary") ||
    fail "the targets were not built; a toolchain from swift.org brings libFuzzer, Xcode's does not"
  printf '%s' "$state" > "$folder/state"
fi

each=$((10#$seconds / ${#targets[@]}))
[ "$each" -gt 0 ] || each=1
failed=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for target in "${targets[@]}"; do
  mkdir -p "$folder/corpus/$target"
  # The runtime's own crash handler would keep libFuzzer from seeing, and saving, a crash.
  # New inputs go to the first folder; the committed corpus is only read.
  if SWIFT_BACKTRACE=enable=no GZPROXY_FUZZ=$target "$binary" "$folder/corpus/$target" "Tests/Fuzz/corpus/$target" \
    -dict="Tests/Fuzz/dictionaries/$target.dict" -max_total_time="$each" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="Tests/Fuzz/finds/$target-" -print_final_stats=1 > "$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(sed -n 's/.*DONE *\(cov: [0-9]* ft: [0-9]*\).*/\1/p' "$log")
    printf 'fuzz: %-14s %10s executions in %s s, %s\n' "$target" "$runs" "$each" "$covered"
  else
    failed+=("$target")
    grep -a -e '^broken invariant' -e '^Fatal error' -e 'ERROR: libFuzzer' "$log" >&2 || tail -20 "$log" >&2
    find=$(sed -n 's/.*Test unit written to //p' "$log")
    printf 'fuzz: %s FAILED; to see it again: GZPROXY_FUZZ=%s %s %s\n' \
      "$target" "$target" "${binary#"$PWD/"}" "$find" >&2
  fi
done
[ ${#failed[@]} -eq 0 ] || exit 1
