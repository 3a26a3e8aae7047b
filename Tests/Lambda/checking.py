"""What the checks of a runtime are written with: a Lab, what its client gets, and what is demanded of it.

A check is a function of a Lab; its docstring is what it demands. `@check(models, …)` says under which models it runs and
with which options of the runtime's environment. What the caller gets is compared with what the upstream serves when it is
asked directly, with curl.
"""
import base64
import hashlib
import json
import os
import re
import subprocess

import events
import processes

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
        return self.understood(self.raw(method, target, headers, body, event))

    def raw(self, method, target, headers=(), body=None, event=events.v2):
        """The reply as it is, failed or not."""
        if self.model.interprets:
            return self.model.http(method, target, body, headers)
        return self.model.invoke(event(method, target, headers, body))

    def understood(self, reply):
        if self.model.interprets:
            demand(reply.cut is None, f"the body was cut: {reply}")
            return self.seen(reply)
        demand(reply.status == 200 and reply.cut is None, f"the emulator says {reply}")
        demand(reply.header("error-type") is None, f"the emulator says {reply.header('error-type')}: {reply}")
        return understand(reply.body)

    def seen(self, reply):
        return Answer(reply.status, reply.headers, reply.all("set-cookie"), reply.body, True)

    def goes_on(self, process=None):
        """The next invocation is answered, and by the same process if that is asked for."""
        target, body = self.small()
        # Managed Instances have no queue: the question of the worker that is through may still be on its way.
        got = self.understood(processes.wait_until(lambda: self.served(target), "a worker asks for more"))
        demand(got.status == 200 and got.body == body, f"the next invocation: {got}")
        if process is not None:
            demand(self.model.runtimes() == process, f"the process {process} is now {self.model.runtimes()}")

    def served(self, target):
        """The reply, or none where no worker was there to give it."""
        reply = self.raw("GET", target)
        return None if b"Runtime.Unavailable" in reply.body else reply

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
