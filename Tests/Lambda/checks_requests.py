"""What reaches the upstream of the events of every front."""
import base64
import json

import events
import upstream
from checking import EVERY, RIE, check, demand, demand_body, understand


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
