"""Views of a picture: the same face, as small as footage would show it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.identity.calibration.pictures import FULL_SIZE, shrink_face, view_face
from pipeline.identity.photos.portraits import Portrait
from tests.builders_faces import ColourEncoder, ScriptedDetector, make_detections, make_landmarks, make_texture

BOX = np.array([100, 60, 200, 160], np.float32)


@pytest.mark.parametrize("side_px", [20, 28, 60.5])
def test_shrunk_face_has_the_side_asked_for_and_its_landmarks_where_they_were(side_px: float) -> None:
    image, landmarks = np.zeros((240, 320, 3), np.uint8), make_landmarks(BOX)
    for x, y in landmarks:
        cv2.circle(image, (round(float(x)), round(float(y))), 5, (255, 255, 255), -1)

    small = shrink_face(Portrait(image, BOX, landmarks, 0.99, 1, np.inf), side_px)

    assert small.side_px == pytest.approx(side_px, rel=0.03)
    assert small.image_bgr.size < image.size / 2
    for x, y in np.round(small.landmarks_xy).astype(int):
        assert small.image_bgr[y, x, 0] > 90


def test_face_at_the_picture_s_edge_is_shrunk_with_what_there_is() -> None:
    box = np.array([-20, -20, 80, 80], np.float32)

    small = shrink_face(Portrait(make_texture(), box, make_landmarks(box), 0.99, 1, np.inf), 25)

    assert small.side_px == pytest.approx(25, rel=0.03)
    assert small.box_xyxy[0] == pytest.approx(-5, abs=0.6)


def test_picture_is_seen_in_all_sizes_smaller_than_its_face() -> None:
    seen = view_face(_png(), ScriptedDetector([make_detections(tuple(BOX))]), ColourEncoder(), (200, 40, 20))

    assert list(seen.views) == [FULL_SIZE, 40, 20]
    assert all(np.linalg.norm(view) == pytest.approx(1, abs=1e-5) for view in seen.views.values())
    assert seen.report.embedding is seen.views[FULL_SIZE]


def test_picture_without_a_face_has_no_views() -> None:
    nothing = make_detections()

    assert view_face(_png(), ScriptedDetector([nothing, nothing]), ColourEncoder()).views == {}


def test_file_that_is_no_picture_has_no_views() -> None:
    assert view_face(b"no picture", ScriptedDetector([]), ColourEncoder()).views == {}


def _png() -> bytes:
    return cv2.imencode(".png", make_texture())[1].tobytes()
