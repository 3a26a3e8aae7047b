#!/usr/bin/env bash
# Installs the C libraries the build needs, and with --test, --conformance, --lambda or --bench what those need besides. Only what is
# missing is installed; with nothing missing it neither asks for rights nor touches the network. --peers is for the side-by-side
# benchmarks: the programs of others that they measure, from Debian and PyPI, and nothing of the build.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'deps: %s\n' "$*" >&2; exit 1; }

peers=
case " $* " in *" --peers "*) peers=1 ;; esac

# A folder of their own for the Python peers, made anew when what is wanted of PyPI has changed.
python_peers() {
  local folder=.build-bench/venv list=Benchmarks/peers/requirements.txt wanted
  wanted=$(cksum <"$list")
  [ "$wanted" = "$(cat "$folder/state" 2>/dev/null)" ] && return
  printf 'deps: installing from PyPI what %s lists\n' "$list" >&2
  rm -rf "$folder"
  mkdir -p .build-bench
  python3 -m venv "$folder" || fail "python3 -m venv failed: the FastAPI peer needs it"
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$list" || fail "pip could not install what $list lists"
  printf '%s\n' "$wanted" >"$folder/state"
}
# Whatever is missing for them has been installed once we come here.
finish() { if [ -n "$peers" ]; then python_peers; fi; exit 0; }

[ -n "$peers" ] || command -v swift >/dev/null 2>&1 || fail "swift is not on PATH; install Swift 6.2 or newer from https://swift.org/install"

if [ "$(uname -s)" = Darwin ]; then
  [ -z "$peers" ] || fail "the side-by-side benchmarks need Linux"
  # macOS ships libcurl, ncurses and zlib with its SDK; ISA-L is not used there.
  wanted=()
  case " $* " in
    *" --test "*|*" --bench "*) wanted+=(nginx tmux python-jsonschema varnish slowhttptest wget chromium) ;;
  esac
  case " $* " in *" --conformance "*) wanted+=(nginx haproxy caddy varnish) ;; esac
  case " $* " in *" --bench "*) wanted+=(wrk hey apache2-utils siege nghttp2-client) ;; esac
  missing=()
  for name in ${wanted[@]+"${wanted[@]}"}; do brew list "$name" >/dev/null 2>&1 || missing+=("$name"); done
  [ ${#missing[@]} -eq 0 ] && exit 0
  command -v brew >/dev/null 2>&1 || fail "please install with Homebrew: ${missing[*]}"
  exec brew install "${missing[@]}"
fi

wanted=()
[ -n "$peers" ] || wanted=(libncurses-dev libcurl4-openssl-dev libssl-dev libisal-dev zlib1g-dev)
case " $* " in
  *" --test "*|*" --bench "*)
    # varnish brings varnishtest, which drives the conformance scripts.
    wanted+=(curl nginx tmux openssl procps python3 python3-jsonschema python3-h11 python3-requests python3-venv slowhttptest varnish wget)
    # For requests: signatures beside botocore's, HTTP/2 beside nghttpd.
    wanted+=(python3-botocore nghttp2-server)
    # For the zips that Lambda takes; valgrind for counted instructions.
    wanted+=(binutils valgrind)
    # Any of these browsers will do; Ubuntu's package is a snap under a name of its own.
    if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null
    then
      case "$(. /etc/os-release 2>/dev/null && printf %s "${ID:-}")" in
        ubuntu) wanted+=(chromium-browser) ;;
        *) wanted+=(chromium) ;;
      esac
    fi ;;
esac
case " $* " in *" --conformance "*) wanted+=(curl nginx haproxy caddy python3 varnish) ;; esac
case " $* " in
  *" --lambda "*)
    wanted+=(binutils curl python3 python3-venv unzip util-linux)
    # Of rustup or of the system: cargo-lambda only asks it what a folder holds.
    command -v cargo >/dev/null 2>&1 || wanted+=(cargo) ;;
esac
case " $* " in *" --bench "*) wanted+=(wrk hey apache2-utils siege nghttp2-client) ;; esac
if [ -n "$peers" ]; then
  wanted+=(nginx haproxy wrk nghttp2-client hey apache2-utils curl python3 python3-venv)
  command -v cc >/dev/null 2>&1 || wanted+=(gcc libc6-dev)
  # Profiles of what misses its aim are worth having, and not worth failing for: not every system has this package.
  if ! command -v perf >/dev/null 2>&1 && apt-cache show linux-perf >/dev/null 2>&1; then wanted+=(linux-perf); fi
fi

command -v dpkg-query >/dev/null 2>&1 || fail "this system has no dpkg; please install the equivalents of: ${wanted[*]}"

missing=()
for name in "${wanted[@]}"; do
  case "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null || true)" in
    "install ok installed") ;;
    *)
      # Any package that brings the nginx command will do.
      if [ "$name" = nginx ] && [ -x /usr/sbin/nginx ]; then continue; fi
      missing+=("$name") ;;
  esac
done
[ ${#missing[@]} -eq 0 ] && finish

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null 2>&1; then
  as_root=(sudo)
  sudo -v || fail "sudo refused. As root: apt-get install ${missing[*]}"
else
  fail "missing packages, and neither root nor sudo to install them. As root: apt-get install ${missing[*]}"
fi

printf 'deps: installing %s\n' "${missing[*]}" >&2
# Debian starts a service as soon as it is installed, unless this file forbids it: the tests start servers of their own,
# and nobody who runs them asked for one on port 80.
policy=/usr/sbin/policy-rc.d
case " ${missing[*]} " in *" nginx "*|*" varnish "*|*" haproxy "*|*" caddy "*)
  if [ ! -e "$policy" ]; then
    trap '${as_root[@]+"${as_root[@]}"} rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | ${as_root[@]+"${as_root[@]}"} tee "$policy" >/dev/null
    ${as_root[@]+"${as_root[@]}"} chmod 755 "$policy"
  fi ;;
esac
install() {
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
install 2>/dev/null || {
  # A list that cannot be fetched is not always one that is needed.
  ${as_root[@]+"${as_root[@]}"} apt-get update -qq || true
  install || fail "these could not be installed. As root: apt-get install ${missing[*]}"
}
finish
