#!/usr/bin/env bash
# Everything that must hold: lint, one build, every suite with its wall time.
# Arguments are suite names (default: all), e.g. Scripts/test.sh OriginTests Conformance
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/flags.sh

now() { date +%s; }
started=$(now)
timed() { # title, command…
  local title=$1 from; shift; from=$(now)
  printf -- '--- %s\n' "$title"
  "$@"
  printf -- '--- %s: %s s\n' "$title" "$(($(now) - from))"
}

timed "dependencies" Scripts/deps.sh --test
timed "lint" Scripts/lint.sh
timed "build" Scripts/build.sh --build-tests

suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(
  DigestTests ToolSupportTests OriginTests ProxyCoreTests LambdaEmulatorTests LoadGenTests ProxyTUITests IntegrationTests SoakTests Numbers LoadSoak
  Lambda Terminal Conformance Relays Fuzz Deploy Micro)

suite() { # filter, more options…
  swift test "${swift_flags[@]}" --skip-build --filter "$@"
}

run() {
  case $1 in
    Conformance) Tests/Conformance/run gzproxy ;;
    # What knows of bodies once more on each way that they can take: always through memory, and through a pipe from the
    # first byte on that the first read did not bring.
    Relays)
      Tests/Splice/unprivileged && Tests/Memory/limit auto && Tests/Memory/limit copy || return 1
      for way in GZPROXY_RELAY=copy GZPROXY_SPLICE_FROM=1; do
        printf -- '--- with %s\n' "$way"
        (export "$way"
          suite '^ProxyCoreTests\.' && suite '^SoakTests\.' && Tests/Conformance/run gzproxy &&
            suite '^IntegrationTests\.(CrashTests|DayInTheLifeTests|DrainTests|FaultMatrixTests|RealPairTests|ServerTests|SlowClientTests)') ||
          return 1
      done ;;
    Numbers) Tests/Numbers/truth ;;
    LoadSoak) Tests/Numbers/soak 120 256 ;;
    Lambda) Tests/Lambda/own ;;
    Terminal) Tests/Terminal/run ;;
    Fuzz) Scripts/fuzz.sh 20 ;;
    Deploy) Tests/Deploy/run ;;
    Micro) Scripts/micro.sh ;;
    # What starts dozens of runtimes, and what is looked at in a terminal key by key, not while twenty tools compete for two cores.
    IntegrationTests)
      local functions='(AbortMatrix|Bandwidth|FrontParity|FunctionFailure|OwnAnswer|Termination)Tests'
      suite '^IntegrationTests\.' --skip "(Dashboard|$functions)" &&
        suite "^IntegrationTests\\.$functions" &&
        suite '^IntegrationTests\.DashboardTests' ;;
    *) suite "^$1\." ;;
  esac
}

# What waits more than it works and measures nothing closely: it runs beside what comes after it.
is_patient() { case $1 in LoadSoak|Terminal) ;; *) return 1 ;; esac }

failed=() log=$(mktemp) beside=() pids=() froms=() logs=()
trap 'rm -f "$log" ${logs[@]+"${logs[@]}"}' EXIT
for suite in "${suites[@]}"; do
  from=$(now)
  if is_patient "$suite"; then
    own=$(mktemp)
    run "$suite" >"$own" 2>&1 &
    beside+=("$suite") pids+=($!) froms+=("$from") logs+=("$own")
    continue
  fi
  printf -- '--- %s\n' "$suite"
  if ! run "$suite" 2>&1 | tee -a "$log"; then failed+=("$suite"); fi
  printf -- '--- %s: %s s\n' "$suite" "$(($(now) - from))"
done

for index in ${beside[@]+"${!beside[@]}"}; do
  suite=${beside[index]}
  printf -- '--- %s\n' "$suite"
  wait "${pids[index]}" || failed+=("$suite")
  cat "${logs[index]}"
  printf -- '--- %s: %s s until here\n' "$suite" "$(($(now) - froms[index]))"
done

printf -- '--- all: %s s\n' "$(($(now) - started))"
if [ ${#failed[@]} -gt 0 ]; then
  # Once more, and last: a log's end is what is looked at first.
  grep -a '^✘' "$log" >&2 || true
  printf 'failed: %s\n' "${failed[*]}" >&2
  exit 1
fi
