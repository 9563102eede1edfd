"""The scene: smooth paths, and a truth that follows from them."""

from __future__ import annotations

import pytest

from pipeline.sample.pictures import COFFEE
from pipeline.sample.scene import FPS, SHOTS, STRANGER, Layer, Place, Shot, frame_times, list_truth


def make_layer(*places: Place, person: str | None = "somebody") -> Layer:
    """A photograph of 100 x 100 pixels whose face is its middle."""
    return Layer(picture=COFFEE, crop_xyxy=(0, 0, 100, 100), places=places, person=person, face_xyxy=(40, 40, 60, 60))


@pytest.mark.parametrize(("at_s", "x"), [(0.0, 0.0), (1.0, 0.0), (1.5, 50.0), (2.0, 100.0), (9.0, 100.0)])
def test_layer_rests_moves_and_rests(at_s: float, x: float) -> None:
    layer = make_layer(Place(1.0, 0, 360, 100), Place(2.0, 100, 360, 100))

    assert layer.place_at(at_s).x == pytest.approx(x)


def test_face_moves_and_grows_with_its_layer() -> None:
    layer = make_layer(Place(0.0, 640, 360, 200))

    assert layer.face_at(0.0) == pytest.approx((620, 340, 660, 380))


def test_layer_without_a_person_has_no_truth() -> None:
    assert list_truth((Shot(0.0, 1.0, (make_layer(Place(0.0, 640, 360, 200), person=None),)),)) == []


def test_face_outside_of_the_frame_has_no_truth() -> None:
    assert list_truth((Shot(0.0, 1.0, (make_layer(Place(0.0, -300, 360, 200)),)),)) == []


def test_face_cut_by_the_edge_is_hard_until_it_is_whole() -> None:
    layer = make_layer(Place(0.0, 0, 360, 100), Place(1.0, 100, 360, 100))

    rows = list_truth((Shot(0.0, 1.0, (layer,)),))

    assert [(row.level, row.start_s < 0.5) for row in rows] == [("hard", True), ("clear", True)]
    assert rows[0].end_s == rows[1].start_s


def test_every_frame_belongs_to_the_shot_that_it_stands_in() -> None:
    times = list(frame_times(SHOTS))

    assert len(times) == round(SHOTS[-1].end_s * FPS)
    assert all(shot.start_s - 1e-6 <= at_s < shot.end_s for at_s, shot in times)


def test_shots_follow_each_other_without_a_gap() -> None:
    assert [shot.end_s for shot in SHOTS[:-1]] == [shot.start_s for shot in SHOTS[1:]]


def test_the_truth_of_the_sample_has_an_empty_stretch_and_a_stranger() -> None:
    clear = [row for row in list_truth(SHOTS) if row.level == "clear"]

    assert [row.person for row in clear] == ["Barack Obama", STRANGER, "Barack Obama"]
    assert clear[2].start_s - clear[1].end_s > 2.0  # longer than the absence that ends a sighting
