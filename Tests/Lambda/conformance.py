"""The checks of a streaming proxy's runtime, each under every model of Lambda it can be seen under.

A check is a function of a Lab; its docstring is what it demands. `@check(models, …)` says under which models it runs and
with which options of the runtime's environment. What the caller gets is compared with what the upstream serves when it is
asked directly, with curl.
"""
import base64
import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import events
import models
import upstream
import wire

CHECKS = []
RIE, OWN = ("rie-classic", "rie-managed"), ("gzlambda-classic", "gzlambda-managed")
INTERPRETED = ("cargo-lambda", *OWN)
EVERY = (*RIE, *INTERPRETED)
CLASSIC, MANAGED = ("rie-classic",), ("rie-managed",)
# Where one process has many invocations at once.
PARALLEL = ("rie-managed", "cargo-lambda", "gzlambda-managed")
LIMIT = 6 * 1024 * 1024 + 100
FUNCTION_ERROR = re.compile(r"Function\.[A-Z][A-Za-z]+")
FUNCTION_ERROR_OR_RUNTIME = re.compile(r"(Runtime|Function)\.[A-Z][A-Za-z]+")
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}


class Wrong(Exception):
    """A check's demand is not met."""


def demand(met, *said):
    if not met:
        raise Wrong(" ".join(str(part) for part in said))


def check(names, upstream="special", timeout=30, concurrency=None, started=True, **environment):
    def register(function):
        CHECKS.append((function, names, (upstream, timeout, concurrency, started, tuple(sorted(environment.items())))))
        return function
    return register


class Answer:
    """A response as its final client would have it, whatever the model makes of the runtime's bytes."""

    def __init__(self, status, headers, cookies, body, streamed, document=None):
        self.status, self.cookies, self.body, self.streamed, self.document = status, cookies, body, streamed, document
        self.headers = {name.lower(): value for name, value in headers}

    def __repr__(self):
        shown = self.body if len(self.body) <= 160 else self.body[:160] + b"..."
        return f"{self.status} {self.headers} {self.cookies}, {len(self.body)} bytes {shown!r}"


def understand(data):
    """The runtime's bytes as the front would read them: a prelude, eight NULs and the body; or one JSON document."""
    head, nul, rest = data.partition(b"\0")
    try:
        document = json.loads(head)
    except ValueError:
        raise Wrong(f"not a response a front can read: {data[:200]!r}") from None
    demand(isinstance(document, dict) and type(document.get("statusCode")) is int,
           f"no integer statusCode: {data[:200]!r}")
    if nul:
        demand(rest.startswith(b"\0" * 7), f"not eight NULs after the prelude, but {data[len(head):len(head) + 12]!r}")
        demand(isinstance(document.get("cookies"), list), f'no list "cookies" in the prelude: {head!r}')
        demand(len(head) + 8 <= 16000, f"the prelude has {len(head)} bytes")
        strings = document.get("headers", {})
        demand(all(isinstance(value, str) for value in strings.values()), f"a header that is no string: {strings}")
        return Answer(document["statusCode"], strings.items(), document["cookies"], rest[7:], True, document)
    body = document.get("body") or ""
    content = base64.b64decode(body, validate=True) if document.get("isBase64Encoded") else body.encode()
    fields = [(name, value) for name, value in (document.get("headers") or {}).items()]
    fields += [(name, ", ".join(values)) for name, values in (document.get("multiValueHeaders") or {}).items()]
    return Answer(document["statusCode"], fields, document.get("cookies", []), content, False, document)


class Lab:
    """One runtime under one model, before one upstream."""

    def __init__(self, model, origin, special):
        self.model, self.origin, self.special = model, origin, special

    def ask(self, method, target, headers=(), body=None, event=events.v2):
        """What the client of a request gets."""
        if self.model.interprets:
            reply = self.model.http(method, target, body, headers)
            demand(reply.cut is None, f"the body was cut: {reply}")
            return self.seen(reply)
        reply = self.model.invoke(event(method, target, headers, body))
        demand(reply.status == 200 and reply.cut is None, f"the emulator says {reply}")
        demand(reply.header("error-type") is None, f"the emulator says {reply.header('error-type')}: {reply}")
        return understand(reply.body)

    def seen(self, reply):
        return Answer(reply.status, reply.headers, reply.all("set-cookie"), reply.body, True)

    def raw(self, method, target):
        """The reply as it is, failed or not."""
        if self.model.interprets:
            return self.model.http(method, target)
        return self.model.invoke(events.v2(method, target))

    def goes_on(self, process=None):
        """The next invocation is answered, and by the same process if that is asked for."""
        got = self.ask("GET", self.small()[0])
        demand(got.status == 200 and got.body == self.small()[1], f"the next invocation: {got}")
        if process is not None:
            demand(self.model.runtimes() == process, f"the process {process} is now {self.model.runtimes()}")

    def small(self):
        if self.upstream == "origin":
            return "/gzip/1KiB", direct(self.origin + "/gzip/1KiB")
        return "/text", "Grüße\n".encode()


