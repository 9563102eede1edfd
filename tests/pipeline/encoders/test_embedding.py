"""The embedding stage: crops become embeddings, and the rest stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.encoders.embedding import FaceEmbedder
from tests.builders import make_face, make_face_chunk
from tests.builders_faces import ColourEncoder

RED, GREEN = (200, 0, 0), (0, 200, 0)


def cropped_face(colour: tuple[int, int, int], sample_index: int = 0):
    crop = np.full((112, 112, 3), colour, np.uint8)
    return replace(make_face(sample_index=sample_index), crop_rgb=crop)


def colours_of(chunk) -> list[int | None]:
    """The channel that each face's embedding points to; None for a face without one."""
    return [None if face.embedding is None else int(face.embedding.argmax()) for face in chunk.faces]


def test_crops_become_embeddings_and_faces_without_stay_as_they_are():
    chunk = make_face_chunk(faces=[cropped_face(RED), make_face(sample_index=1), cropped_face(GREEN, 2)])

    embedded = FaceEmbedder(ColourEncoder()).embed(chunk)

    assert colours_of(embedded) == [0, None, 1]
    assert embedded.faces[1] is chunk.faces[1]
    assert all(face.crop_rgb is None for face in embedded.faces)


def test_a_chunk_without_faces_stays_empty():
    assert FaceEmbedder(ColourEncoder()).embed(make_face_chunk()).faces == ()


def test_chunks_that_come_together_get_each_its_own_faces_back():
    chunks = [make_face_chunk(faces=faces) for faces in ([cropped_face(RED), make_face()], [], [cropped_face(GREEN)])]

    embedded = FaceEmbedder(ColourEncoder()).embed_together(chunks)

    assert [colours_of(chunk) for chunk in embedded] == [[0, None], [], [1]]
