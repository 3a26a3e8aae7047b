#!/usr/bin/env bash
# Loads a target from a Kubernetes cluster: N pods, one plan, one start time, one report.
#
#   run.sh -i registry.example/gztop:0.1.0 -s 8 -- -c 4000 -q 2000 -z 5m http://gzproxy:8080/gzip/8MiB
#
# Everything after -- is gzload's, and says what all shards do together: -c 4000 with -s 8 is 500 lanes a pod.
# Uses kubectl's current context and namespace; one run at a time in a namespace. Exit code: the merged report's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)

usage() {
  cat >&2 <<TEXT
usage: run.sh -i IMAGE [-s SHARDS] [-w SECONDS] [-t SECONDS] [-o FOLDER] -- GZLOAD-ARGUMENTS…
  -i IMAGE    image of the tools (Dockerfile); your cluster must be able to pull it
  -s SHARDS   pods, 1 to 256 (8)
  -w SECONDS  from now to the common start: pods must be scheduled and images pulled by then (60)
  -t SECONDS  how long to wait for all reports after that (3600)
  -o FOLDER   where the reports are copied to (results)
TEXT
  exit 2
}
fail() { printf 'run.sh: %s\n' "$*" >&2; exit "${code:-1}"; }
whole() { case $2 in ''|*[!0-9]*|??????*) code=2 fail "$1 must be a whole number, not $2" ;; esac; }

image='' shards=8 lead=60 wait=3600 folder=results
while getopts i:s:w:t:o: option; do
  case $option in
    i) image=$OPTARG ;;
    s) shards=$OPTARG ;;
    w) lead=$OPTARG ;;
    t) wait=$OPTARG ;;
    o) folder=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ -n "$image" ] && [ $# -gt 0 ] || usage
whole -s "$shards"; whole -w "$lead"; whole -t "$wait"
[ "$shards" -ge 1 ] && [ "$shards" -le 256 ] || code=2 fail "-s must be 1 to 256, not $shards"
# An image's name holds nothing that JSON would need escaped; what does is no image.
case $image in *[!a-zA-Z0-9./:@_-]*) code=2 fail "$image is no name of an image" ;; esac
command -v kubectl >/dev/null || fail "kubectl is not on PATH"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for argument in "$@"; do
  case $argument in *$'\n'*) code=2 fail "an argument holds a line break, which the list of arguments cannot" ;; esac
  printf '%s\n' "$argument"
done > "$work/arguments"

active=$(kubectl get job gzload --ignore-not-found --output 'jsonpath={.status.active}')
[ "${active:-0}" = 0 ] || fail "a run is under way in this namespace ($active shards): kubectl delete job gzload ends it"
kubectl delete job/gzload job/gzload-merge pod/gzload-reader --ignore-not-found --wait

# The folder of this run's reports: no run finds another's.
run=$(date -u +%Y%m%dT%H%M%SZ)
start=$(($(date +%s) + lead))
# How long the Jobs may be active: as long as this waits for them, and a while.
limit=$((lead + wait + 600))
kubectl apply -f "$here/volume.yaml"
kubectl create configmap gzload-run --dry-run=client --output yaml --from-file=arguments="$work/arguments" \
  --from-literal=RUN="$run" --from-literal=SHARDS="$shards" --from-literal=START_AT="@$start" \
  --from-literal=WAIT="$((lead + wait))" | kubectl apply -f -

# manifest, patch: the manifest's own words but for what this run sets.
apply() { kubectl patch --local --output yaml --filename "$here/$1" --patch "$2" | kubectl apply -f -; }
containers() { printf '"containers":[{"name":"%s","image":"%s"}]' "$1" "$image"; }
apply load.yaml "{\"spec\":{\"completions\":$shards,\"parallelism\":$shards,\"maxFailedIndexes\":$shards,
  \"activeDeadlineSeconds\":$limit,\"template\":{\"spec\":{$(containers gzload)}}}}"
