"""A runtime that does what the conformance checks demand, as simply as can be: the proof that they can be met.

With HONEST_BREAK it does one thing wrong: the proof that the checks see it. It holds whole bodies in memory; the product
does not.
"""
import base64
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import runtime_api
import wire

BREAK = os.environ.get("HONEST_BREAK", "")
UPSTREAM = os.environ.get("GZPROXY_UPSTREAM", "")
BUFFERED = os.environ.get("GZPROXY_LAMBDA_MODE") == "buffered"
ABORT = os.environ.get("GZPROXY_ABORT", "trailers")
WORKERS = int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY") or 1)
STREAM_LIMIT, JSON_LIMIT, ALB_LIMIT = 200_000_000, 6 * 1024 * 1024 + 100, 1_048_576
DROPPED = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection",
           "proxy-authorization", "content-length"}
CROSSED = [b""]
INCOMPLETE = "Function.UpstreamIncomplete"


class Problem(Exception):
    def __init__(self, status, error, cause, detail, headers=()):
        self.status, self.error, self.cause, self.detail, self.headers = status, error, cause, detail, headers

    def response(self):
        said = f"gzproxy; error={self.error}" + (f"; cause={self.cause}" if self.cause else "")
        document = {"title": self.error, "status": self.status, "detail": self.detail}
        return wire.Response(self.status, [("Proxy-Status", said), ("Content-Type", "application/problem+json"), *self.headers],
                             b"" if self.headers else json.dumps(document).encode())


class Request:
    """An event as the request it stands for; None of it if it stands for none."""

    def __init__(self, event):
        context = event["requestContext"]
        self.front = "alb" if "elb" in context else "v2" if event.get("version") == "2.0" else "v1"
        self.multi = "multiValueHeaders" in event
        many = event.get("multiValueHeaders") or {}
        self.headers = [(name.lower(), value) for name, values in many.items() for value in values] if self.multi else [
            (name.lower(), value) for name, value in event["headers"].items()]
        self.cookies = event.get("cookies") or []
        self.body = event.get("body") or ""
        self.body = base64.b64decode(self.body) if event["isBase64Encoded"] and BREAK != "request-base64" else self.body.encode()
        if self.front == "v2":
            self.method, self.path = context["http"]["method"], event["rawPath"]
            query = event.get("rawQueryString") or ""
        else:
            self.method, self.path = event["httpMethod"], event["path"]
            pairs = [(name, value) for name, values in (event.get("multiValueQueryStringParameters") or {}).items()
                     for value in values] if self.multi else list((event.get("queryStringParameters") or {}).items())
            quote = urllib.parse.quote if self.front == "v1" or BREAK == "double-encode" else lambda value, safe="": value
            query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
        self.target = self.path + (f"?{query}" if query else "")

    def field(self, name):
        return next((value for key, value in self.headers if key == name), None)

    def upstream_fields(self):
        kept = [(name, value) for name, value in self.headers
                if name not in DROPPED and name not in ("host", "cookie") and not name.startswith(("x-amzn-", "lambda-runtime"))]
        if self.trace and BREAK != "no-trace":
            kept.append(("x-amzn-trace-id", self.trace))
        if self.cookies:
            kept.append(("cookie", "; ".join(self.cookies)))
        if self.body:
            kept.append(("content-length", str(len(self.body))))
        return kept


def fetch(request, deadline):
    """The upstream's response; its `cut` says why it is not whole."""
    where = urllib.parse.urlsplit(UPSTREAM)
    try:
        connection = socket.create_connection((where.hostname, where.port), timeout=10)
    except OSError:
        raise Problem(502, "connection_refused", None, "the upstream refuses connections") from None
    with connection, connection.makefile("rb") as file:
        connection.settimeout(max(0.1, deadline - time.time() - 1))
        lines = [f"{request.method} {request.target} HTTP/1.1", f"host: {where.netloc}", "connection: close",
                 *(f"{name}: {value}" for name, value in request.upstream_fields())]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + request.body)
        try:
            response = wire.read_head(file)
        except (wire.Ended, ConnectionError):
            raise Problem(502, "http_response_incomplete", None, "the upstream ended before its head") from None
        except TimeoutError:
            raise Problem(504, "http_response_timeout", None, "the upstream has not answered in time") from None
        length, coded = response.header("content-length"), response.header("transfer-encoding")
        if length and coded and BREAK != "both-framings":
            raise Problem(502, "http_protocol_error", "length_and_chunked", "both framings")
        if length and int(length) > STREAM_LIMIT and BREAK != "oversize":
            if os.environ.get("GZPROXY_REDIRECT_OVERSIZE") == "true":
                raise Problem(307, "http_response_too_large", "response_too_large", "", [("Location", UPSTREAM + request.target)])
            raise Problem(502, "http_response_body_size", "response_too_large", f"Lambda streams {STREAM_LIMIT} bytes at most")
        if length and int(length) > STREAM_LIMIT:
            return response
        try:
            response.body, response.cut = wire.read_body(file, response, request.method)
        except TimeoutError:
            response.cut = "stalled"
        except ConnectionResetError:
            response.cut = "reset"
        return response