def direct(url):
    """The body as curl gets it, without a proxy in between."""
    return subprocess.run(["curl", "-sS", "--fail", "--max-time", "60", "-o", "-", url], check=True, capture_output=True,
                          env={"PATH": os.environ["PATH"]}).stdout


def digest(data):
    return f"{len(data)} bytes, {hashlib.sha256(data).hexdigest()[:16]}"


def demand_body(got, wanted):
    demand(got == wanted, f"the body is {digest(got)}, the upstream's {digest(wanted)}")


def demand_problem(got, status, *tokens):
    demand(got.status in (status if isinstance(status, tuple) else (status,)), f"not {status}: {got}")
    said = got.headers.get("proxy-status", "")
    for token in ("gzproxy", *tokens):
        demand(token in said, f"Proxy-Status has no {token}: {got}")
    demand(got.headers.get("content-type", "").startswith("application/problem+json"), f"no problem+json: {got}")
    return json.loads(got.body)


# --- Responses, exactly.

@check(EVERY, "origin")
def bytes_are_the_origins(lab):
    """Gzip bodies of every framing reach the caller byte for byte, with their coding and without their framing."""
    for target in ("/gzip/1B", "/gzip/64KiB", "/gzip/4MiB?ratio=4", "/gzip/1MiB?framing=chunked&seed=7",
                   "/gzip/256KiB?framing=close&chunk=1000B"):
        got = lab.ask("GET", target, [("Accept-Encoding", "gzip")])
        demand(got.status == 200, f"{target}: {got}")
        demand_body(got.body, direct(lab.origin + target))
        demand(got.headers.get("content-encoding") == "gzip", f"{target}: the coding is lost: {got}")


@check(RIE, "origin")
def prelude_has_no_framing(lab):
    """The prelude carries no hop-by-hop field and no Content-Length; the length goes by another name."""
    got = lab.ask("GET", "/gzip/64KiB")
    demand(got.streamed, f"not streamed: {got}")
    demand(not (HOP_BY_HOP | {"content-length"}) & set(got.headers), f"framing in the prelude: {got.headers}")
    demand(got.headers.get("x-gzproxy-content-length") == str(len(got.body)), f"x-gzproxy-content-length: {got.headers}")


@check(RIE)
def runtime_names_its_content_type(lab):
    """The upload says that it is streamed, and that a prelude comes first."""
    reply = lab.raw("GET", "/text")
    kind = reply.header("content-type")
    if lab.model.name == "rie-managed":
        demand(kind == "application/vnd.awslambda.http-integration-response", f"the content type is {kind}")
        demand(reply.header("lambda-runtime-function-response-mode") == "streaming", f"not streaming: {reply.headers}")


@check(EVERY)
def cookies_are_a_list(lab):
    """Set-Cookie leaves the headers for the list; other fields that come twice are joined; nominated ones are dropped."""
    got = lab.ask("GET", "/cookies")
    demand(got.cookies == ["a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"], f"cookies: {got}")
    demand("x-hop" not in got.headers, f"a hop-by-hop field got through: {got}")
    if not lab.model.interprets:
        demand("set-cookie" not in got.headers, f"Set-Cookie among the headers: {got}")
        demand(got.headers.get("x-twice") == "one, two", f"x-twice: {got}")


@check(EVERY, "origin", GZPROXY_SENTINEL="on")
def head_has_no_body(lab):
    """HEAD is asked as HEAD, and its response has no body, whatever stands for empty ones."""
    got = lab.ask("HEAD", "/gzip/64KiB")
    demand(got.status == 200 and got.body == b"", got)
    demand(got.headers.get("x-gzproxy-content-length") == str(len(direct(lab.origin + "/gzip/64KiB"))), got)


@check(EVERY, GZPROXY_SENTINEL="on")
def no_content_stays_without(lab):
    """204 and 304 have no body, whatever stands for empty ones."""
    for status in (204, 304):
        got = lab.ask("GET", f"/status/{status}")
        demand(got.status == status and got.body == b"", got)