apply merge.yaml "{\"spec\":{\"activeDeadlineSeconds\":$limit,\"template\":{\"spec\":{$(containers merge)}}}}"

printf 'run.sh: %s: %s shards start in %s s\n' "$run" "$shards" "$((start - $(date +%s)))" >&2
# A Job's Complete or Failed, when it has ended.
ended() {
  kubectl get job "$1" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}' |
    grep --only-matching --extended-regexp --max-count=1 'Complete|Failed' || true
}
# The first shard that ended with a code that no judged run has (0, 99, 105): its number, code and pod.
broken() {
  kubectl get pods --selector job-name=gzload --output 'jsonpath={range .items[*]}{.metadata.annotations.batch\.kubernetes\.io/job-completion-index}{" "}{.status.containerStatuses[0].state.terminated.exitCode}{" "}{.metadata.name}{"\n"}{end}' |
    while read -r index exit pod; do
      case $exit in 0|99|105|*[!0-9]*) continue ;; esac
      printf '%s %s %s\n' "$((index + 1))" "$exit" "$pod"
      break
    done
}

until=$((start + wait + 300)) state='' told='' late='' hopeless=
while [ -z "$state" ] && [ "$(date +%s)" -lt "$until" ]; do
  state=$(ended gzload-merge)
  [ -z "$state" ] || break
  if [ -z "$told" ] && [ -n "$(kubectl get job gzload --output 'jsonpath={.status.failedIndexes}')" ]; then
    read -r shard exit pod <<< "$(broken)" || true
    if [ -n "${shard:-}" ]; then
      told=$shard
      printf 'run.sh: shard %s of %s ended with exit code %s:\n' "$shard" "$shards" "$exit" >&2
      kubectl logs "$pod" --tail=5 >&2 || true
      # Wrong arguments, a start that is long over, no such tool: nothing was measured, and nothing will be added up.
      case $exit in
        2|104|126|127)
          hopeless=$exit
          printf 'run.sh: so there will be no sum. The other shards go on; kubectl delete job gzload ends them\n' >&2
          ;;
      esac
    fi
  fi
  # With all shards over and one of them broken, what has not been written will not be; a shared file system may show it late. Where
  # none is, the merge step has its whole time: its pod may only now have found a place.
  load=$(ended gzload)
  if [ "$load" = Failed ] || { [ -n "$load" ] && [ -n "$told" ]; }; then
    late=${late:-$(($(date +%s) + (${hopeless:+0 *} ${SETTLE:-60})))}
    [ "$(date +%s)" -lt "$late" ] || break
  fi
  sleep "${POLL:-5}"
done
kubectl logs job/gzload-merge || true
if [ -z "$state" ] && [ -n "$late" ]; then
  kubectl delete job/gzload-merge --ignore-not-found --wait=false
  printf 'run.sh: all shards have ended and a report is missing%s: kubectl logs -l app.kubernetes.io/component=shard --prefix\n' \
    "${told:+, that of shard $told at least}" >&2
fi
[ -n "$state$late" ] || fail "the merge step has not ended; look at: kubectl get pods -l app.kubernetes.io/name=gzload"

apply reader.yaml "{\"spec\":{$(containers reader)}}"
kubectl wait --for=condition=Ready pod/gzload-reader --timeout=180s
mkdir -p "$folder"
kubectl cp "gzload-reader:/results/$run" "$folder/$run" || printf 'run.sh: no reports to copy\n' >&2
kubectl delete pod/gzload-reader --wait=false
printf 'run.sh: reports in %s\n' "$folder/$run" >&2

[ -n "$state" ] || exit "${hopeless:-1}"
exit=$(kubectl get pods --selector job-name=gzload-merge \
  --output 'jsonpath={.items[0].status.containerStatuses[0].state.terminated.exitCode}')
case $exit in ''|*[!0-9]*) exit=1 ;; esac
exit "$exit"
