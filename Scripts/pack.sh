#!/usr/bin/env bash
# Packs the tools in BIN as OUT/gztop-VERSION-linux-ARCH.tar.gz with its .sha256: the same bytes for the same tools and
# commit, whoever packs them and when. Part of Scripts/dist.sh.
set -euo pipefail
[ $# -eq 2 ] || { printf 'usage: pack.sh BIN OUT\n' >&2; exit 2; }
bin=$(cd "$1" && pwd -P)
mkdir -p "$2"
out=$(cd "$2" && pwd -P)
cd "$(dirname "$0")/.."
umask 022
tools=(gztop gzload gzproxy gzorigin gzlambda)

version=$("$bin/gzload" --version | grep -Eo '[0-9]+\.[0-9]+\.[0-9]+[^ ]*' | head -n 1)
name=gztop-$version-linux-$(uname -m)
# The commit's time, or what whoever packs from an archive of the sources says.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/$name
mkdir -p "$root/bin" "$root/share/doc/gztop/licences" "$root/share/man/man1"
completions=("$root/share/bash-completion/completions" "$root/share/zsh/site-functions"
  "$root/share/fish/vendor_completions.d")
mkdir -p "${completions[@]}"

for tool in "${tools[@]}"; do
  install -m 755 "$bin/$tool" "$root/bin/$tool"
  "$bin/$tool" --generate-completion-script bash > "${completions[0]}/$tool"
  "$bin/$tool" --generate-completion-script zsh > "${completions[1]}/_$tool"
  "$bin/$tool" --generate-completion-script fish > "${completions[2]}/$tool.fish"
done
for page in Docs/man/*.1; do [ ! -e "$page" ] || gzip -9nc "$page" > "$root/share/man/man1/${page##*/}.gz"; done
cp deploy/INSTALL "$root/INSTALL"
cp README.md CHANGELOG.md LICENSE "$root/share/doc/gztop/"
cp -R Docs/schema "$root/share/doc/gztop/schema"

# The licences of what is inside the tools ask to travel with them.
for checkout in .build-dist/checkouts/*/; do
  for file in "$checkout"LICENSE* "$checkout"NOTICE*; do
    [ -f "$file" ] || continue
    package=${checkout%/}
    cp "$file" "$root/share/doc/gztop/licences/${package##*/}-$(basename "${file%.*}").txt"
  done
done
swift=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc || echo /)")")")/share/swift/LICENSE.txt
[ ! -f "$swift" ] || cp "$swift" "$root/share/doc/gztop/licences/swift-LICENSE.txt"

find "$root" -type d -empty -delete
tar --create --sort=name --format=ustar --mtime="@$epoch" --owner=0 --group=0 --numeric-owner \
  --mode='u=rwX,go=rX' --directory "$work" "$name" | gzip -9n > "$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
printf 'dist: %s\n' "$out/$name.tar.gz" >&2
du -h "$out/$name.tar.gz" | awk '{ print "dist: " $1 " packed, unpacked:" }' >&2
(cd "$root/bin" && du -h -- *) >&2
