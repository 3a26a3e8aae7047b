"""What a figure must be and what it should be."""
from dataclasses import dataclass

from . import rounds

MET, AIM_MISSED, MUST_MISSED = "met", "aim missed", "MUST MISSED"


@dataclass(frozen=True)
class Bar:
    """A bound that must hold, and one that is aimed at; None: there is no such aim."""
    must: float
    aim: float = None
    at_least: bool = False

    def holds(self, value, bound):
        return value >= bound if self.at_least else value <= bound

    def verdict(self, value):
        if not self.holds(value, self.must):
            return MUST_MISSED
        return MET if self.aim is None or self.holds(value, self.aim) else AIM_MISSED


@dataclass(frozen=True)
class Check:
    """One line of verdict: values a round, their median against the bar. Without a bar it is for information."""
    what: str
    values: list
    bar: Bar = None
    unit: str = "×"

    @property
    def median(self):
        return rounds.median(self.values)

    @property
    def verdict(self):
        return self.bar.verdict(self.median) if self.bar else "—"
