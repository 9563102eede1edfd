"""Trying an encoder on drawn faces tells a sound one from one that computes wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from pipeline.encoders.local.drawn_faces import draw_faces
from pipeline.encoders.local.trying import try_encoder
from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import Encoder
from pipeline.faces.alignment import Alignment, alignment_named
from pipeline.schemas import ImageU8, VectorF32

NOW = datetime(2026, 5, 1, tzinfo=UTC)
SFACE = encoder_entry("sface")


@dataclass
class FlatEncoder:
    """Gives one vector whatever the face."""

    length: float = 1.0
    dimensions: int = 128
    name: str = "flat"

    @property
    def alignment(self) -> Alignment:
        return alignment_named("arcface-112", 112)

    def embed(self, crops_rgb: ImageU8) -> VectorF32:
        vectors = np.zeros((len(crops_rgb), self.dimensions), np.float32)
        vectors[:, 0] = self.length
        return vectors


def test_drawn_faces_are_the_same_each_time_and_differ_from_each_other():
    faces = draw_faces(4, 112)

    assert faces.shape == (4, 112, 112, 3)
    assert (faces == draw_faces(8, 112)[:4]).all()
    assert len({face.tobytes() for face in faces}) == 4
    assert draw_faces(0, 112).shape == (0, 112, 112, 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        (FlatEncoder(dimensions=64), "64 numbers a face, and its entry says 128"),
        (FlatEncoder(length=float("nan")), "numbers that are none"),
        (FlatEncoder(length=2.0), "not of unit length"),
        (FlatEncoder(), "the same numbers whatever the face"),
    ],
)
def test_a_wrong_answer_is_named(encoder: Encoder, words: str):
    entry = msgspec.structs.replace(SFACE, golden_cosine=None)

    assert words in try_encoder(encoder, entry, NOW).problem


@pytest.mark.slow
def test_an_encoder_that_computes_something_else_is_told_by_two_drawn_faces():
    entry = msgspec.structs.replace(SFACE, golden_cosine=0.25)

    assert "must be 0.2500" in try_encoder(FlatEncoder(), entry, NOW).problem


@pytest.mark.slow
def test_a_sound_encoder_has_no_problem_and_a_speed(sface: Encoder):
    trial = try_encoder(sface, SFACE, NOW)

    assert trial.problem == ""
    assert trial.golden_cosine < 0.999
    assert trial.speed.one_face_ms > 0
    assert trial.speed.faces_per_s > 1
    assert trial.speed.measured_at == NOW
