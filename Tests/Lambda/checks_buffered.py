"""Buffered responses: one JSON document, of a size that Lambda takes."""
import json
import re

import events
import upstream
from checking import EVERY, RIE, check, demand, demand_body, demand_problem, direct


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