class Worker:
    def __init__(self):
        self.api = runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"])
        self.aborted = False

    def run(self):
        while True:
            try:
                event = self.api.next()
                if event.status == 403 and WORKERS == 1:
                    os._exit(1)
                if event.status == 200:
                    self.handle(event)
                if BREAK == "worker-lost" and self.aborted:
                    return
            except (OSError, wire.Ended) as error:
                print(f"reconnecting: {error!r}", flush=True)
                self.api.close()
                time.sleep(0.05)

    def handle(self, event):
        self.request_id = event.header("lambda-runtime-aws-request-id")
        self.attempt = event.header("lambda-runtime-invocation-id")
        at = int(event.header("lambda-runtime-deadline-ms")) / 1000
        self.deadline = at if at > time.time() and BREAK != "no-deadline" else time.time() + 900
        try:
            self.request = Request(json.loads(event.body))
            self.request.trace = event.header("lambda-runtime-trace-id")
        except (ValueError, KeyError, TypeError, AttributeError):
            if BREAK != "other-events":
                self.error("Function.NotARequest", "the event is no HTTP request")
            return
        try:
            response = self.respond()
        except Problem as problem:
            said = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "level": "ERROR", "message": problem.detail}
            print(json.dumps(said if BREAK == "nameless-log" else {**said, "requestId": self.request_id}), flush=True)
            response = problem.response()
        status = self.deliver(response)
        if BREAK == "exit-on-refusal" and status not in (200, 202):
            os._exit(1)

    def respond(self):
        if self.request.path == "/.gzproxy/hello" and BREAK != "hello-forwarded":
            name = "1" * 8 if BREAK == "one-id" else self.request_id
            return wire.Response(200, [("Content-Type", "text/plain")], f"[{name}] This is streaming from gzproxy!".encode())
        if (self.request.field("user-agent") or "").startswith("ELB-HealthChecker/") and BREAK != "health-forwarded":
            return wire.Response(200, [("Content-Type", "text/plain")], b"ok\n")
        return fetch(self.request, self.deadline)

    # The response.

    def fields(self, response):
        nominated = {part.strip().lower() for part in (response.header("connection") or "").split(",")}
        dropped = (DROPPED | nominated) if BREAK != "hop-by-hop" else {"content-length", "transfer-encoding"}
        if BREAK == "content-length":
            dropped = dropped - {"content-length"}
        pairs = [(name.lower(), value) for name, value in response.headers
                 if name.lower() not in dropped and (name.lower() != "set-cookie" or BREAK == "cookie-in-headers")]
        if response.header("content-length"):
            pairs.append(("x-gzproxy-content-length", response.header("content-length")))
        if BREAK == "coding-lost":
            pairs = [(name, value) for name, value in pairs if name != "content-encoding"]
        return pairs

    def deliver(self, response):
        if BREAK == "status":
            response.status = 200
        if BREAK == "crossed" and not response.cut:
            response.body, CROSSED[0] = CROSSED[0] or response.body, response.body
        if BREAK == "flip" and len(response.body) > 1000:
            response.body = bytes([response.body[0] ^ 1]) + response.body[1:]
        if BUFFERED or self.request.front == "alb":
            return self.buffered(response)
        cookies = response.all("set-cookie") if BREAK != "cookie-in-headers" else []
        headers = {}
        for name, value in self.fields(response):
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        body = response.body
        bodiless = self.request.method == "HEAD" or response.status in (204, 304)
        sentinel = os.environ.get("GZPROXY_SENTINEL", "auto") == "on" and (not bodiless or BREAK == "sentinel-everywhere")
        if not body and (sentinel and BREAK != "no-sentinel" or BREAK == "always-sentinel"):
            body = b"\n"
        prelude = {"statusCode": str(response.status) if BREAK == "status-text" else response.status, "headers": headers}
        if BREAK != "no-cookies":
            prelude["cookies"] = cookies
        self.api.begin_stream(
            self.request_id, fields=self.said(),
            content_type="application/json" if BREAK == "content-type" else runtime_api.PRELUDE)
        nuls = runtime_api.NULS[1:] if BREAK == "seven-nuls" else runtime_api.NULS
        self.tolerate(self.write, json.dumps(prelude).encode(), nuls, body)
        if response.cut and BREAK != "clean-end":
            return self.abort(response.cut)
        self.tolerate(self.api.end)
        return self.api.answer().status

    def write(self, prelude, nuls, body):
        for piece in ([prelude + nuls] if BREAK == "one-chunk" else [prelude, nuls]):
            self.api.chunk(piece)
        hello = self.request.path == "/.gzproxy/hello" and BREAK != "hello-at-once"
        step = 1 if hello else 65536
        for at in range(0, len(body), step):
            self.api.chunk(body[at:at + step])
            if hello:
                time.sleep(0.03)

    def tolerate(self, step, *arguments):
        """A supervisor may answer, and close, before the upload is done."""
        try:
            step(*arguments)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def abort(self, why):
        self.aborted = True
        if ABORT == "reset":
            self.api.reset()
            if WORKERS == 1:
                os._exit(1)
            return None
        said = {"errorMessage": f"the upstream's body is not whole: {why}", "errorType": INCOMPLETE, "stackTrace": []}
        kind = "incomplete" if BREAK == "error-type" else INCOMPLETE
        self.api.end([("Lambda-Runtime-Function-Error-Type", kind),
                      ("Lambda-Runtime-Function-Error-Body", base64.b64encode(json.dumps(said).encode()).decode())])
        return self.api.answer().status

    def buffered(self, response):
        if response.cut:
            response = Problem(502, "http_response_incomplete", None, f"the upstream's body is not whole: {response.cut}").response()
        document = self.document(response)
        limit = ALB_LIMIT if self.request.front == "alb" else JSON_LIMIT
        if len(document) > limit and BREAK != "buffered-ceiling":
            document = self.document(Problem(
                502, "http_response_body_size", "response_too_large", f"more than {limit} bytes of JSON").response())
        return self.api.post_chunked(f"/invocation/{self.request_id}/response", [document],
                                     self.said(("Content-Type", "application/json"))).status

    def document(self, response):
        pairs, cookies = self.fields(response), response.all("set-cookie")
        many = {}
        for name, value in pairs + [("set-cookie", cookie) for cookie in cookies]:
            many.setdefault(name, []).append(value)
        single = {name: ", ".join(values) for name, values in many.items() if name != "set-cookie"}
        textual = BREAK == "never-base64"
        if not response.header("content-encoding"):
            try:
                response.body.decode()
                textual = True
            except UnicodeDecodeError:
                pass
        document = {"statusCode": response.status, "isBase64Encoded": not textual,
                    "body": response.body.decode("utf-8", "replace") if textual else base64.b64encode(response.body).decode()}
        front = "v2" if BREAK == "one-shape" else self.request.front
        if front == "v2":
            document.update(headers=single, cookies=cookies)
        elif front == "v1":
            document["multiValueHeaders"] = many
        else:
            document["statusDescription"] = f"{response.status} OK" if response.status == 200 else f"{response.status} Status"
            document["multiValueHeaders" if self.request.multi else "headers"] = many if self.request.multi else single
        return json.dumps(document).encode()

    def said(self, *more):
        return [*more, *([("Lambda-Runtime-Invocation-Id", self.attempt)] if self.attempt else [])]

    def error(self, kind, message):
        self.api.post(f"/invocation/{self.request_id}/error",
                      json.dumps({"errorMessage": message, "errorType": kind, "stackTrace": []}).encode(),
                      self.said(("Lambda-Runtime-Function-Error-Type", kind)))


def main():
    if BREAK == "deaf-to-term":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if not re.match(r"https?://", UPSTREAM):
        message = "GZPROXY_UPSTREAM is not set: say which upstream to ask, as in GZPROXY_UPSTREAM=https://origin.example"
        print(message, flush=True)
        if BREAK != "silent-init":
            runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"]).post(
                "/init/error", json.dumps({"errorMessage": message, "errorType": "Runtime.InvalidConfiguration",
                                           "stackTrace": []}).encode(),
                [("Lambda-Runtime-Function-Error-Type", "Runtime.InvalidConfiguration")])
        sys.exit(1)
    count = 63 if BREAK == "one-worker-short" and WORKERS == 64 else WORKERS
    threads = [threading.Thread(target=Worker().run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
