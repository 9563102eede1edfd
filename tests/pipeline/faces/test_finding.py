"""Finding faces in chunks: order, linking, and which faces get a crop and a thumbnail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.detection import Detections
from pipeline.faces.finding import FaceFinder, cuts_before_frames, to_bgr
from pipeline.options import EncodingOptions
from pipeline.schemas import FrameChunk, SampleState
from tests.builders import RUN, make_sample
from tests.builders_faces import ScriptedDetector, make_detections, make_frame, make_texture

ALIGNMENT = ALIGNMENTS["arcface-112"]


def make_chunk(n_frames: int, states: list[SampleState] | None = None, cuts: tuple[int, ...] = ()) -> FrameChunk:
    states = states or [SampleState.DECODED] * n_frames
    samples = tuple(make_sample(index, state=state, starts_shot=index in cuts) for index, state in enumerate(states))
    frames = tuple(make_frame(sample.index) for sample in samples if sample.state is SampleState.DECODED)
    return FrameChunk(RUN, 0, samples, frames, (320, 240))


def find(chunk: FrameChunk, *script: Detections, **options):
    detector = ScriptedDetector(script)
    return FaceFinder(detector, ALIGNMENT, EncodingOptions(**options)).find(chunk), detector


def test_a_chunk_without_frames_has_no_faces():
    came = datetime(2026, 3, 2, 8, tzinfo=UTC)

    found, _ = find(replace(make_chunk(2, [SampleState.FAILED, SampleState.FAILED]), arrived_at=came))

    assert found.faces == ()
    assert found.arrived_at == came
    assert len(found.samples) == 2


def test_faces_come_by_sample_and_box_with_crops_and_thumbnails():
    seen = make_detections((20, 40, 80, 100), (150, 40, 210, 100))

    found, _ = find(make_chunk(2), seen, Detections.empty())

    assert [face.sample_index for face in found.faces] == [0, 0]
    assert [face.box_xyxy[0] for face in found.faces] == [20, 150]
    assert all(face.crop_rgb is not None and face.crop_rgb.shape == (112, 112, 3) for face in found.faces)
    assert all(face.thumb_jpeg is not None for face in found.faces)


def test_of_a_face_that_stays_only_the_best_are_cropped():
    sizes = [40, 60, 50, 45, 55]
    script = [make_detections((100, 60, 100 + size, 60 + size)) for size in sizes]

    found, _ = find(make_chunk(5), *script, best_faces=3)

    assert [face.crop_rgb is not None for face in found.faces] == [False, True, True, False, True]
    assert [face.thumb_jpeg is not None for face in found.faces] == [False, True, False, False, False]


def test_a_useless_face_is_seen_and_not_cropped():
    found, _ = find(make_chunk(1), make_detections((100, 60, 112, 72)), min_quality=0.2)

    assert found.faces[0].crop_rgb is None
    assert found.faces[0].thumb_jpeg is not None


def test_after_a_cut_the_same_place_is_another_face():
    seen = make_detections((100, 60, 160, 120))

    found, detector = find(make_chunk(2, cuts=(1,)), seen, seen, best_faces=1)

    assert [face.crop_rgb is not None for face in found.faces] == [True, True]
    assert detector.cuts_seen == [False, True]


def test_a_cut_on_a_gated_sample_counts_for_the_next_frame():
    decoded, gated = SampleState.DECODED, SampleState.GATED
    chunk = make_chunk(4, [decoded, gated, decoded, decoded], cuts=(1,))

    assert cuts_before_frames(chunk.samples) == [False, True, False]


def test_equal_chunks_give_equal_faces():
    seen = make_detections((20, 40, 80, 100), (150, 40, 210, 100))

    first, second = (find(make_chunk(2), seen, seen)[0] for _ in range(2))

    for one, other in zip(first.faces, second.faces, strict=True):
        assert one.quality == other.quality
        assert one.thumb_jpeg == other.thumb_jpeg
        assert np.array_equal(one.crop_rgb, other.crop_rgb)


def test_frames_come_back_in_their_colours():
    image = np.full((48, 64, 3), (30, 90, 200), np.uint8)

    back = to_bgr(make_frame(0, image))

    assert np.abs(back.astype(int) - image).max() <= 3


def test_crops_are_red_first():
    image = make_texture()
    image[..., :2] = 0
    chunk = FrameChunk(RUN, 0, (make_sample(0),), (make_frame(0, image),), (320, 240))

    found, _ = find(chunk, make_detections((100, 60, 200, 160)))

    crop = found.faces[0].crop_rgb
    assert crop is not None
    assert crop[..., 0].mean() > 3 * crop[..., 2].mean()
