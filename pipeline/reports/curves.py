"""Draw curves and matrices as PNG pictures from plain series of numbers. Hides matplotlib, and opens no window."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

DPI = 110
PANEL_WH_IN = (5.2, 3.7)
"""Size of one panel in inches."""
CELL_IN = 0.42
"""Side of one cell of a matrix, in inches."""
MOST_CELLS_WITH_COUNTS = 20
"""People up to which a matrix says its counts in words; more would not be readable."""

Numbers = NDArray[np.floating]


class Stroke(StrEnum):
    """How a series is drawn."""

    LINE = "line"
    DASHED = "dashed"
    STEPS = "steps"
    FILLED = "filled"
    """A line and the area under it: for histograms."""
    POINTS = "points"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line of a panel."""

    label: str
    """Empty: it is not in the legend."""
    x: Numbers
    """`(N,)` floats; what is not finite leaves a gap."""
    y: Numbers
    """`(N,)` floats."""
    stroke: Stroke = Stroke.LINE


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line across a panel at one value, such as a threshold."""

    at: float
    label: str
    is_vertical: bool = True


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Panel:
    """One diagram."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    rules: tuple[Rule, ...] = ()
    has_log_x: bool = False
    has_log_y: bool = False
    x_range: tuple[float, float] | None = None
    """None: as wide as the series."""
    y_range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture, as hexadecimal RGB."""

    paper: str
    ink: str
    grid: str
    lines: tuple[str, ...]
    cells: str
    """Name of a matplotlib colour map, from few to many."""


LIGHT = Theme(
    "#ffffff", "#1d2433", "#d9dee8", ("#2563c9", "#c8432b", "#2c8a57", "#8a5bbf", "#b27a12", "#3c8d9c"), "Blues"
)
DARK = Theme(
    "#171b24", "#dfe4ee", "#343b4a", ("#6fa4f5", "#f08a72", "#6cc795", "#bd97ea", "#e0b256", "#74c3d2"), "GnBu_r"
)


def draw_panels(panels: Sequence[Panel], theme: Theme = LIGHT, *, columns: int = 2) -> bytes:
    """The panels side by side in rows of `columns`, as a PNG; raises `ValueError` without any."""
    if not panels:
        raise ValueError("panels: expected at least one, got none")
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = _figure(PANEL_WH_IN[0] * columns, PANEL_WH_IN[1] * rows, theme)
    for number, panel in enumerate(panels):
        _draw_panel(figure.add_subplot(rows, columns, number + 1), panel, theme)
    return _png(figure)


def draw_matrix(counts: NDArray[np.integer], labels: Sequence[str], title: str, theme: Theme = LIGHT) -> bytes:
    """A confusion matrix `(K, K)` as a PNG: a row for what is true, a column for what was said.

    Colours are shares of the row. Raises `ValueError` when labels and counts do not fit.
    """
    if counts.shape != (len(labels), len(labels)):
        raise ValueError(f"counts: expected {len(labels)} x {len(labels)}, got {counts.shape}")
    side = max(PANEL_WH_IN[1], CELL_IN * len(labels) + 1.6)
    figure = _figure(side + 0.8, side, theme)
    axes = figure.add_subplot(1, 1, 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=theme.cells, vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=8, parse_math=False)
    axes.set_yticks(range(len(labels)), labels, fontsize=8, parse_math=False)
    _dress(axes, (title, "said", "true"), theme)
    if len(labels) <= MOST_CELLS_WITH_COUNTS:
        _write_counts(axes, counts, shares, theme)
    return _png(figure)


def _figure(width_in: float, height_in: float, theme: Theme) -> Any:
    """An empty figure that belongs to nobody else: pyplot, which keeps all of them, is never asked."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor=theme.paper, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _draw_panel(axes: Any, panel: Panel, theme: Theme) -> None:
    _dress(axes, (panel.title, panel.x_label, panel.y_label), theme)
    axes.grid(color=theme.grid, linewidth=0.6)
    for number, series in enumerate(panel.series):
        _draw_series(axes, series, theme.lines[number % len(theme.lines)])
    for rule in panel.rules:
        line = axes.axvline if rule.is_vertical else axes.axhline
        line(rule.at, color=theme.ink, linewidth=1, linestyle=":", label=_plain(rule.label))
    _scale(axes, panel)
    if any(series.label for series in panel.series) or any(rule.label for rule in panel.rules):
        axes.legend(fontsize=8, facecolor=theme.paper, edgecolor=theme.grid, labelcolor=theme.ink, framealpha=0.85)


def _draw_series(axes: Any, series: Series, colour: str) -> None:
    style: dict[str, Any] = {"color": colour, "label": _plain(series.label), "linewidth": 1.6}
    if series.stroke is Stroke.POINTS:
        axes.plot(series.x, series.y, "o", markersize=4, **style)
    elif series.stroke is Stroke.STEPS:
        axes.step(series.x, series.y, where="post", **style)
    elif series.stroke is Stroke.FILLED:
        axes.fill_between(series.x, series.y, color=colour, alpha=0.25, linewidth=0)
        axes.plot(series.x, series.y, **style)
    else:
        axes.plot(series.x, series.y, linestyle="--" if series.stroke is Stroke.DASHED else "-", **style)


def _dress(axes: Any, words: tuple[str, str, str], theme: Theme) -> None:
    """Give axes their title and labels (a name may hold a `$`, which is no formula), and the theme's colours."""
    title, x_label, y_label = words
    axes.set_title(title, fontsize=10, loc="left", color=theme.ink, parse_math=False)
    axes.set_xlabel(x_label, color=theme.ink, parse_math=False)
    axes.set_ylabel(y_label, color=theme.ink, parse_math=False)
    axes.set_facecolor(theme.paper)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", colors=theme.ink)
    for spine in axes.spines.values():
        spine.set_color(theme.grid)


def _scale(axes: Any, panel: Panel) -> None:
    axes.set_xscale("log" if panel.has_log_x else "linear")
    axes.set_yscale("log" if panel.has_log_y else "linear")
    if panel.x_range is not None:
        axes.set_xlim(*panel.x_range)
    if panel.y_range is not None:
        axes.set_ylim(*panel.y_range)


def _write_counts(axes: Any, counts: NDArray[np.integer], shares: Numbers, theme: Theme) -> None:
    is_dark_map = theme.cells.endswith("_r")
    for row, column in np.argwhere(counts > 0):
        is_strong = (shares[row, column] > 0.5) is not is_dark_map
        axes.text(
            column,
            row,
            str(counts[row, column]),
            ha="center",
            va="center",
            fontsize=8,
            color="#ffffff" if is_strong else "#1d2433",
        )


def _plain(label: str) -> str | None:
    """The label so that a legend takes nothing in it for a formula; None keeps it out of the legend."""
    return label.replace("$", r"\$") or None


def _png(figure: Any) -> bytes:
    content = BytesIO()
    with warnings.catch_warnings():
        # The font that ships with matplotlib draws a box for letters it does not have, and a name may have any.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(content, format="png", facecolor=figure.get_facecolor(), metadata={"Software": "Facetrail"})
    return content.getvalue()
