"""Give the faces of a chunk their embeddings, in one batch, and say whom they resemble for those who watch live."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.identity.matching import Gallery, match_templates
from pipeline.schemas import Face, FaceChunk, Match


class FaceEmbedder:
    """Embeds the faces of chunks; a batch never mixes two chunks, so that a chunk done again comes out equal."""

    def __init__(self, encoder: Encoder, gallery: Gallery | None = None) -> None:
        if gallery is not None and gallery.encoder != encoder.name:
            raise ValueError(f"gallery: expected embeddings of {encoder.name}, got those of {gallery.encoder}")
        self._encoder = encoder
        self._gallery = gallery

    def embed(self, chunk: FaceChunk) -> FaceChunk:
        """The chunk with embeddings in the place of crops; with a gallery, also with each face's provisional match."""
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
        if self._gallery is None:
            return ()
        matches: list[Match | None] = [None] * len(faces)
        embedded = [place for place, face in enumerate(faces) if face.embedding is not None]
        vectors = [face.embedding for face in faces if face.embedding is not None]
        if vectors:
            for place, match in zip(embedded, match_templates(np.stack(vectors), self._gallery), strict=True):
                matches[place] = match
        return tuple(matches)
