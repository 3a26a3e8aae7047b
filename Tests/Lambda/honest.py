"""A runtime that does what the conformance checks demand, as simply as can be: the proof that they can be met.

With HONEST_BREAK it does one thing wrong: the proof that the checks see it. It holds whole bodies in memory; the product
does not.
"""
import base64
import json
import os
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import runtime_api
import wire
from honest_request import BREAK, DROPPED, UPSTREAM, Problem, Request, fetch

BUFFERED = os.environ.get("GZPROXY_LAMBDA_MODE") == "buffered"
ABORT = os.environ.get("GZPROXY_ABORT", "trailers")
WORKERS = int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY") or 1)
JSON_LIMIT, ALB_LIMIT = 6 * 1024 * 1024 + 100, 1_048_576
CROSSED = [b""]
INCOMPLETE = "Function.UpstreamIncomplete"


class Worker:
    def __init__(self):
        self.api = runtime_api.RuntimeAPI(os.environ["AWS_LAMBDA_RUNTIME_API"])
        self.aborted = False
        self.patience = runtime_api.Patience(0.05)

    def run(self):
        while True:
            try:
                event = self.api.next()
                if event.status == 403:
                    self.refused(event)
                if event.status == 200:
                    self.patience.renew()
                    self.handle(event)
                if BREAK == "worker-lost" and self.aborted:
                    return
            except (OSError, wire.Ended) as error:
                print(f"reconnecting: {error!r}", flush=True)
                self.api.close()
                self.patience.pause()

    def refused(self, event):
        """/next says 403: the supervisor has lost its way, and finds it when this process ends; others have their own."""
        print(json.dumps({"level": "ERROR", "message": f"/next: {event.status} {event.body.decode().strip()}"}), flush=True)
        if WORKERS == 1 and BREAK != "ignores-403":
            os._exit(1)
        self.patience.pause()

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
                # Character by character is what it is for: a pace, not a wait. Not ended by an early answer: cargo-lambda's
                # comes before the body.
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
