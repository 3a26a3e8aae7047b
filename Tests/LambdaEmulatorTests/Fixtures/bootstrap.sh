#!/usr/bin/env bash
# A Lambda runtime made of bash and curl: takes one invocation after the other, with WORKERS=N as many at once. What it does depends on
# the path.
set -u
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
trap 'exit 0' TERM

# Posts its standard input as a streamed response. curl must not ask before it sends (Expect).
respond() {
  curl -sS -o /dev/null -H 'Expect:' -H 'Transfer-Encoding: chunked' \
    -H 'Content-Type: application/vnd.awslambda.http-integration-response' \
    -H 'Lambda-Runtime-Function-Response-Mode: streaming' -T - -X POST "$api/invocation/$id/response"
}

prelude() {
  printf '{"statusCode":%s,"headers":{"content-type":"text/plain"},"cookies":[]}' "$1"
  printf '\0\0\0\0\0\0\0\0'
}

# Sends a whole response and is no more: nobody is left to take the answer.
last_words() {
  { prelude 200; head -c 400000 /dev/zero | tr '\0' x; echo end; } >"$folder/body"
  exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API%:*}/${AWS_LAMBDA_RUNTIME_API##*:}"
  {
    printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: api\r\n' "$id"
    printf 'Content-Type: application/vnd.awslambda.http-integration-response\r\n'
    printf 'Lambda-Runtime-Function-Response-Mode: streaming\r\nContent-Length: %s\r\n\r\n' $(wc -c <"$folder/body")
    cat "$folder/body"
  } >&3
  rm -rf "$all"
  kill -9 $$
}

work() {
  folder=$(mktemp -d "$all/XXXXXX")
  while true; do
    curl -sS -D "$folder/head" -o "$folder/event" "$api/invocation/next" || exit 1
    id=$(tr -d '\r' <"$folder/head" | awk 'tolower($1) == "lambda-runtime-aws-request-id:" { print $2 }')
    path=$(grep -o '"rawPath":"[^"]*"' "$folder/event" | cut -d '"' -f 4)
    case $path in
      /exit) exit 3 ;;
      /kill) rm -rf "$all"; kill -9 $$ ;;
      /last-words) last_words ;;
      /memory) head -c 400000000 /dev/zero | tail -n 1 | wc -c ;;
      /child) sleep 600 & echo "child $!" >&2; { prelude 200; printf '%s %s\n' $$ $!; } | respond ;;
      /pid) { prelude 200; printf '%s\n' $$; } | respond ;;
      /dawdle) { prelude 200; printf '%s\n' $$; } | respond; sleep 600 ;;
      /sleep) sleep 600 ;;
      /environment) { prelude 200; env | sort; } | respond ;;
      /gzip) { prelude 200; seq 1 200000 | gzip -c; } | respond ;;
      /error)
        curl -sS -o /dev/null -H 'Lambda-Runtime-Function-Error-Type: Function.Refused' \
          -d '{"errorMessage":"refused","errorType":"Refused","stackTrace":[]}' "$api/invocation/$id/error"
        ;;
      *) { prelude 200; echo "hello from $path"; } | respond ;;
    esac
  done
}

if [ "${REFUSE_TO_START-}" = yes ]; then
  curl -sS -o /dev/null -H 'Lambda-Runtime-Function-Error-Type: Runtime.NoConfiguration' \
    -d '{"errorMessage":"no configuration","errorType":"NoConfiguration","stackTrace":[]}' "$api/init/error"
  exit 1
fi

if [ -n "${WORKERS-}" ]; then
  for _ in $(seq "$WORKERS"); do work & done
  wait
else
  work
fi
