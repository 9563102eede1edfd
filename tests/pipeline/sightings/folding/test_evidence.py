"""What a track remembers of its faces."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.sightings.folding.evidence import (
    Evidence,
    Keepsake,
    add_face,
    best_embeddings_of,
    box_in_frame,
    keep_best,
    template_of,
)
from tests.builders import FRAME_SIZE_WH, make_box, make_face, make_vector


def test_no_face_leaves_no_template() -> None:
    assert template_of(Evidence()) is None
    assert best_embeddings_of(Evidence()).shape == (0, 0)


def test_unencoded_face_counts_as_good_but_not_as_useful() -> None:
    evidence = add_face(Evidence(), make_face(quality=0.4), 0.0, FRAME_SIZE_WH, 0.05)

    assert (evidence.n_good, evidence.n_useful) == (1, 0)
    assert evidence.best_quality == 0.4
    assert template_of(evidence) is None


def test_template_weighs_faces_by_quality() -> None:
    good, poor = make_vector(0), make_vector(1)

    evidence = add_face(Evidence(), make_face(embedding=good, quality=0.9), 0.0, FRAME_SIZE_WH, 0.05)
    evidence = add_face(evidence, make_face(embedding=poor, quality=0.1), 0.2, FRAME_SIZE_WH, 0.05)

    template = template_of(evidence)
    assert template is not None
    np.testing.assert_allclose(template[:2], np.array([0.9, 0.1]) / np.hypot(0.9, 0.1), rtol=1e-6)


def test_face_of_no_quality_still_makes_a_template() -> None:
    evidence = add_face(Evidence(), make_face(embedding=make_vector(3), quality=0.0), 0.0, FRAME_SIZE_WH, 0.05)

    template = template_of(evidence)
    assert template is not None
    np.testing.assert_allclose(template, make_vector(3), atol=1e-6)


def test_box_is_that_of_the_best_face() -> None:
    evidence = add_face(Evidence(), make_face(box_xyxy=make_box(128, 72, 128), quality=0.9), 0.0, FRAME_SIZE_WH, 0.05)
    evidence = add_face(evidence, make_face(box_xyxy=make_box(0, 0, 50), quality=0.2), 0.2, FRAME_SIZE_WH, 0.05)

    assert evidence.box_xywh == pytest.approx((0.1, 0.1, 0.1, 128 / 720))


def test_box_is_clipped_to_the_frame() -> None:
    assert box_in_frame(make_box(-40, -40, 80), FRAME_SIZE_WH) == pytest.approx((0, 0, 40 / 1280, 40 / 720))


def test_few_faces_are_all_kept() -> None:
    kept = keep_best([Keepsake(0.2, 0.0, b"a"), Keepsake(0.9, 0.2, b"b")], limit=3)

    assert [item.data for item in kept] == [b"b", b"a"]


def test_of_faces_near_in_time_the_poorer_go_first() -> None:
    near = [Keepsake(0.9, 10.0, b"best"), Keepsake(0.8, 10.2, b"like the best")]
    far = [Keepsake(0.3, 20.0, b"another look")]

    kept = keep_best([*near, *far], limit=2)

    assert [item.data for item in kept] == [b"best", b"another look"]


def test_of_faces_apart_in_time_the_poorest_goes() -> None:
    apart = [Keepsake(quality, 10.0 * place, b"") for place, quality in enumerate((0.5, 0.2, 0.7))]

    assert [item.quality for item in keep_best(apart, limit=2)] == [0.7, 0.5]
