"""What reaches the client of a response that the upstream finished."""
import re
import socket
import time

from checking import EVERY, HOP_BY_HOP, INTERPRETED, RIE, check, demand, demand_body, direct


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
