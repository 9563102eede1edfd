"""Names that stay with their faces, stepped through picture by picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.identity.matchers.matching import Gallery, MeanMatcher
from pipeline.options import AnalysisOptions
from pipeline.schemas import Face, FaceChunk, FaceQuality, RunKey, Sample, SampleState
from pipeline.sightings.rows import Status
from pipeline.viewing.naming import FaceNamer, Naming
from tests.builders_recording import make_policy

ADA = np.eye(1, 128, dtype=np.float32)[0]
QUALITY = FaceQuality(size=1, sharpness=1, pose=1, light=1, overall=0.9)


def make_namer(*, enrolled: bool = True) -> FaceNamer:
    gallery = Gallery(1, "sface", ("p_1",), ("Ada",), ADA[None], np.zeros(1, np.intp))
    tracking = AnalysisOptions().tracking
    complete = replace(tracking, good_quality=0.05, agree_cosine=0.4, contradict_cosine=0.1)
    return FaceNamer(Naming(MeanMatcher(gallery) if enrolled else None, make_policy(), complete))


def make_chunk(number: int, *, has_face: bool = True) -> FaceChunk:
    box = np.array([100, 100, 160, 180], np.float32)
    landmarks = np.array([[115, 125], [145, 125], [130, 145], [118, 160], [142, 160]], np.float32)
    face = Face(number, box, landmarks, 0.99, QUALITY, embedding=ADA)
    sample = Sample(number, number * 0.2, SampleState.DECODED)
    return FaceChunk(RunKey("view", "view"), number, (sample,), (640, 360), (face,) if has_face else ())


def test_nobody_in_the_picture_nobody_named() -> None:
    ((_, faces),) = make_namer().name(make_chunk(0, has_face=False))

    assert faces == ()


def test_face_becomes_known_with_enough_of_it_and_stays_one_track() -> None:
    namer = make_namer()

    seen = [namer.name(make_chunk(number))[0][1][0] for number in range(4)]

    assert seen[-1].status is Status.KNOWN
    assert seen[-1].mark.words == "Ada 1.00"
    assert len({face.track_id for face in seen}) == 1


def test_uncertain_name_is_told_as_a_question() -> None:
    first = make_namer().name(make_chunk(0))[0][1][0]

    assert (first.status, first.mark.words) == (Status.UNCERTAIN, "Ada? 1.00")


def test_with_nobody_enrolled_everybody_is_unknown() -> None:
    first = make_namer(enrolled=False).name(make_chunk(0))[0][1][0]

    assert (first.status, first.mark.words) == (Status.UNKNOWN, "unknown")
