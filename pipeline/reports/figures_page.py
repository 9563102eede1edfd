"""A self-contained HTML page of measured figures: facts, warnings, pictures in both themes, and tables."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from pipeline.reports.html.page import Fact
from pipeline.reports.html.rendering import render_template

TEMPLATE = "figures.html.j2"


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One picture, drawn for light and for dark pages."""

    title: str
    light_png: bytes
    dark_png: bytes
    alt: str
    """What it shows, for who cannot see it."""
    caption: str = ""

    @property
    def light_uri(self) -> str:
        return _data_uri(self.light_png)

    @property
    def dark_uri(self) -> str:
        return _data_uri(self.dark_png)


@dataclass(frozen=True, slots=True)
class PageTable:
    """Rows of text; the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """Everything that the page shows."""

    title: str
    headline: str
    """What came out, in a sentence."""
    made_at: datetime
    counts: tuple[Fact, ...]
    """The most important numbers."""
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = ()
    pictures: tuple[PagePicture, ...] = ()
    tables: tuple[PageTable, ...] = ()
    closing: str = ""


def render_figures(page: FiguresPage) -> str:
    """The page as text; every text in it is escaped."""
    return render_template(TEMPLATE, page)


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
