"""What the honest runtime asks its upstream: an event as a request, and the response to it."""
import base64
import json
import os
import socket
import time
import urllib.parse

import wire

BREAK = os.environ.get("HONEST_BREAK", "")
UPSTREAM = os.environ.get("GZPROXY_UPSTREAM", "")
STREAM_LIMIT = 200_000_000
DROPPED = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection",
           "proxy-authorization", "content-length"}


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
