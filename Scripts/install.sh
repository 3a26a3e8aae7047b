#!/usr/bin/env bash
# Builds the tools and copies them to PREFIX/bin (default /usr/local), with their manual pages and the completions of three
# shells, below DESTDIR where one is set. What is built
# already is not built again, so that `sudo make install` needs no swift on root's PATH.
set -euo pipefail
prefix=${1:-/usr/local}
case "$prefix" in /*) ;; *) prefix=$PWD/$prefix ;; esac
cd "$(dirname "$0")/.."
tools=(gztop gzload gzproxy gzorigin gzlambda)
if command -v swift >/dev/null 2>&1; then
  for tool in "${tools[@]}"; do Scripts/build.sh --product "$tool" >&2; done
fi
for tool in "${tools[@]}"; do
  [ -x ".build/release/$tool" ] || { printf 'install: %s is not built; run make build first\n' "$tool" >&2; exit 1; }
done
folder=${DESTDIR:-}$prefix/bin
mkdir -p "$folder"
for tool in "${tools[@]}"; do install -m 755 ".build/release/$tool" "$folder/$tool"; done
man=${DESTDIR:-}$prefix/share/man/man1
mkdir -p "$man"
for tool in "${tools[@]}"; do install -m 644 "Docs/man/$tool.1" "$man/$tool.1"; done
# completions SHELL FOLDER NAME-BEFORE NAME-AFTER
completions() {
  local folder=${DESTDIR:-}$prefix/share/$2
  mkdir -p "$folder"
  for tool in "${tools[@]}"; do
    ".build/release/$tool" --generate-completion-script "$1" >"$folder/$3$tool$4"
    chmod 644 "$folder/$3$tool$4"
  done
}
completions bash bash-completion/completions '' ''
completions zsh zsh/site-functions _ ''
completions fish fish/vendor_completions.d '' .fish
printf 'installed %s in %s\n' "${tools[*]}" "$folder"
