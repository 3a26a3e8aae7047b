"""Writes records (gzload-events/1) of as many streams as one wants: Docs/record.md tells the form."""

import json

SIZE = 262_375


def counters(ended):
    return {
        "streams": ended, "ok": ended, "failed": 0, "cut": 0, "warm_up": 0, "late": 0, "dropped": 0, "repeated": 0, "wire": ended * SIZE,
        "decoded": ended * 4 * SIZE, "status": {"200": ended} if ended else {}, "protocol": {"http/1.1": ended} if ended else {},
        "transport": {"complete": ended} if ended else {}, "verdict": {"valid": ended} if ended else {},
        "treatment": {"full": ended} if ended else {}, "missed": {}, "cause": {},
    }


def sample(kind, time, phase, lanes, active, ended, **more):
    memory = {"samples": 1, "source": "a record that was generated", "rss": 1 << 25, "peak": 1 << 25, "age": 0.1}
    client = {"cpu": 0.1, "busy": 0.01, "now": 0.01, "rss_peak": 1 << 25, "threads": 1}
    return {"e": kind, "t": time, "phase": phase, "lanes": lanes, "active": active, "counters": counters(ended), "memory": memory,
            "instances": {}, "client": client, **more}


def events(lanes):
    """On each lane a stream; every other one has ended after a second, the others still run when the record ends."""
    yield {"schema": "gzload-events/1", "tool": "gzload 0.1.0", "started_at": "2026-01-01T00:00:00.000Z", "targets": ["http://127.0.0.1:1/generated"],
           "method": "GET", "validate": "compare", "concurrency": lanes}
    for lane in range(lanes):
        yield {"e": "begin", "t": 1000 + lane, "s": lane + 1, "l": lane}
        yield {"e": "head", "t": 2000 + lane, "s": lane + 1, "l": lane, "st": 200, "x": SIZE, "in": f"env-{lane % 8}", "id": f"request-{lane:08}"}
    ended = 0
    for lane in range(0, lanes - lanes % 2, 2):
        ended += 1
        yield {"e": "end", "t": 1_000_000 + lane, "s": lane + 1, "l": lane, "b": 1000 + lane, "st": 200, "x": SIZE, "v": "valid", "k": "full", "n": SIZE,
               "m": 4 * SIZE, "fh": 1000, "fb": 1100, "lb": 900_000, "gp": 20_000, "in": f"env-{lane % 8}", "id": f"request-{lane:08}"}
    yield sample("sample", 1_500_000, "running", lanes, lanes - ended, ended)
    yield sample("final", 2_000_000, "finished", lanes, lanes - ended, ended, interrupted=True, thresholds=[], notes=[])


def write_record(path, lanes):
    with open(path, "w") as record:
        for event in events(lanes):
            record.write(json.dumps(event, separators=(",", ":")) + "\n")
