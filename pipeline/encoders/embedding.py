"""Give the faces of a chunk their embeddings, in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.schemas import Face, FaceChunk


class FaceEmbedder:
    """Embeds the faces of chunks. Those of footage must come one by one: a batch that never mixes two chunks gives a
    chunk that is done again equal embeddings, and the company changes them by the last bits."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed(self, chunk: FaceChunk) -> FaceChunk:
        """The chunk with embeddings in the place of crops."""
        return self.embed_together([chunk])[0]

    def embed_together(self, chunks: Sequence[FaceChunk]) -> list[FaceChunk]:
        """The same for several chunks, whose faces share batches: for live cameras, where nothing is done again."""
        embedded = iter(self._embedded([face for chunk in chunks for face in chunk.faces if face.crop_rgb is not None]))
        done = [[face if face.crop_rgb is None else next(embedded) for face in chunk.faces] for chunk in chunks]
        return [replace(chunk, faces=tuple(faces)) for chunk, faces in zip(chunks, done, strict=True)]

    def _embedded(self, faces: list[Face]) -> list[Face]:
        crops = [face.crop_rgb for face in faces if face.crop_rgb is not None]
        if not crops:
            return []
        vectors = self._encoder.embed(np.stack(crops))
        return [replace(face, crop_rgb=None, embedding=vector) for face, vector in zip(faces, vectors, strict=True)]