@check(EVERY, GZPROXY_SENTINEL="off")
def empty_body_stays_empty(lab):
    """Without the sentinel, an empty body is empty."""
    got = lab.ask("GET", "/empty")
    demand(got.status == 200 and got.body == b"", got)


@check(EVERY, GZPROXY_SENTINEL="on")
def sentinel_is_one_byte(lab):
    """With the sentinel, an empty body is one byte, since fronts hang on none."""
    got = lab.ask("GET", "/empty")
    demand(got.status == 200 and len(got.body) == 1, got)


@check(EVERY)
def statuses_pass(lab):
    """The upstream's own failures are passed on as they are."""
    for status in (404, 418, 500, 502, 503):
        got = lab.ask("GET", f"/status/{status}")
        demand(got.status == status and got.body == f"status {status}\n".encode(), got)
        demand("proxy-status" not in got.headers or "error=" not in got.headers["proxy-status"],
               f"the upstream's failure is called ours: {got}")


@check(EVERY)
def hello_is_streamed(lab):
    """/.gzproxy/hello is always on: a greeting with the request's id, and never forwarded."""
    got = lab.ask("GET", "/.gzproxy/hello")
    demand(re.fullmatch(r"\[[^\]\s]{8,}\] This is streaming from gzproxy!\n?", got.body.decode()), got)
    demand(not any("/.gzproxy/" in target for _, target, _, _ in lab.special.asked), "it was forwarded")


