"""The models of a process: made once for each set of options, for as many sets as there may be cameras."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.options import DetectionOptions
from tests.builders_workers import OPTIONS
from workers.stages.models import FINDERS_KEPT, Models


def test_every_camera_may_have_its_own_options_and_none_is_made_twice(weights_cache: Path) -> None:
    models = Models(weights_cache)
    cameras = [
        replace(OPTIONS, detection=DetectionOptions(detector="yunet", min_face_size=20 + number))
        for number in range(FINDERS_KEPT)
    ]

    first, again = ([models.finder_for(options) for options in cameras] for _ in range(2))

    assert len(set(map(id, first))) == FINDERS_KEPT
    assert list(map(id, again)) == list(map(id, first))
