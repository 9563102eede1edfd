"""Curves: a picture of each kind, in both themes, whatever the labels hold."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.reports.curves import DARK, LIGHT, Panel, Rule, Series, Stroke, Theme, draw_matrix, draw_panels
from pipeline.schemas import ImageU8


@pytest.mark.slow
@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("stroke", list(Stroke))
def test_every_stroke_is_drawn_in_its_colour(theme: Theme, stroke: Stroke) -> None:
    x = np.linspace(0, 1, 20)

    picture = _decoded(draw_panels([_panel(Series("genuine", x, x**2, stroke))], theme))

    assert _distance(picture, theme.paper).min() == 0
    assert (_distance(picture, theme.lines[0]) < 12).sum() > 100


@pytest.mark.slow
def test_panels_stand_beside_and_below_one_another() -> None:
    panel = _panel(Series("", np.arange(3.0), np.arange(3.0)))

    one, three = _decoded(draw_panels([panel])), _decoded(draw_panels([panel] * 3))

    assert three.shape == (2 * one.shape[0], 2 * one.shape[1], 3)


def test_labels_that_look_like_formulas_and_letters_without_a_glyph_do_no_harm() -> None:
    panel = _panel(Series("$\\frac{", np.arange(3.0), np.arange(3.0)), Rule(0.5, "$5 or $6"))

    assert _decoded(draw_panels([panel])).size
    assert _decoded(draw_matrix(np.eye(2, dtype=int), ["$a^", "王小明"], "who")).size


def test_series_without_a_point_leave_an_empty_panel() -> None:
    assert _decoded(draw_panels([_panel(Series("none", np.empty(0), np.empty(0)))])).size


def test_the_same_series_give_the_same_bytes() -> None:
    panel = _panel(Series("a", np.arange(9.0), np.arange(9.0)))

    assert draw_panels([panel]) == draw_panels([panel])


def test_a_matrix_shows_what_is_right_in_strong_colours() -> None:
    picture = _decoded(draw_matrix(np.array([[9, 0], [0, 9]]), ["ann", "bob"], "who"))

    assert picture[..., 0].std() > 20


def test_counts_that_do_not_fit_the_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 3 x 3"):
        draw_matrix(np.eye(2, dtype=int), ["a", "b", "c"], "who")


def test_no_panels_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw_panels([])


def _panel(series: Series, *rules: Rule) -> Panel:
    return Panel(title="scores", x_label="cosine", y_label="share", series=(series,), rules=rules)


def _decoded(png: bytes) -> ImageU8:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def _distance(picture_bgr: ImageU8, colour: str) -> np.ndarray:
    rgb = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return np.abs(picture_bgr.astype(int) - rgb[::-1]).max(axis=2)