@check(INTERPRETED)
def hello_comes_character_by_character(lab):
    """What is streamed arrives while it is made."""
    with socket.create_connection(("127.0.0.1", lab.model.port), timeout=30) as connection:
        connection.sendall(b"GET /.gzproxy/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        arrivals = []
        while connection.recv(65536):
            arrivals.append(time.monotonic())
    demand(len(arrivals) >= 10, f"it came in {len(arrivals)} pieces")
    demand(arrivals[-1] - arrivals[0] >= 0.5, f"all of it came within {arrivals[-1] - arrivals[0]:.3f} s")


# --- Requests, of every event.

def echoed(lab, *arguments, **more):
    got = lab.ask(*arguments, **more)
    demand(got.status == 200, got)
    seen = json.loads(got.body)
    return seen, {name.lower(): value for name, value in seen["headers"]}, base64.b64decode(seen["body"])


@check(EVERY)
def request_reaches_the_upstream(lab):
    """Method, path, query and fields of a Function URL's event arrive; Lambda's own fields do not."""
    target = "/echo?a=1&a=2&empty=&enc=%2Fx%20y"
    seen, headers, body = echoed(lab, "GET", target, [("X-Mine", "yes"), ("Cookie", "c=3; d=4")])
    demand(seen["method"] == "GET" and body == b"", seen)
    if lab.model.name != "cargo-lambda":  # which joins the values of one key
        demand(seen["target"] == target, f"the target is {seen['target']}")
    demand(headers.get("x-mine") == "yes", headers)
    demand(not [name for name in headers if name.startswith(("lambda-runtime", "x-amzn-lambda", "x-amzn-request"))], headers)


@check(EVERY)
def bodies_reach_the_upstream(lab):
    """A text body and a binary one (base64 in the event) arrive byte for byte."""
    for kind, content in (("application/json", b'{"a": "\xc3\xa9"}'), ("application/octet-stream", upstream.BINARY)):
        seen, _, body = echoed(lab, "POST", "/echo", [("Content-Type", kind)], content)
        demand(seen["method"] == "POST", seen)
        demand_body(body, content)


@check(EVERY)
def methods_pass(lab):
    """Every method a Function URL takes is passed on."""
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        if lab.model.name == "cargo-lambda" and method == "OPTIONS":
            continue  # cargo-lambda answers it itself
        seen, _, _ = echoed(lab, method, "/echo", body=b"x" if method in ("PUT", "PATCH") else None)
        demand(seen["method"] == method, seen)


@check(RIE)
def rest_api_events(lab):
    """A REST API's event: decoded query values are encoded again, repeated ones kept."""
    seen, headers, body = echoed(
        lab, "POST", "/echo?a=1&a=2&enc=%2Fx%20y%26", [("X-Mine", "yes"), ("Content-Type", "text/plain")], b"text", event=events.v1)
    path, _, query = seen["target"].partition("?")
    demand(path == "/echo" and events.urllib.parse.parse_qsl(query) == [("a", "1"), ("a", "2"), ("enc", "/x y&")],
           f"the target is {seen['target']}")
    demand(headers.get("x-mine") == "yes" and body == b"text", seen)


@check(RIE)
def load_balancer_events(lab):
    """A load balancer's event, of one value and of many: its query values are not encoded twice."""
    for event in (events.alb, events.alb_multi):
        seen, headers, _ = echoed(lab, "GET", "/echo?enc=%2Fx%20y", [("X-Mine", "yes")], event=event)
        demand(seen["target"] == "/echo?enc=%2Fx%20y", f"the target is {seen['target']}")
        demand(headers.get("x-mine") == "yes", headers)


@check(RIE)
def health_checks_are_answered_here(lab):
    """A load balancer's health check is answered without asking the upstream."""
    before = len(lab.special.asked)
    reply = lab.model.invoke(events.health_check())
    demand(understand(reply.body).status == 200, reply)
    demand(len(lab.special.asked) == before, "the upstream was asked")


@check(RIE)
def other_events_are_answered(lab):
    """An event that is no HTTP request is answered, and the next one is served."""
    process = lab.model.runtimes()
    for event in ({"Records": [{"eventSource": "aws:sqs"}]}, "text", [1, 2], None, 42):
        reply = lab.model.invoke(event)
        demand(b"timed out" not in reply.body and reply.status == 200, reply)
        json.loads(reply.body.partition(b"\0")[0])
    lab.goes_on(process or lab.model.runtimes())


# --- Failures before the head.

@check(EVERY, "refused")
def refused_upstream_is_a_502(lab):
    """An upstream that refuses is a 502 that says so, not a function error."""
    demand_problem(lab.ask("GET", "/"), 502, "error=connection_refused")


@check(EVERY, "origin")
def length_and_chunked_is_refused(lab):
    """A response with both framings is refused before its head is passed on."""
    demand_problem(lab.ask("GET", "/gzip/64KiB?fault=length_and_chunked"), 502, "error=http_protocol_error", "length_and_chunked")


@check(RIE, "origin")
def oversize_is_refused_before_the_head(lab):
    """A declared length beyond what Lambda streams is refused at once, by a problem that names the limit."""
    problem = demand_problem(lab.ask("GET", "/gzip/1GiB?ratio=1"), 502, "cause=response_too_large")
    demand(re.search(r"200|209.?715.?200", json.dumps(problem)), f"no limit in {problem}")


@check(RIE, "origin", GZPROXY_REDIRECT_OVERSIZE="true")
def oversize_is_redirected(lab):
    """… or answered by a redirect to the upstream, where that is asked for."""
    got = lab.ask("GET", "/gzip/1GiB?ratio=1")
    demand(got.status == 307 and got.headers.get("location") == lab.origin + "/gzip/1GiB?ratio=1", got)


@check(RIE, "none", started=False)
def no_upstream_is_an_init_error(lab):
    """Without GZPROXY_UPSTREAM the runtime reports an init error that names it, and ends."""
    lab.model.may_end = True
    with lab.model as model:
        if model.name == "rie-classic":
            reply = model.invoke(events.v2("GET", "/"))
            said = json.loads(reply.body or b"{}")
            demand(reply.status == 502 and "GZPROXY_UPSTREAM" in said.get("errorMessage", ""), f"the caller gets {reply}")
        models.wait_until(lambda: not model.runtimes(), "the runtime ends", 10)
        models.wait_until(lambda: "GZPROXY_UPSTREAM" in model.log(), "its log names it", 5)
        if model.name == "rie-managed":
            model.process.wait(10)
            said = re.search(r'"Received Init error" err=(\S+)', model.log())
            demand(said and FUNCTION_ERROR_OR_RUNTIME.fullmatch(said[1]), f"no init error: {model.log()[-2000:]}")
            demand(said[1] not in ("Runtime.ExitError", "Runtime.Unknown"), f"it ended without saying why: {said[1]}")


# --- Failures in the body.

def prefix(lab, got, target):
    whole = direct(lab.origin + target.partition("?")[0])
    demand(len(got) < len(whole) and whole.startswith(got), f"{digest(got)} is no part of {digest(whole)}")


@check(EVERY, "origin", GZPROXY_ABORT="trailers")
def cut_by_trailers(lab):
    """A cut upstream, abort by trailers: the type is Lambda's to read, nothing is added, the process goes on."""
    for fault in ("cut@50%", "reset@50%", "short_length"):
        target = f"/gzip/256KiB?fault={fault}"
        process = lab.model.runtimes()
        reply = lab.raw("GET", target)
        if lab.model.name == "rie-managed":
            kind = reply.header("error-type") or ""
            demand(FUNCTION_ERROR.fullmatch(kind) and kind != "Function.Unknown", f"{fault}: Error-Type {kind!r}: {reply}")
            said = json.loads(reply.body)
            demand(isinstance(said.get("errorMessage"), str) and said.get("errorType") == kind
                   and isinstance(said.get("stackTrace"), list), said)
        elif lab.model.name == "rie-classic":
            demand(reply.status == 200, reply)
            if fault != "short_length":
                prefix(lab, understand(reply.body).body, target)
        elif fault != "short_length":
            prefix(lab, reply.body, target)
        lab.goes_on(process or None)


@check(EVERY, "origin", timeout=4, GZPROXY_ABORT="reset")
def cut_by_reset(lab):
    """A cut upstream, abort by reset: no model may take the response for a whole one, and the next one is served."""
    for fault in ("cut@50%", "reset@50%", "short_length"):
        lab.goes_on()
        process = lab.model.runtimes()
        reply = lab.raw("GET", f"/gzip/256KiB?fault={fault}")
        if lab.model.name == "rie-managed":
            demand(reply.header("error-type") == "Runtime.TruncatedResponse", f"{fault}: {reply}")
        elif lab.model.name == "rie-classic":
            # No process of one invocation at a time survives this under the emulator: by its own exit, or at the timeout.
            demand(b"Runtime.ExitError" in reply.body or b"Task timed out" in reply.body, f"{fault}: {reply}")
        else:
            # A reset takes what was not read yet with it, the prelude too: cargo-lambda then answers 500.
            demand(reply.cut or reply.status == 500, f"{fault}: the body ended as if whole: {reply}")
        # A process of one invocation may end by it: that is the way out of the emulator's trap.
        lab.goes_on(process if lab.model.concurrency > 1 else None)


# Only the classic emulator tells a deadline that means something: the other's is days ahead, cargo-lambda's is in 1970.
@check(CLASSIC, "origin", timeout=4, GZPROXY_ABORT="trailers")
def stall_ends_before_the_deadline(lab):
    """An upstream that stalls in the body is given up before Lambda's time is up, so that the process goes on."""
    lab.goes_on()
    process = lab.model.runtimes()
    reply = lab.raw("GET", "/gzip/256KiB?fault=stall@50%")
    demand(b"timed out" not in reply.body and reply.header("error-type") != "Sandbox.Timedout", f"Lambda's time was up: {reply}")
    lab.goes_on(process)


@check(CLASSIC, timeout=4)
def silence_ends_before_the_deadline(lab):
    """An upstream that never answers is a 504 before Lambda's time is up."""
    lab.goes_on()
    process = lab.model.runtimes()
    demand_problem(lab.ask("GET", "/slow?sleep=8"), 504)
    lab.goes_on(process)


@check(RIE, "origin")
def too_large_for_the_emulator(lab):
    """413 for an upload: the process goes on, on a new connection where the emulator closed the old one."""
    lab.goes_on()
    process = lab.model.runtimes()
    for size in ("7MiB", "24MiB"):
        reply = lab.raw("GET", f"/gzip/{size}?ratio=1")
        demand(reply.header("error-type") == "Function.ResponseSizeTooLarge" or b"Function.ResponseSizeTooLarge" in reply.body, reply)
        lab.goes_on(process)


@check(MANAGED, timeout=1, concurrency=1)
def late_answer_is_no_end(lab):
    """410 for an answer after the time is up: the only worker of the process goes on."""
    lab.goes_on()
    process = lab.model.runtimes()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        reply = pool.submit(lab.raw, "GET", "/slow?sleep=0.3")
        models.wait_until(lambda: any("/slow" in asked[1] for asked in lab.special.asked), "the upstream is asked")
        for pid in process:
            os.kill(pid, signal.SIGSTOP)
        try:
            demand(reply.result(30).header("error-type") == "Sandbox.Timedout", reply.result())
        finally:
            for pid in process:
                os.kill(pid, signal.SIGCONT)
    models.wait_until(lambda: "too late" in lab.model.log(), "the emulator sees the late answer")
    lab.goes_on(process)


@check(RIE)
def killed_process_is_an_exit_error(lab):
    """A killed process fails what is in flight; classic Lambda starts another."""
    lab.goes_on()
    process = lab.model.runtimes()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = len(lab.special.asked)
        reply = pool.submit(lab.raw, "GET", "/slow?sleep=5")
        models.wait_until(lambda: len(lab.special.asked) > asked, "the upstream is asked")
        for pid in process:
            models.kill(pid)
        got = reply.result(30)
    demand(b"Runtime.ExitError" in got.body, got)
    if lab.model.name == "rie-classic":
        lab.goes_on()
        demand(set(lab.model.runtimes()).isdisjoint(process), "the same process")


# --- Many at once.

def targets(count):
    return [f"/gzip/{size}?seed={number}" for number, size in
            zip(range(count), ["3KiB", "64KiB", "700KiB", "1MiB"] * (count // 4 + 1))]


@check(PARALLEL, "origin", concurrency=64)
def sixty_four_at_once(lab):
    """64 invocations at once in one process, each its own bytes; then 256 more by 32 callers; nobody is refused."""
    wanted = targets(64)
    bodies = {target: direct(lab.origin + target) for target in wanted}
    process = lab.model.runtimes()
    demand(len(process) == 1, f"not one process: {process}")

    def one(target):
        got = lab.ask("GET", target)
        demand(got.status == 200, f"{target}: {got}")
        demand_body(got.body, bodies[target])

    for lanes, work in ((64, wanted), (32, wanted * 4)):
        with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
            list(pool.map(one, work))
    demand(lab.model.runtimes() == process, "another process")


@check(PARALLEL, "origin", concurrency=8, GZPROXY_ABORT="trailers")
def failures_cost_no_worker(lab):
    """Eight workers, 80 failures among 80 others: every worker is there afterwards."""
    wanted = direct(lab.origin + "/gzip/64KiB")

    def one(number):
        if number % 2:
            lab.raw("GET", f"/gzip/64KiB?fault={('cut@50%', 'reset@50%', 'crc', 'length_and_chunked')[number // 2 % 4]}")
        else:
            demand_body(lab.ask("GET", "/gzip/64KiB").body, wanted)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(160)))
    # All eight are at work only if none was lost: the emulator refuses what finds no worker.
    gate = threading.Barrier(8)

    def together(_):
        gate.wait(30)
        return lab.ask("GET", "/gzip/64KiB?delay=500ms").body

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for body in pool.map(together, range(8)):
            demand_body(body, wanted)


def resident(pid, field="VmRSS"):
    """Of a process, in bytes."""
    for line in pathlib.Path("/proc", str(pid), "status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise Wrong(f"the process {pid} is gone")


@check(PARALLEL, "origin", concurrency=64, GZPROXY_ABORT="trailers")
def two_thousand_with_faults(lab):
    """2,000 invocations of mixed size by 32 callers, one upstream in ten cut: each whole, or seen to be cut; memory stays."""
    wanted = targets(16)
    bodies = {target: direct(lab.origin + target) for target in wanted}
    process = lab.model.runtimes()
    failed, early = [], []

    def one(number):
        target = wanted[number % 16]
        if number % 10 == 3:
            target = f"{target}&fault={('cut', 'reset')[number // 10 % 2]}@50%"
            reply = lab.raw("GET", target)
            body = understand(reply.body).body if not lab.model.interprets and not reply.header("error-type") else reply.body
            whole = bodies[wanted[number % 16]]
            demand(body != whole, f"{target}: whole, though it was cut")
            failed.append(number)
        else:
            got = lab.ask("GET", target)
            demand(got.status == 200, f"{target}: {got}")
            demand_body(got.body, bodies[target])
        if number == 500:
            early.append(resident(process[0]))

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        list(pool.map(one, range(2000)))
    demand(len(failed) == 200, f"{len(failed)} of 200 failures")
    demand(lab.model.runtimes() == process, "another process")
    growth = resident(process[0]) - early[0]
    demand(growth <= 16 << 20, f"{growth >> 20} MiB more after 2,000 invocations than after 500")


@check(("cargo-lambda", "gzlambda-managed"), "origin", concurrency=64)
def large_streams_in_little_memory(lab):
    """64 streams of 32 MiB at once, each proven whole by gzload: 32 MiB of memory more than one at a time took."""
    process = lab.model.runtimes()

    def load(lanes, streams):
        ended = subprocess.run(
            [models.binaries() / "gzload", "-c", str(lanes), "-n", str(streams), "--expect", "gzip", "--no-progress",
             f"http://127.0.0.1:{lab.model.port}/gzip/32MiB?ratio=1"], capture_output=True, text=True, timeout=300,
            stdin=subprocess.DEVNULL)
        demand(ended.returncode == 0, f"gzload: {ended.returncode}\n{ended.stdout[-1500:]}{ended.stderr[-500:]}")

    load(1, 2)
    before = resident(process[0], "VmHWM")
    load(64, 64)
    growth = resident(process[0], "VmHWM") - before
    demand(growth <= 32 << 20, f"{growth / 2**20:.1f} MiB more")


@check(MANAGED)
def trace_reaches_the_upstream(lab):
    """Each request has its own trace: the invocation's is what the upstream is told."""
    trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"
    reply = wire.request(lab.model.port, "POST", models.FUNCTION, json.dumps(events.v2("GET", "/echo")).encode(),
                         [("Content-Type", "application/json"), ("X-Amzn-Trace-Id", trace)])
    headers = {name.lower(): value for name, value in json.loads(understand(reply.body).body)["headers"]}
    demand(headers.get("x-amzn-trace-id") == trace, headers)


@check(MANAGED, "origin")
def log_lines_are_json_with_the_requests_id(lab):
    """On Managed Instances requests are mixed in the log: a line about one is JSON that names it."""
    got = lab.ask("GET", "/.gzproxy/hello")
    request = got.body.decode().partition("]")[0].lstrip("[")
    demand_problem(lab.ask("GET", "/gzip/64KiB?fault=length_and_chunked"), 502)

    def lines():
        found = []
        for line in lab.model.log().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return [line for line in found if isinstance(line, dict) and "requestId" in line]

    models.wait_until(lines, "a line of JSON with requestId", 5)
    for line in lines():
        demand({"timestamp", "level", "message"} <= set(line), line)
        demand(re.fullmatch(r"[0-9a-f-]{36}", line["requestId"]) and line["requestId"] != request, line)


@check(PARALLEL)
def requests_have_their_own_ids(lab):
    """Ten at once: ten ids."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        greetings = list(pool.map(lambda _: lab.ask("GET", "/.gzproxy/hello").body, range(10)))
    demand(len(set(greetings)) == 10, greetings)


@check(PARALLEL)
def term_ends_the_process(lab):
    """SIGTERM ends an idle process within the 600 ms Lambda gives it."""
    lab.goes_on()
    process = lab.model.runtimes()
    sent = time.monotonic()
    for pid in process:
        os.kill(pid, signal.SIGTERM)
    models.wait_until(lambda: not any(models.alive(pid) for pid in process), "the process ends", 10)
    demand(process and time.monotonic() - sent < 0.6, f"it took {time.monotonic() - sent:.3f} s")


# --- Buffered.

@check(EVERY, "origin", GZPROXY_LAMBDA_MODE="buffered")
def buffered_bodies_are_the_origins(lab):
    """Buffered: gzip bodies arrive byte for byte, by way of base64."""
    for target in ("/gzip/1B", "/gzip/64KiB", "/gzip/4MiB?ratio=1", "/gzip/1MiB?framing=chunked"):
        got = lab.ask("GET", target)
        demand(got.status == 200, f"{target}: {got}")
        demand_body(got.body, direct(lab.origin + target))
        demand(got.headers.get("content-encoding") == "gzip", got)
        if not lab.model.interprets:
            demand(not got.streamed and got.document.get("isBase64Encoded") is True, f"{target}: {got.document.keys()}")


@check(EVERY, GZPROXY_LAMBDA_MODE="buffered")
def buffered_texts_and_empties(lab):
    """Buffered: texts, binaries, empty bodies, 204, HEAD and cookies."""
    demand_body(lab.ask("GET", "/text").body, "Grüße\n".encode())
    demand_body(lab.ask("GET", "/binary").body, upstream.BINARY)
    demand(lab.ask("GET", "/empty").body == b"", "a body where there is none")
    demand(lab.ask("GET", "/status/204").status == 204, "204")
    got = lab.ask("HEAD", "/text")
    demand(got.status == 200 and got.body == b"", got)
    demand(lab.ask("GET", "/cookies").cookies == ["a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"], "cookies")


@check(RIE, GZPROXY_LAMBDA_MODE="buffered")
def buffered_shapes(lab):
    """Buffered: each front gets the document it reads, and no other front's fields."""
    v2 = lab.ask("GET", "/cookies").document
    demand(isinstance(v2.get("headers"), dict) and isinstance(v2.get("cookies"), list) and "multiValueHeaders" not in v2, v2)
    v1 = lab.ask("GET", "/cookies", event=events.v1).document
    many = {name.lower(): value for name, value in v1["multiValueHeaders"].items()}
    demand(len(many["set-cookie"]) == 2 and many["x-twice"] in (["one", "two"], ["one, two"]), v1)
    demand("cookies" not in v1, v1)
    single = lab.ask("GET", "/text", event=events.alb).document
    demand("headers" in single and not single.get("multiValueHeaders") and single["statusDescription"] == "200 OK", single)
    multi = lab.ask("GET", "/cookies", event=events.alb_multi).document
    many = {name.lower(): value for name, value in multi["multiValueHeaders"].items()}
    demand(not multi.get("headers") and len(many["set-cookie"]) == 2, multi)


@check(RIE, "origin", GZPROXY_LAMBDA_MODE="buffered")
def buffered_ceiling_is_ours(lab):
    """Buffered: what does not fit is our own 502 that names the limit, before Lambda says anything."""
    lab.goes_on()
    process = lab.model.runtimes()
    for target in ("/gzip/8MiB?ratio=1", "/gzip/8MiB?ratio=1&framing=chunked"):
        problem = demand_problem(lab.ask("GET", target), 502, "cause=response_too_large")
        demand(re.search(r"6.?291.?556", json.dumps(problem)), f"no limit in {problem}")
    problem = demand_problem(lab.ask("GET", "/gzip/2MiB?ratio=1", event=events.alb), 502, "cause=response_too_large")
    demand(re.search(r"1.?048.?576|1.?000.?000", json.dumps(problem)), f"no limit in {problem}")
    lab.goes_on(process)


@check(RIE, "origin", GZPROXY_LAMBDA_MODE="buffered")
def buffered_cut_is_a_502(lab):
    """Buffered: a cut upstream is seen before anything is answered: a 502."""
    for fault in ("cut@50%", "reset@50%", "short_length"):
        demand_problem(lab.ask("GET", f"/gzip/256KiB?fault={fault}"), 502)


# --- Running them.

class Bench:
    """The upstreams, and how to start the runtime before them."""

    def __init__(self, command, origin):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lambda-bench-"))
        self.folder.chmod(0o755)
        self.command = self.place(command)
        self.started = subprocess.Popen([origin, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
                                        stdin=subprocess.DEVNULL)
        self.origin = self.started.stdout.readline().split()[-1]
        self.special = upstream.Upstream()
        self.refused = f"http://127.0.0.1:{models.free_port()}"

    def place(self, command):
        """A single executable is put where every user can read it, as Lambda unpacks its zip."""
        if len(command) > 1:
            return command
        bootstrap = self.folder / "bootstrap"
        shutil.copy(command[0], bootstrap)
        bootstrap.chmod(0o755)
        return [str(bootstrap)]

    def close(self):
        self.special.close()
        self.started.terminate()
        self.started.wait(10)
        self.started.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, upstream_name, options):
        url = {"origin": self.origin, "special": self.special.url, "refused": self.refused}.get(upstream_name)
        return {**({"GZPROXY_UPSTREAM": url} if url else {}), **dict(options)}

    def model(self, name, setup, extra):
        upstream_name, timeout, concurrency, _, options = setup
        environment = {**self.environment(upstream_name, options), **extra}
        return models.MODELS[name](self.command, environment, timeout=timeout, concurrency=concurrency)


def run(command, origin, names, wanted=None, extra=None, report=print):
    """Runs the checks and tells of each; returns what failed, as {(model, check): reason}."""
    bench, failed = Bench(command, origin), {}
    try:
        for name in names:
            for function, where, setup in CHECKS:
                if name not in where or wanted and function.__name__ not in wanted:
                    continue
                started = time.monotonic()
                reason = one(bench, name, function, setup, extra or {})
                if reason:
                    failed[name, function.__name__] = reason
                report(f"{'FAIL' if reason else 'PASS'}  {name:13} {function.__name__:38} {time.monotonic() - started:5.1f} s"
                       + (f"\n      {reason}" if reason else ""))
    finally:
        bench.close()
    return failed


def one(bench, name, function, setup, extra):
    """Why a check fails, with the model's last words; None when it passes."""
    bench.special.asked.clear()
    model = bench.model(name, setup, extra)
    lab = Lab(model, bench.origin, bench.special)
    lab.upstream = setup[0]
    try:
        with model if setup[3] else contextlib.nullcontext():
            try:
                if setup[3] and model.concurrency > 1:
                    # Each worker has a connection of its own; the emulator refuses what finds none waiting.
                    models.wait_until(lambda: models.connections(model.api_port) >= model.concurrency, "all workers are connected")
                function(lab)
            except BaseException:
                lab.log = model.log()
                raise
    except (Wrong, models.Failed, wire.Ended, OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError,
            threading.BrokenBarrierError) as error:
        told = "" if isinstance(error, Wrong) else f"{type(error).__name__}: "
        last = getattr(lab, "log", "")[-1500:].replace("\n", "\n      | ")
        return f"{told}{error}" + (f"\n      | {last}" if last else "")
    return None
