"""What a measurement found, beside the bar that it has to reach; and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from rich import box
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Bar:
    """What has to be reached, and what is aimed at."""

    must: float
    aim: float
    at_least: bool = False
    """True when more is better."""

    def holds(self, figure: float) -> bool:
        return figure >= self.must if self.at_least else figure <= self.must

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.must:g} (aim {self.aim:g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One figure."""

    what: str
    figure: float
    unit: str
    """`x` for a ratio of two things measured in the same run."""
    detail: str
    """What the figure was made of, with units."""
    bar: Bar | None = None
    """None for a figure that is reported without a demand."""

    @property
    def verdict(self) -> str:
        if self.bar is None:
            return ""
        return "ok" if self.bar.holds(self.figure) else "MISSED"


def to_line(measurement: Measurement) -> str:
    """One line of JSON, as a measuring process hands it to the one that prints the table."""
    return msgspec.json.encode(measurement).decode()


def from_line(line: str) -> Measurement:
    return msgspec.json.decode(line, type=Measurement)


def make_table(measurements: Sequence[Measurement], title: str) -> Table:
    """The table that `make bench` ends with."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for heading in ("what", "figure", "bar", "", "made of"):
        table.add_column(heading, justify="right" if heading == "figure" else "left")
    for one in measurements:
        bar = str(one.bar) if one.bar else ""
        table.add_row(one.what, f"{one.figure:.3g} {one.unit}", bar, one.verdict, one.detail)
    return table
