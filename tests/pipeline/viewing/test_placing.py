"""Where labels go."""

from __future__ import annotations

import pytest

from pipeline.viewing.placing import GAP, Area, place_in_corner, place_labels

FRAME = (640, 360)
SIZE = (100, 20)


def test_no_faces_no_labels() -> None:
    assert place_labels([], [], FRAME) == []


@pytest.mark.parametrize(
    ("box", "label"),
    [
        (Area(200, 100, 50, 60), Area(200, 100 - 20 - GAP, *SIZE)),
        (Area(200, 0, 50, 60), Area(200, 60 + GAP, *SIZE)),
        (Area(620, 100, 20, 60), Area(540, 100 - 20 - GAP, *SIZE)),
    ],
    ids=["above", "below at the upper edge", "inside at the right edge"],
)
def test_label_is_by_its_face_and_inside_the_picture(box: Area, label: Area) -> None:
    assert place_labels([box], [SIZE], FRAME) == [label]


def test_label_covers_no_other_face_when_there_is_another_place() -> None:
    above, below = Area(200, 80, 60, 60), Area(200, 145, 60, 60)

    labels = place_labels([above, below], [SIZE, SIZE], FRAME)

    assert all(label.overlap(face) == 0 for label in labels for face in (above, below))
    assert labels[0].overlap(labels[1]) == 0


def test_face_that_fills_the_picture_still_has_its_label() -> None:
    (label,) = place_labels([Area(0, 0, 640, 360)], [SIZE], FRAME)

    assert (label.left >= 0, label.right <= 640, label.top >= 0, label.bottom <= 360) == (True,) * 4


def test_caption_avoids_a_face_in_the_corner() -> None:
    assert place_in_corner(SIZE, [Area(0, 0, 150, 100)], FRAME).left > 150
