"""Faces with their names, drawn into a picture."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.sightings.rows import Status
from pipeline.viewing.drawing import COLOURS_BGR, Mark, draw_marks
from pipeline.viewing.lettering import can_write, draw_words, writable

BLACK = np.zeros((360, 640, 3), np.uint8)


def make_mark(words: str = "Ada 0.71", status: Status = Status.KNOWN, left: float = 200.0) -> Mark:
    return Mark(np.array([left, 100, left + 80, 200], np.float32), status, words)


def test_picture_without_faces_is_the_same_picture() -> None:
    assert np.array_equal(draw_marks(BLACK, []), BLACK)


def test_picture_that_goes_in_is_left_as_it_is() -> None:
    before = BLACK.copy()

    drawn = draw_marks(BLACK, [make_mark()], "front_door")

    assert np.array_equal(BLACK, before)
    assert drawn.any()


@pytest.mark.parametrize("status", list(Status))
def test_box_has_the_colour_of_its_status_and_leaves_the_face_free(status: Status) -> None:
    drawn = draw_marks(BLACK, [make_mark(status=status)])

    assert tuple(drawn[150, 200]) == COLOURS_BGR[status]
    assert not drawn[110:190, 210:270].any()


@pytest.mark.parametrize("left", [-60.0, 600.0, 700.0])
def test_face_at_the_edge_is_drawn_as_far_as_it_is_there(left: float) -> None:
    assert draw_marks(BLACK, [make_mark(left=left)]).shape == BLACK.shape


def test_name_that_is_longer_than_the_picture_is_cut_off() -> None:
    assert draw_marks(BLACK, [make_mark("A very long name indeed " * 10)]).shape == BLACK.shape


@pytest.mark.parametrize("name", ["Ada", "Łukasz Żółw", "Ольга Ёж", "Ελένη", "محمد", "דנה"])
def test_names_of_many_scripts_are_written(name: str) -> None:
    assert can_write(name)
    assert writable(name) == name
    assert draw_words(name, 20).max() == 255


def test_sign_without_a_font_becomes_a_question_mark_and_the_others_stay() -> None:
    assert writable("Ada \U0010fffe") == "Ada ?"
