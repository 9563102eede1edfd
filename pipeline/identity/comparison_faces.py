"""The faces of a set of photographs, looked for once and cut for every encoder that is to be compared on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.faces.alignment import Alignment
from pipeline.faces.detection import Detector
from pipeline.identity.enrolment import cut_face, detector_for, find_face
from pipeline.schemas import ImageU8, VectorF32

BATCH = 32


@dataclass(frozen=True, slots=True, eq=False)
class CutPhoto:
    """One photograph's face, as each alignment cuts it."""

    path: Path
    crops: Mapping[str, ImageU8]
    """`(S, S, 3)` uint8 RGB by the alignment's key; empty when there is no face that could be enrolled."""


def cut_photos(paths: Sequence[Path], detector: Detector, alignments: Mapping[str, Alignment]) -> Iterator[CutPhoto]:
    """The face of each photograph in turn, cut by every alignment, under the keys of `alignments`.

    The detector looks once at each, and at none where all alignments take pictures whole.
    """
    is_whole = {key: detector_for(alignment, detector) is None for key, alignment in alignments.items()}
    for path in paths:
        found = {whole: find_face(path, None if whole else detector) for whole in set(is_whole.values())}
        cuts = {key: cut_face(found[is_whole[key]], alignment) for key, alignment in alignments.items()}
        yield CutPhoto(path, {key: crop for key, crop in cuts.items() if crop is not None})


def embed_photos(photos: Sequence[CutPhoto], key: str, encoder: Encoder) -> dict[Path, VectorF32]:
    """`(D,)` float32 of unit length for each photograph that has a crop under `key`."""
    cut = [photo for photo in photos if key in photo.crops]
    vectors: dict[Path, VectorF32] = {}
    for start in range(0, len(cut), BATCH):
        batch = cut[start : start + BATCH]
        embedded = encoder.embed(np.stack([photo.crops[key] for photo in batch]))
        vectors.update(zip((photo.path for photo in batch), embedded, strict=True))
    return vectors
