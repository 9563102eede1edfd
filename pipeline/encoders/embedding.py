"""Give the faces of a chunk their embeddings, in one batch, and say whom they resemble for those who watch live."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.identity.matching import Matcher
from pipeline.schemas import Face, FaceChunk, Match


class FaceEmbedder:
    """Embeds the faces of chunks; a batch never mixes two chunks, so that a chunk done again comes out equal."""

    def __init__(self, encoder: Encoder, matcher: Matcher | None = None) -> None:
        if matcher is not None and matcher.gallery.encoder != encoder.name:
            raise ValueError(f"gallery: expected embeddings of {encoder.name}, got those of {matcher.gallery.encoder}")
        self._encoder = encoder
        self._matcher = matcher

    def embed(self, chunk: FaceChunk) -> FaceChunk:
        """The chunk with embeddings in the place of crops; with a matcher, also with each face's provisional match."""
        cropped = [place for place, face in enumerate(chunk.faces) if face.crop_rgb is not None]
        faces = list(chunk.faces)
        for place, face in zip(cropped, self._embedded([chunk.faces[place] for place in cropped]), strict=True):
            faces[place] = face
        return replace(chunk, faces=tuple(faces), matches=self._matches(faces))

    def _embedded(self, faces: list[Face]) -> list[Face]:
        crops = [face.crop_rgb for face in faces if face.crop_rgb is not None]
        if not crops:
            return []
        vectors = self._encoder.embed(np.stack(crops))
        return [replace(face, crop_rgb=None, embedding=vector) for face, vector in zip(faces, vectors, strict=True)]

    def _matches(self, faces: list[Face]) -> tuple[Match | None, ...]:
        if self._matcher is None:
            return ()
        matches: list[Match | None] = [None] * len(faces)
        embedded = [place for place, face in enumerate(faces) if face.embedding is not None]
        vectors = [face.embedding for face in faces if face.embedding is not None]
        if vectors:
            for place, match in zip(embedded, self._matcher.match(np.stack(vectors)), strict=True):
                matches[place] = match
        return tuple(matches)
