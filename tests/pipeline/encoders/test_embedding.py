"""The embedding stage: crops become embeddings, the rest stays, and matches are provisional."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.encoders.embedding import FaceEmbedder
from pipeline.identity.matching import Gallery, MeanMatcher
from tests.builders import make_face, make_face_chunk
from tests.builders_faces import ColourEncoder

RED, GREEN = (200, 0, 0), (0, 200, 0)


def cropped_face(colour: tuple[int, int, int], sample_index: int = 0):
    crop = np.full((112, 112, 3), colour, np.uint8)
    return replace(make_face(sample_index=sample_index), crop_rgb=crop)


def colour_matcher(encoder: str = "sface") -> MeanMatcher:
    return MeanMatcher(
        Gallery(1, encoder, ("p_red", "p_green"), ("Red", "Green"), np.eye(3, dtype=np.float32)[:2], np.arange(2))
    )


def test_crops_become_embeddings_and_faces_without_stay_as_they_are():
    chunk = make_face_chunk(faces=[cropped_face(RED), make_face(sample_index=1), cropped_face(GREEN, 2)])

    embedded = FaceEmbedder(ColourEncoder()).embed(chunk)

    first, second, third = embedded.faces
    assert first.embedding is not None
    assert first.embedding.argmax() == 0
    assert second is chunk.faces[1]
    assert third.embedding is not None
    assert third.embedding.argmax() == 1
    assert all(face.crop_rgb is None for face in embedded.faces)
    assert embedded.matches == ()


def test_a_gallery_gives_each_embedded_face_its_match():
    chunk = make_face_chunk(faces=[cropped_face(GREEN), make_face(), cropped_face(RED)])

    matches = FaceEmbedder(ColourEncoder(), colour_matcher()).embed(chunk).matches

    assert [match.person_id if match else None for match in matches] == ["p_green", None, "p_red"]


def test_a_chunk_without_faces_stays_empty():
    embedded = FaceEmbedder(ColourEncoder(), colour_matcher()).embed(make_face_chunk())

    assert embedded.faces == ()
    assert embedded.matches == ()


def test_chunks_that_come_together_get_each_its_own_faces_back():
    chunks = [make_face_chunk(faces=faces) for faces in ([cropped_face(RED), make_face()], [], [cropped_face(GREEN)])]

    first, second, third = FaceEmbedder(ColourEncoder(), colour_matcher()).embed_together(chunks)

    assert [match.person_id if match else None for match in first.matches] == ["p_red", None]
    assert second.faces == ()
    assert [match.person_id if match else None for match in third.matches] == ["p_green"]


def test_a_gallery_of_another_encoder_is_refused():
    with pytest.raises(ValueError, match="expected embeddings of sface, got those of dlib-resnet"):
        FaceEmbedder(ColourEncoder(), colour_matcher("dlib-resnet"))
