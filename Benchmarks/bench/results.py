"""Tables as Markdown, and their places in RESULTS.md: each between markers, so that a command replaces only its own."""
import re
from dataclasses import dataclass, field

from . import rounds

TITLE = "# Side by side: the figures\n"


@dataclass(frozen=True)
class Row:
    """A program and what was measured of it: one list of values, a round each, for each column."""
    name: str
    columns: dict


@dataclass(frozen=True)
class Table:
    heading: str
    rows: list
    # Least and most beside every median; too much where columns are many.
    spread: bool = True


@dataclass
class Section:
    """A figure as it is printed."""
    figure: str
    title: str
    tables: list = field(default_factory=list)
    checks: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    profiles: list = field(default_factory=list)


def digits(value):
    """Three that matter, without an exponent."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def spread(values):
    return f"{digits(min(values))}–{digits(max(values))}"


def table(head, lines):
    """The first column is names, the others are numbers."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *lines]) + "\n"


def rows_table(shown):
    columns = list(dict.fromkeys(name for row in shown.rows for name in row.columns))
    head = [shown.heading]
    for name in columns:
        head += [name, "min–max"] if shown.spread else [name]
    lines = []
    for row in shown.rows:
        line = [row.name]
        for name in columns:
            values = row.columns.get(name)
            both = [digits(rounds.median(values)), spread(values)] if values else ["—", "—"]
            line += both if shown.spread else both[:1]
        lines.append(line)
    return table(head, lines)


def bound(check, value):
    if check.bar is None or value is None:
        return "—"
    sign = "≥" if check.bar.at_least else "≤"
    return f"{sign} {digits(value)}{check.unit}"


def checks_table(checks):
    lines = []
    for check in checks:
        must, aim = (check.bar.must, check.bar.aim) if check.bar else (None, None)
        lines.append([
            check.what, f"{digits(check.median)}{check.unit}", spread(check.values), bound(check, must),
            bound(check, aim), check.verdict])
    return table(["compared", "median", "min–max", "must", "aim", "verdict"], lines)


def markdown(section, measured):
    parts = [f"### {section.figure}: {section.title}\n"]
    parts += [rows_table(shown) for shown in section.tables if shown.rows]
    if section.checks:
        parts.append(checks_table(section.checks))
    if section.notes:
        parts.append("\n".join(f"- {note}" for note in section.notes) + "\n")
    parts += section.profiles
    if measured:
        parts.append(f"*{measured}*\n")
    return "\n".join(parts)


def replaced(text, name, content):
    """`text` with `content` between the markers of `name`; they are added at the end where there are none."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    block = f"{begin}\n{content.strip()}\n{end}"
    if begin not in text or end not in text:
        return f"{text.rstrip()}\n\n{block}\n"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: block, text, count=1, flags=re.S)


def write(file, blocks):
    """Puts name → content into the file, which is written whole or not at all."""
    text = file.read_text() if file.exists() else TITLE
    for name, content in blocks.items():
        text = replaced(text, name, content)
    part = file.with_suffix(".part")
    part.write_text(text)
    part.replace(file)
