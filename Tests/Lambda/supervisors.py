"""What a supervisor does to one scripted runtime: the Runtime API's side of an emulator, case by case.

    supervisors.py observe MODEL              what MODEL does, as JSON
    supervisors.py compare [--callers] A B    what differs, of two MODELs or files observed before; exit 1 if anything does

differences.json holds the differences that are meant; any other fails, and so does one of them that is gone.
compare looks at the runtime's side: what it was told, in which process, and whether the supervisor went on. Callers of an
emulator of the API get other answers than those of a front; --callers compares them too.

Ids, times and ports are taken out, so that what is left is what a runtime can tell two supervisors apart by.
"""
import concurrent.futures
import json
import pathlib
import re
import shutil
import sys
import tempfile

import models
import processes

OVER = 6 * 1024 * 1024 + 100 + 1
# name, event, what is special about it, the modes it is for.
BOTH, CLASSIC, MANAGED = ("classic", "managed"), ("classic",), ("managed",)
CASES = [
    ("whole", {"do": "whole"}, {}, BOTH),
    ("buffered", {"do": "buffered"}, {}, BOTH),
    ("error", {"do": "error"}, {}, BOTH),
    ("error-type-refused", {"do": "error", "type": "Runtime.X"}, {}, BOTH),
    ("error-type-of-a-function", {"do": "error", "type": "Function.lower"}, {}, BOTH),
    ("trailers", {"do": "trailers"}, {}, BOTH),
    ("trailers-type-refused", {"do": "trailers", "type": "nonsense"}, {}, BOTH),
    ("trailers-bad-base64", {"do": "trailers", "body": "bad"}, {}, BOTH),
    ("reset", {"do": "reset"}, {"timeout": 2}, BOTH),
    ("fin", {"do": "fin"}, {"timeout": 2}, BOTH),
    ("half-close", {"do": "half_close"}, {"timeout": 2}, BOTH),
    ("size-at-the-limit", {"do": "large", "size": OVER - 1}, {"buffered": True}, BOTH),
    ("size-over-the-limit", {"do": "large", "size": OVER}, {"buffered": True}, BOTH),
    ("streamed-over-the-limit", {"do": "whole", "size": OVER}, {"buffered": True}, BOTH),
    ("mode-unknown", {"do": "mode"}, {"timeout": 2}, BOTH),
    ("second-response", {"do": "twice"}, {}, BOTH),
    ("error-after-response", {"do": "error_after"}, {}, BOTH),
    ("response-after-error", {"do": "after_error"}, {}, BOTH),
    ("unknown-request", {"do": "wrong_id"}, {}, BOTH),
    ("another-attempt", {"do": "wrong_attempt"}, {}, BOTH),
    ("attempt-not-said", {"do": "without_attempt"}, {}, BOTH),
    ("init-error-too-late", {"do": "init_error_late"}, {}, BOTH),
    ("ping", {"do": "ping"}, {}, BOTH),
    ("path-unknown", {"do": "unknown"}, {}, BOTH),
    ("next-twice", {"do": "next_twice"}, {}, CLASSIC),
    ("late", {"do": "late", "sleep": 2}, {"timeout": 1}, BOTH),
    ("exit-before-a-response", {"do": "exit"}, {}, BOTH),
    ("exit-in-a-response", {"do": "exit", "begun": 1}, {}, BOTH),
    ("exit-0", {"do": "exit", "code": 0}, {}, BOTH),
    ("init-error", {"do": "whole"}, {"init": "error"}, BOTH),
    ("init-exit", {"do": "whole"}, {"init": "exit"}, BOTH),
    ("all-workers-busy", {"do": "late", "sleep": 1}, {"concurrency": 1, "together": 2}, MANAGED),
]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Of an answer's headers, those a client's behaviour hangs on.
HEADERS = ("content-type", "connection", "transfer-encoding", "error-type", "lambda-runtime-function-response-mode")
DELIVERY = ("content-type", "lambda-runtime-aws-request-id", "lambda-runtime-deadline-ms", "lambda-runtime-trace-id",
            "lambda-runtime-invoked-function-arn", "lambda-runtime-invocation-id", "lambda-runtime-client-context",
            "lambda-runtime-cognito-identity", "lambda-runtime-aws-tenant-id")


def plain(text):
    """Without what differs from run to run; a long body is its length."""
    text = UUID.sub("ID", text).rstrip("\n")
    return text if len(text) <= 400 else f"{len(text)} characters"


def exchange(record, pids):
    """One call of the runtime, as a comparison sees it."""
    seen = {"process": pids.setdefault(record["pid"], len(pids) + 1), "call": record["call"]}
    if "failed" in record:
        return {**seen, "failed": re.sub(r"\(.*", "", record["failed"]) if "(" in record["failed"] else record["failed"]}
    if "status" not in record:
        return seen
    if record["call"] == "next" and record["status"] == 200:
        return {**seen, "status": 200, "headers": sorted(name for name in DELIVERY if name in record["headers"])}
    headers = {name: value for name, value in record["headers"].items() if name in HEADERS}
    return {**seen, "status": record["status"], "headers": headers, "body": plain(record["body"])}


def caller(model, event):
    try:
        reply = model.invoke(event, timeout=15)
    except (OSError, models.wire.Ended) as error:
        return {"failed": type(error).__name__}
    headers = {name.lower(): value for name, value in reply.headers if name.lower() in HEADERS and name.lower() != "connection"}
    seen = {"status": reply.status, "headers": headers, "body": plain(reply.body.decode("utf-8", "replace"))}
    return {**seen, "cut": reply.cut} if reply.cut else seen


