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


def check_relay():
    """Before the dashboard's eyes: through memory, and through pipes again; the proxy's own stats say so."""
    with lab("-c", "4", "/gzip/8MiB?pace=16MiB", rows=30, columns=100) as terminal:
        terminal.wait_for("streams that are well", lambda t: number(t, "ok"))
        choose(terminal, "r", "copy")
        terminal.wait_for("that it is switched", "relay: copy (r changes it)")
        choose(terminal, "r", "auto")
        terminal.wait_for("that it is switched back", lambda t: "relay: copy" not in t.text())
        assert not number(terminal, "failed")
        quit_by_key(terminal)
        assert b"switched to --relay copy by hand" in terminal.raw, "the summary does not tell"


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


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "B": 1, "K": 2**10, "M": 2**20, "G": 2**30, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
RANKS = ("min", "mean", "p50", "p90", "p99", "p999", "max")


def is_shown(text, value):
    """Whether a figure of the screen is this value, as far as it has digits."""
    digits, unit = re.fullmatch(r"([\d.,]+) ?([A-Za-z]+)(?:/s)?", text).groups()
    last = 10.0 ** -len(digits.partition(".")[2])
    return abs(float(digits.replace(",", "")) * UNITS[unit] - value) <= last * UNITS[unit]


def figures(terminal):
    """What the screen says of a run that is over: totals, times, failures."""
    totals = {name: number(terminal, name) for name in ("streams", "ok", "failed", "502s", "invalid", "cut by us")}
    sizes = dict(re.findall(r"(wire|decoded) +([\d.]+ \w+) ", terminal.screen.display[4]))
    view(terminal, 3)
    terminal.wait_for("times", lambda t: re.search(r"ttlb +last byte +\d", t.text()))
    times = {}
    for line in terminal.screen.display:
        row = re.match(r"[▸ ] (\w+) .*?  (\d+)((?: +[\d.]+[a-zA-Z/]+){7})", line)
        if row:
            times[row[1]] = (int(row[2]), row[3].split())
    view(terminal, 4)
    kinds = re.findall(r"^[▸ ](\S[^\n]*?)  +(\d+) +\S+ +\d:\d\d:\d\d", terminal.text(), re.MULTILINE)
    return {"totals": totals, "sizes": sizes, "times": times, "kinds": {kind: int(count) for kind, count in kinds}}


def compare(shown, report):
    """Every figure of the screen with the report's."""
    totals = report["totals"]
    invalid = sum(count for verdict, count in report["gzip"].items() if verdict not in ("valid", "unchecked"))
    wanted = {"streams": totals["streams"], "ok": totals["ok"], "failed": totals["failed"], "invalid": invalid,
              "502s": report["status"].get("502", 0), "cut by us": totals["cut_by_deadline"]}
    assert shown["totals"] == wanted, f"on the screen {shown['totals']}, in the report {wanted}"
    for name, text in shown["sizes"].items():
        assert is_shown(text, totals["bytes_" + name]), f"{name}: {text} for {totals}"
    assert set(shown["sizes"]) == {"wire", "decoded"}, shown
    kinds = {f"{status} {cause}": count for status, causes in report["http_causes"].items() for cause, count in causes.items()}
    kinds.update((verdict, count) for verdict, count in report["gzip"].items() if verdict not in ("valid", "unchecked"))
    broken = {outcome: count for outcome, count in report["transport"].items() if outcome != "complete"}
    # A body without its end is what a broken transport leaves: such a stream is named once.
    truncated = kinds.pop("truncated", 0) - sum(broken.values())
    kinds.update(broken, **({"truncated": truncated} if truncated > 0 else {}))
    assert shown["kinds"] == kinds, f"on the screen {shown['kinds']}, in the report {kinds}"
    latency = dict(report["latency_seconds"], throughput=report["throughput_bytes_per_second"])
    assert set(shown["times"]) == set(latency), f"on the screen {list(shown['times'])}, in the report {list(latency)}"
    for metric, (count, texts) in shown["times"].items():
        assert count == latency[metric]["count"], f"{metric}: {count} on the screen, {latency[metric]}"
        for rank, text in zip(RANKS, texts):
            assert is_shown(text, latency[metric][rank]), f"{metric} {rank}: {text} on the screen, {latency[metric]}"


# What two runs of one plan have in common; their times, and which body was proven first, are their own.
SAME = ("totals", "status", "protocol", "transport", "gzip", "http_causes")


def replayed(path):
    """The figures of a record that was played to its end."""
    with shown("--replay", path, rows=40, columns=120) as terminal:
        terminal.wait_for("the end of the record", "the end of the record", 20)
        found = figures(terminal)
        quit_by_key(terminal)
    return found


def check_figures_equal():
    """One plan by gztop, by gzload: screens, reports, records and the origin have the same streams, bytes, causes and times."""
    with tempfile.TemporaryDirectory() as folder, server("gzorigin", "--listen", "127.0.0.1:0") as origin:
        path = lambda name: os.path.join(folder, name)
        urls = [origin + "/gzip/256KiB", origin + "/gzip/1MiB?seed=2", origin + "/gzip/64KiB?fault=crc",
                origin + "/gzip/512KiB?fault=cut@30%", origin + "/front/function-url-502"]
        plan = ["-c", "4", "-n", "60", "--output-format", "json", "--seed", "7"]
        start = stats(origin)
        with shown(*plan, "--record", path("R"), "-o", path("J"), *urls, rows=40, columns=120) as terminal:
            terminal.wait_for("its end", "FINISHED", 20)
            screen = figures(terminal)
            quit_by_key(terminal, 99)
        middle = stats(origin)
        run = subprocess.run([os.path.join(BIN, "gzload"), *plan, "--no-progress", "--record", path("S"), "-o", path("L"), *urls],
                             env=PLAIN, capture_output=True, text=True, timeout=30)
        assert run.returncode == 99, run
        end = stats(origin)
        gztop, gzload = (json.load(open(path(name))) for name in "JL")
        counters = final(path("R"))
        compare(screen, gztop)
        played = replayed(path("R"))
        assert played == screen, f"live {screen}\nplayed {played}"
        compare(replayed(path("S")), gzload)
    for name in SAME:
        assert gztop[name] == gzload[name], f"{name}: gztop {gztop[name]}, gzload {gzload[name]}"
    totals = gztop["totals"]
    recorded = {"streams": counters["streams"], "ok": counters["ok"], "failed": counters["failed"],
                "bytes_wire": counters["wire"], "bytes_decoded": counters["decoded"], "cut_by_deadline": counters["cut"]}
    assert recorded == totals, f"in the record {recorded}, in the report {totals}"
    for before, after in ((start, middle), (middle, end)):
        whole = gztop["transport"]["complete"]
        assert served(before, after) == (whole, totals["bytes_wire"]), f"{served(before, after)}, {whole} of {totals}"
    return f"{totals['streams']} streams, {totals['bytes_wire']} bytes, {len(screen['kinds'])} causes, {len(screen['times'])} distributions"
