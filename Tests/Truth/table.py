"""The table of Docs/truth.md, as text that is the same for every run in which the tools say the same."""
from dataclasses import dataclass
from itertools import groupby

import peers

HEADER = """# Who calls what a success

Every way in which gzorigin's responses go wrong, shown to the tools people load and check servers with. Made by
`make bench-truth` over loopback; no line of it is written by hand.

- **What is true** is found by a reader of the bare bytes (`Tests/Truth/oracle.py`: a socket and zlib), not by any of the tools.
- A cell says what the tool says of its {requests} requests (curl: one), and its exit code: `ok` is a success with exit code 0.
  **What is bold is wrong**: a broken response called a success, or a healthy one a failure. `fails, exit 0` is a failure that
  only a reader of the output sees.
- Each tool is asked in the way that lets it see most: curl with `--fail`, k6 with the threshold `http_req_failed: rate==0`,
  gzload with `--expect gzip`, all with `Accept-Encoding: gzip`, and with a time-out where they have one. One that still runs after {killed} s is killed.
- ab speaks HTTP/1.0: what is chunked for the others comes to it without framing.
- wrk, ab, h2load and siege never inflate a body, and do not claim to; hey inflates it and drops the error.
- Not run, since no package of them is at hand: oha, vegeta, bombardier, plow, fortio.

Versions: {versions}.

"""


@dataclass(frozen=True)
class Cell:
    """What a peer says of one response."""
    text: str
    succeeds: bool

    @staticmethod
    def of(said, judged):
        if said.killed:
            return Cell("hangs, killed", False)
        if judged is None:
            return Cell(f"aborts, exit {said.exit}", False)
        succeeded, failed, word = judged
        if said.exit == 0 and failed == 0 and succeeded > 0:
            return Cell("ok", True)
        if failed == 0 and succeeded > 0:
            return Cell(f"ok, exit {said.exit}", False)
        return Cell(f"fails{' ' + word if word else ''}, exit {said.exit}", False)


@dataclass(frozen=True)
class Verdict:
    """What gzload says of one response, and whether all its streams were the same."""
    passed: bool
    text: str
    # (status, transport, gzip) of every stream; None where they differ.
    found: tuple

    @property
    def succeeds(self):
        return self.passed

    @staticmethod
    def read(exit_code, report):
        streams = report["totals"]["streams"]
        same = [
            next((key for key, count in report[group].items() if count == streams), None)
            for group in ("status", "transport", "gzip")
        ]
        status, transport, gzip = same
        causes = sorted({cause for group in report["http_causes"].values() for cause in group})
        words = [status] if status and int(status) >= 400 else []
        words += causes
        words += [gzip] if gzip != "unchecked" else []
        words += [transport] if transport != "complete" else []
        failed = report["totals"]["failed"]
        passed = exit_code == 0 and failed == 0
        # A run that passes some streams, or fails without saying so in its exit code, is of no use to CI.
        honest = streams == peers.REQUESTS and (passed or (exit_code == 99 and failed == streams)) and "unknown" not in causes
        return Verdict(
            passed, ("passed: " if passed else "failed: ") + " ".join(f"`{word}`" for word in words),
            (int(status), transport, gzip) if honest and None not in same else None)


@dataclass(frozen=True)
class Row:
    case: object
    truth: object
    # Peers', then gzload's.
    cells: list

    @property
    def texts(self):
        shown = []
        for cell in self.cells[:-1]:
            false = cell.succeeds != self.truth.whole
            shown.append(f"**{cell.text}**" if false else cell.text)
        return [*shown, self.cells[-1].text]


def wrong(rows):
    """A line for each response that gzload does not call what it is."""
    lines = []
    for row in rows:
        truth, verdict = row.truth, row.cells[-1]
        if verdict.found != (truth.status, truth.transport, truth.gzip) or verdict.passed != truth.whole:
            lines.append(f"{row.case.path} is {truth.words}; gzload says {verdict.text}")
    return lines


def page(rows, columns, versions):
    stated = ", ".join(dict.fromkeys(f"{program} {version}" for program, version in versions))
    text = HEADER.format(requests=peers.REQUESTS, killed=peers.KILLED_AFTER, versions=stated)
    return text + render(rows, columns) + summary(rows, columns)


def render(rows, columns):
    text = line(["gzorigin sends", "framing", "what is true", *columns, "gzload"])
    text += "|" + "---|" * (len(columns) + 4) + "\n"
    # Framings of which all tools say the same share a row.
    for (title, words, *texts), group in groupby(rows, key=lambda row: (row.case.title, row.truth.words, *row.texts)):
        text += line([title, ", ".join(row.case.framing for row in group) or "–", words, *texts])
    return text


def summary(rows, columns):
    broken = [row for row in rows if not row.truth.whole]
    healthy = [row for row in rows if row.truth.whole]
    text = (f"\nEach framing counted, {len(broken)} of these responses are broken and {len(healthy)} healthy:\n\n"
            "| tool | broken, called a success | broken, and exit 0 all the same | healthy, called a failure |\n"
            "|---|---|---|---|\n")
    for index, name in enumerate([*columns, "gzload"]):
        missed = sum(row.cells[index].succeeds for row in broken)
        unheard = sum(row.cells[index].text.endswith("exit 0") for row in broken)
        false = sum(not row.cells[index].succeeds for row in healthy)
        text += line([name, str(missed), str(unheard), str(false)])
    alarms = [(name, row.case.framing) for index, name in enumerate(columns) for row in healthy
              if not row.cells[index].succeeds]
    if alarms:
        listed = ", ".join(f"{name} ({framing})" for name, framing in alarms)
        text += f"\nCalled a failure even when healthy, so that their failures with that framing say nothing: {listed}.\n"
    return text


def line(cells):
    return "| " + " | ".join(cells) + " |\n"
