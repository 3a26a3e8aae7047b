"""What a person does to a running load: faults, reports, records; and whether the figures are those of gzload and the origin."""

import json
import os
import re
import subprocess
import tempfile
import urllib.request

from lab import BIN, choose, lab, number, quit_by_key, server, shown, type_line, view
from terminal import PLAIN

FAILED = re.compile(r"FAILED \d+: (cut|truncated) \d+")


def check_fault():
    with lab("-c", "4", "/gzip/2MiB?pace=2MiB", rows=30, columns=100) as terminal:
        terminal.wait_for("streams that are well", lambda t: number(t, "ok"))
        choose(terminal, "!", "cut")
        terminal.wait_for("what it did", lambda t: FAILED.search(t.text()), 15)
        terminal.wait_for("that it is injected", "injected: cut")
        view(terminal, 4)
        terminal.wait_for("its kind, and what it means", lambda t: re.search(r"▸cut +\d", t.text()) and "the connection ended" in t.text())
        view(terminal, 1)
        choose(terminal, "!", "nothing")
        terminal.wait_for("nothing injected any more", lambda t: "injected: " not in t.text())
        failed, ok = number(terminal, "failed"), number(terminal, "ok")

        def calm(terminal):
            nonlocal failed, ok
            if number(terminal, "failed") != failed:
                failed, ok = number(terminal, "failed"), number(terminal, "ok")
            return number(terminal, "ok") >= ok + 16

        terminal.wait_for("sixteen good streams and no failure between them", calm, 15)
        marked = lambda t: [line for line in t.screen.display if line.startswith(("! ", "▸!"))]
        assert marked(terminal), "failures that nobody has seen have no mark"
        terminal.write("A")
        terminal.wait_for("no mark", lambda t: not marked(t))
        assert number(terminal, "failed") == failed
        choose(terminal, "!", "naive")
        terminal.wait_for("the classic 502", lambda t: number(t, "502s"), 15)
        quit_by_key(terminal, 99)
        assert b"fault cut was injected by hand" in terminal.raw, "the summary does not tell"


def check_reports():
    formats = {"json": "{", "text": "", "csv": "stream,", "html": "<", "junit": "<?xml", "markdown": "", "prometheus": "# ", "ndjson": "{"}
    with tempfile.TemporaryDirectory() as folder, lab("-c", "4", "/gzip/64KiB?pace=64KiB", columns=120) as terminal:
        terminal.wait_for("ended streams", lambda t: number(t, "ok"))
        for name, start in formats.items():
            choose(terminal, "s", name)
            path = os.path.join(folder, name)
            type_line(terminal, path)
            terminal.wait_for(f"that {name} was written", f"report written: {path}")
            with open(path) as report:
                text = report.read()
            assert text and text.startswith(start), f"{name}: {text[:80]!r}"
        report = json.load(open(os.path.join(folder, "json")))
        totals = report["totals"]
        assert report["schema"] == "gzload/1" and totals["ok"] >= 1 and totals["failed"] == 0, totals
        choose(terminal, "s", "json")
        type_line(terminal, os.path.join(folder, "no", "such", "folder"))
        terminal.wait_for("why it cannot be written", lambda t: "No such file" in t.text() or "cannot" in t.text())
        quit_by_key(terminal)
    return ", ".join(formats)


def stats(address):
    """What the origin has served, and the size of this answer, which is in the next one."""
    with urllib.request.urlopen(address + "/stats", timeout=5) as answer:
        text = answer.read()
    return json.loads(text), len(text)


def final(path):
    with open(path) as record:
        last = json.loads(record.readlines()[-1])
    assert last["e"] == "final", last
    return last["counters"]


def served(before, after):
    (old, size), (new, _) = before, after
    return new["completed_bodies"] - old["completed_bodies"] - 1, new["body_bytes"] - old["body_bytes"] - size


def check_figures_equal():
    """One plan by gztop, by gzload: their reports, the record and the origin have the same streams and bytes."""
    with tempfile.TemporaryDirectory() as folder, server("gzorigin", "--listen", "127.0.0.1:0") as origin:
        path = lambda name: os.path.join(folder, name)
        urls = [origin + "/gzip/256KiB", origin + "/gzip/1MiB?seed=2", origin + "/gzip/64KiB?fault=crc"]
        plan = ["-c", "4", "-n", "60", "--output-format", "json", "--seed", "7"]
        start = stats(origin)
        with shown(*plan, "--record", path("R"), "-o", path("J"), *urls) as terminal:
            terminal.wait_for("its end", "FINISHED", 20)
            screen = {name: number(terminal, name) for name in ("streams", "ok", "failed")}
            quit_by_key(terminal, 99)
        middle = stats(origin)
        run = subprocess.run([os.path.join(BIN, "gzload"), *plan, "--no-progress", "-o", path("L"), *urls], env=PLAIN,
                             capture_output=True, text=True, timeout=30)
        assert run.returncode == 99, run
        end = stats(origin)
        gztop, gzload = (json.load(open(path(name)))["totals"] for name in "JL")
        counters = final(path("R"))
    assert gztop == gzload, f"gztop {gztop}, gzload {gzload}"
    assert screen == {name: gztop[name] for name in screen}, f"on the screen {screen}, in the report {gztop}"
    recorded = {"streams": counters["streams"], "ok": counters["ok"], "failed": counters["failed"],
                "bytes_wire": counters["wire"], "bytes_decoded": counters["decoded"], "cut_by_deadline": counters["cut"]}
    assert recorded == gztop, f"in the record {recorded}, in the report {gztop}"
    for before, after in ((start, middle), (middle, end)):
        assert served(before, after) == (gztop["streams"], gztop["bytes_wire"]), f"{served(before, after)}, {gztop}"
    return f"{gztop['streams']} streams, {gztop['bytes_wire']} bytes"
