"""The Grafana page and the alerts: each figure they ask for exists, with the labels they ask by."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY
from workers.metrics.catalogue import COUNTED, LOOKED_UP, Figure, Kind

GRAFANA = REPOSITORY / "dashboards" / "grafana"
PAGE = json.loads((GRAFANA / "facetrail.json").read_text())
PANELS = [panel for panel in PAGE["panels"] if panel["type"] != "row"]
FIGURES = {figure.name: figure for figure in (*COUNTED, *LOOKED_UP)}
OF_PROMETHEUS = {"up", "job", "instance"}


def expressions() -> list[str]:
    alerts: Any = yaml.safe_load((GRAFANA / "alerts.yml").read_text())
    rules = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    return [*(target["expr"] for panel in PANELS for target in panel["targets"]), *rules]


def figure_of(name: str) -> Figure | None:
    """The figure behind a name in an expression; buckets, sums and counts belong to their histogram."""
    of_times = FIGURES.get(re.sub(r"_(bucket|sum|count)$", "", name))
    return FIGURES.get(name) or (of_times if of_times and of_times.kind is Kind.TIMES else None)


@pytest.mark.parametrize("expression", expressions())
def test_figures_exist_and_have_the_labels_asked_for(expression: str) -> None:
    figures = [figure_of(name) for name in re.findall(r"facetrail_\w+", expression)]

    assert None not in figures, expression
    known = OF_PROMETHEUS | {"le"} | {label for figure in figures if figure for label in figure.labels}
    grouped = [label.strip() for labels in re.findall(r"by \(([^)]*)\)", expression) for label in labels.split(",")]
    matched = re.findall(r"[{,]\s*(\w+)\s*=~?", expression)
    assert set(grouped) | set(matched) <= known


def test_counts_are_shown_as_rates() -> None:
    for expression in expressions():
        for name in re.findall(r"facetrail_\w+_total", expression):
            assert re.search(rf"(rate|increase)\({name}", expression), expression


def test_every_figure_is_on_the_page() -> None:
    shown = {
        figure.name
        for text in expressions()
        for name in re.findall(r"facetrail_\w+", text)
        if (figure := figure_of(name))
    }

    assert sorted(set(FIGURES) - shown - {"facetrail_camera_frames_total"}) == []


def test_panels_do_not_lie_upon_each_other() -> None:
    cells = [
        (x, y)
        for panel in PAGE["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len(cells) == len(set(cells))
    assert len({panel["id"] for panel in PAGE["panels"]}) == len(PAGE["panels"])
