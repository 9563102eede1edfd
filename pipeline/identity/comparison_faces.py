"""The faces of a set of photographs, looked for once and cut for every encoder that is to be compared on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.faces.alignment import Alignment
from pipeline.faces.detection import Detector
from pipeline.identity.enrolment import cut_face, find_face
from pipeline.schemas import ImageU8, VectorF32

BATCH = 32

Crops = dict[Path, ImageU8]
"""`(S, S, 3)` uint8 RGB for each photograph with a usable face."""


def cut_faces(
    paths: Sequence[Path],
    detector: Detector,
    alignments: Mapping[str, Alignment],
    on_photo: Callable[[int], None] = lambda _: None,
) -> dict[str, Crops]:
    """For each alignment, by the key it has in `alignments`, the faces of the photographs.

    A photograph without a face that could be enrolled is in none of them. `on_photo` hears how many are done.
    """
    crops: dict[str, Crops] = {key: {} for key in alignments}
    for number, path in enumerate(paths, start=1):
        found = find_face(path, detector)
        for key, alignment in alignments.items():
            crop = cut_face(found, alignment)
            if crop is not None:
                crops[key][path] = crop
        on_photo(number)
    return crops


def embed_faces(crops: Crops, encoder: Encoder) -> dict[Path, VectorF32]:
    """`(D,)` float32 of unit length for each photograph."""
    paths = list(crops)
    vectors: dict[Path, VectorF32] = {}
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        vectors.update(zip(batch, encoder.embed(np.stack([crops[path] for path in batch])), strict=True))
    return vectors
