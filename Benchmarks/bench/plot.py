"""Curves as SVG: panels with logarithmic axes, in greys and two hues that read on light and dark pages alike."""
import math
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

PANEL_WIDTH, PANEL_HEIGHT = 380, 190
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 44
HEAD = 52
LEAST_FACTOR = 8

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #444c56 }
.title { font-weight: 600; fill: #24292f } .tick { font-size: 11px } .note { font-size: 11px; font-style: italic }
.grid { stroke: #8b949e; stroke-opacity: .28 } .frame { stroke: #8b949e; fill: none }
.mark { stroke: #8b949e; stroke-dasharray: 4 3 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
.s0 { stroke: #0b74c4 } .s1 { stroke: #c4620b } .d0 { fill: #0b74c4 } .d1 { fill: #c4620b }
@media (prefers-color-scheme: dark) {
  text { fill: #adbac7 } .title { fill: #e6edf3 }
  .s0 { stroke: #58b0f5 } .s1 { stroke: #f0a35e } .d0 { fill: #58b0f5 } .d1 { fill: #f0a35e }
}
"""


@dataclass(frozen=True)
class Panel:
    title: str
    x_label: str
    # name → [(x, y)]; the same names in the same order in every panel.
    series: dict
    # x → text
    x_ticks: dict
    # (x, text) of a line that stands upright, where there is one.
    mark: tuple = field(default=None)


def number(value):
    return f"{value:g}" if value < 10_000 else f"{value:,.0f}"


def decades(low, high):
    """Ticks at 1, 2 and 5 of every power of ten, fewer when they would be more than seven."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        found = [step * 10.0 ** power for power in powers for step in steps]
        inside = [value for value in found if low <= value <= high]
        if len(inside) <= 7:
            return inside
    return inside


class Axis:
    """Values on a logarithmic axis, from one coordinate to another."""

    def __init__(self, values, start, end, room):
        self.low, self.high = min(values) / room, max(values) * room
        # What hardly moves must not look as if it did.
        if self.high / self.low < LEAST_FACTOR:
            middle = math.sqrt(self.low * self.high)
            self.low, self.high = middle / math.sqrt(LEAST_FACTOR), middle * math.sqrt(LEAST_FACTOR)
        self.start, self.end = start, end

    def __call__(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def line(kind, x1, y1, x2, y2):
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def words(kind, x, y, text, anchor="middle"):
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def panel_svg(panel, left, top):
    x0, x1 = left + LEFT, left + PANEL_WIDTH - RIGHT
    y0, y1 = top + PANEL_HEIGHT - BOTTOM, top + TOP
    points = [point for curve in panel.series.values() for point in curve]
    across = Axis([x for x, _ in points], x0, x1, 1.25)
    upward = Axis([y for _, y in points], y0, y1, 1.3)
    parts = [words("title", x0, top + 20, panel.title, "start")]
    for value in decades(upward.low, upward.high):
        parts += [line("grid", x0, upward(value), x1, upward(value)),
                  words("tick", x0 - 6, upward(value) + 4, number(value), "end")]
    for value, text in panel.x_ticks.items():
        parts += [line("grid", across(value), y0, across(value), y1), words("tick", across(value), y0 + 16, text)]
    parts.append(words("tick", (x0 + x1) / 2, y0 + 34, panel.x_label))
    if panel.mark:
        at, text = panel.mark
        parts += [line("mark", across(at), y0, across(at), y1), words("note", across(at) - 4, y0 - 6, text, "end")]
    for index, curve in enumerate(panel.series.values()):
        path = " ".join(f"{across(x):.1f},{upward(y):.1f}" for x, y in curve)
        parts.append(f'<polyline class="line s{index}" points="{path}"/>')
        parts += [f'<circle class="d{index}" cx="{across(x):.1f}" cy="{upward(y):.1f}" r="3"/>' for x, y in curve]
    parts.append(f'<rect class="frame" x="{x0}" y="{y1}" width="{x1 - x0}" height="{y0 - y1}"/>')
    return parts


def legend(names, width):
    parts, x = [], width - RIGHT
    for index, name in reversed(list(enumerate(names))):
        x -= 8 * len(name) + 34
        parts += [f'<line class="line s{index}" x1="{x}" y1="24" x2="{x + 22}" y2="24"/>',
                  words("tick", x + 28, 28, name, "start")]
    return parts


def svg(title, rows):
    """A picture of rows of panels."""
    width, height = PANEL_WIDTH * max(map(len, rows)), HEAD + PANEL_HEIGHT * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">', f"<style>{STYLE}</style>", words("title", 16, 28, title, "start")]
    parts += legend(rows[0][0].series, width)
    for row, panels in enumerate(rows):
        for column, panel in enumerate(panels):
            parts += panel_svg(panel, column * PANEL_WIDTH, HEAD + row * PANEL_HEIGHT)
    return "\n".join([*parts, "</svg>"]) + "\n"
