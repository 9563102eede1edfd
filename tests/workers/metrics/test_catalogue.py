"""The figures: each is listed once, and named as Prometheus wants it."""

from __future__ import annotations

import pytest

from workers.metrics import catalogue
from workers.metrics.catalogue import COUNTED, LOOKED_UP, Figure, Kind

FIGURES = [*COUNTED, *LOOKED_UP]


def test_every_figure_is_listed_once() -> None:
    defined = [value for value in vars(catalogue).values() if isinstance(value, Figure)]

    assert sorted(figure.name for figure in FIGURES) == sorted(figure.name for figure in defined)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: str(figure.name))
def test_names_say_what_kind_of_figure_it_is(figure: Figure) -> None:
    assert figure.name.startswith("facetrail_")
    assert figure.name.endswith("_total") == (figure.kind is Kind.COUNT)
    assert figure.name.endswith("_seconds") or figure.kind is not Kind.TIMES
