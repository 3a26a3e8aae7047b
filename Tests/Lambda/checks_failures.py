"""What a failure looks like, before the head and in the body, and that the next invocation is served."""
import concurrent.futures
import json
import os
import re
import signal
import time

import events
import processes
import wire
from checking import (
    CLASSIC, EVERY, FUNCTION_ERROR, FUNCTION_ERROR_OR_RUNTIME, MANAGED, RIE, check, demand, demand_problem, digest,
    direct, understand)


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
        processes.wait_until(lambda: not model.runtimes(), "the runtime ends", 10)
        processes.wait_until(lambda: "GZPROXY_UPSTREAM" in model.log(), "its log names it", 5)
        if model.name == "rie-managed":
            model.process.wait(10)
            said = re.search(r'"Received Init error" err=(\S+)', model.log())
            demand(said and FUNCTION_ERROR_OR_RUNTIME.fullmatch(said[1]), f"no init error: {model.log()[-2000:]}")
            demand(said[1] not in ("Runtime.ExitError", "Runtime.Unknown"), f"it ended without saying why: {said[1]}")


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


def demand_failure(lab, fault, reply):
    """What AWS's emulator makes of a reset upload."""
    if lab.model.name == "rie-managed":
        demand(reply.header("error-type") == "Runtime.TruncatedResponse", f"{fault}: {reply}")
        demand(json.loads(reply.body) == {"errorType": "Runtime.TruncatedResponse"}, f"{fault}: {reply}")
        return
    # The classic one has lost its way: whoever asks for the next event is refused until the invocation's time is up, which its
    # caller waits for. So a process that serves one at a time ends at that 403, and the caller is told at once.
    demand(reply.status == 502, f"{fault}: {reply}")
    demand(json.loads(reply.body).get("errorType") == "Runtime.ExitError", f"{fault}: {reply}")
    processes.wait_until(lambda: re.search(r"/next\b.*\b403\b", lab.model.log()), "the runtime says that /next was refused", 5)


def reply_or_none(lab, target):
    """None where cargo-lambda closes its caller's connection before a head; nobody else may do that."""
    try:
        return lab.raw("GET", target)
    except wire.Ended:
        if lab.model.name != "cargo-lambda":
            raise
        return None


@check(EVERY, "origin", timeout=4, GZPROXY_ABORT="reset")
def cut_by_reset(lab):
    """A cut upstream, abort by reset: no model may take the response for a whole one, AWS's say within a second which failure
    it was, and the next one is served.
    """
    for fault in ("cut@50%", "reset@50%", "short_length"):
        lab.goes_on()
        process = lab.model.runtimes()
        began = time.monotonic()
        reply = reply_or_none(lab, f"/gzip/256KiB?fault={fault}")
        took = time.monotonic() - began
        if lab.model.name in RIE:
            demand_failure(lab, fault, reply)
            demand(took < 1, f"{fault}: told after {took:.3f} s: {reply}")
        else:
            # A reset takes what was not read yet with it, the prelude too: cargo-lambda then answers 500, or not at all.
            demand(reply is None or reply.cut or reply.status == 500, f"{fault}: the body ended as if whole: {reply}")
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
        lab.special.wait_for("/slow")
        for pid in process:
            os.kill(pid, signal.SIGSTOP)
        try:
            demand(reply.result(30).header("error-type") == "Sandbox.Timedout", reply.result())
        finally:
            for pid in process:
                os.kill(pid, signal.SIGCONT)
    processes.wait_until(lambda: "too late" in lab.model.log(), "the emulator sees the late answer")
    lab.goes_on(process)


@check(RIE)
def killed_process_is_an_exit_error(lab):
    """A killed process fails what is in flight; classic Lambda starts another."""
    lab.goes_on()
    process = lab.model.runtimes()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        reply = pool.submit(lab.raw, "GET", "/slow?sleep=5")
        lab.special.wait_for("/slow")
        for pid in process:
            processes.kill(pid)
        got = reply.result(30)
    demand(b"Runtime.ExitError" in got.body, got)
    if lab.model.name == "rie-classic":
        lab.goes_on()
        demand(set(lab.model.runtimes()).isdisjoint(process), "the same process")