def stage(folder):
    """The scripted runtime where every user can read it, and its log where every user can write."""
    folder.chmod(0o755)
    for name in ("scripted.py", "scripted_worker.py", "runtime_api.py", "wire.py"):
        shutil.copy(models.HERE / name, folder)
        (folder / name).chmod(0o644)
    log = folder / "exchanges"
    log.touch()
    log.chmod(0o666)
    return [processes.python(), "-B", str(folder / "scripted.py")], log


def observe(make, case):
    name, event, special, _ = case
    folder = pathlib.Path(tempfile.mkdtemp(prefix="scripted-"))
    try:
        command, log = stage(folder)
        environment = {"SCRIPTED_LOG": log}
        if "init" in special:
            environment["SCRIPTED_INIT"] = special["init"]
        together = special.get("together", 1)
        model = make(command, environment, timeout=special.get("timeout", 20), concurrency=special.get("concurrency", 4))
        model.may_end = "init" in special
        # AWS's emulator has no front that streams: its ceiling is a buffered one's.
        model.invoke_mode = "buffered" if "buffered" in special else "stream"
        with model:
            if make.concurrency > 1 and "init" not in special:
                processes.wait_until(lambda: model.idle() or model.process.poll() is not None, "a worker waits for work")
            if make is models.Managed and "init" in special:
                # It comes up first and takes invocations afterwards: without it, there is nobody to ask.
                model.process.wait(10)
            with concurrent.futures.ThreadPoolExecutor(together) as pool:
                got = list(pool.map(lambda _: caller(model, event), range(together)))
            # With a moment for what comes after the caller has its answer.
            processes.settle(log, special.get("timeout", 0) + 2 if name == "late" else 0.3)
            after = caller(model, {"do": "whole"})
            processes.settle(log, 0.3)
            ended = model.process.poll() is not None
        pids = {}
        lines = [exchange(json.loads(line), pids) for line in log.read_text().splitlines()]
        return {"caller": sorted(got, key=json.dumps) if together > 1 else got[0],
                "runtime": fold(lines), "next invocation": after, "supervisor ended": ended}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fold(lines):
    """A call that is made again and again with one answer is one line: how often is a matter of time."""
    folded = []
    for line in lines:
        if folded and folded[-1] == line and line.get("status") != 200:
            continue
        folded.append(line)
    return folded


def known_cases(model):
    """The cases for a model's mode, or all of a file's."""
    if model.endswith(".json"):
        return list(json.loads(pathlib.Path(model).read_text()))
    return [case for case in CASES if ("managed" if models.MODELS[model].concurrency > 1 else "classic") in case[3]]


def observe_all(model):
    make = models.MODELS[model]
    # Most of the time of a case is waiting.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wanted = known_cases(model)
        return dict(zip((case[0] for case in wanted), pool.map(lambda case: observe(make, case), wanted)))


def differences(left, right, parts):
    for name in [*left, *(set(right) - set(left))]:
        if name not in left or name not in right:
            yield name, "only one of them has it"
            continue
        for part in parts:
            one, other = left[name].get(part), right[name].get(part)
            lines = list(unlike(one, other))
            if lines:
                yield name, f"{part}\n" + "\n".join(lines)


def unlike(one, other):
    """The lines of two lists that differ, or the two values."""
    if not isinstance(one, list) or not isinstance(other, list):
        one, other = [one], [other]
    for at in range(max(len(one), len(other))):
        pair = [side[at] if at < len(side) else None for side in (one, other)]
        if pair[0] != pair[1] and not delivers_more(*pair):
            yield "\n".join(f"  {mark} {'-' if side is None else json.dumps(side)}" for mark, side in zip("<>", pair))


def delivers_more(one, other):
    """Two deliveries of an event, of which the other has all headers that one has: AWS's emulator has no traces, and its
    classic mode names no attempts, though Lambda does.
    """
    return (isinstance(one, dict) and isinstance(other, dict) and one.get("call") == other.get("call") == "next"
            and one.get("status") == other.get("status") == 200 and one["process"] == other["process"]
            and set(one["headers"]) <= set(other["headers"]))


def known(name):
    return json.loads(pathlib.Path(name).read_text()) if name.endswith(".json") else observe_all(name)


def accepted(one, other):
    """The differences that are meant, with why: {case: reason}."""
    meant = json.loads((models.HERE / "differences.json").read_text())
    return meant.get(f"{one} {other}", {})


def compare(one, other, parts):
    """What differs and is not meant, and what is meant and does not differ, as lines."""
    meant, met = accepted(one, other), set()
    for name, told in differences(known(one), known(other), parts):
        met.add(name)
        if name not in meant:
            yield f"{name}: {told}"
    for name in sorted(set(meant) - met):
        yield f"{name}: no longer differs; take it out of differences.json"


def main(arguments):
    parts = ["runtime", "supervisor ended"]
    if "--callers" in arguments:
        arguments.remove("--callers")
        parts += ["caller", "next invocation"]
    if arguments[:1] == ["observe"] and len(arguments) == 2:
        print(json.dumps(observe_all(arguments[1]), indent=1))
        return 0
    if arguments[:1] == ["compare"] and len(arguments) == 3:
        found = list(compare(*arguments[1:], parts))
        for line in found:
            print(line)
        print(f"FAIL  {len(found)} differences" if found else
              f"PASS  {len(known_cases(arguments[1]))} cases alike, but for what differences.json names: "
              + (", ".join(sorted(accepted(*arguments[1:]))) or "nothing"))
        return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except processes.Failed as failure:
        sys.exit(f"lambda: {failure}")
