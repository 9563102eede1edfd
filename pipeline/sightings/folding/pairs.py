"""Which face of a sample belongs to which open track: boxes and embeddings together, decided greedily.

Two candidates are linked by their boxes (they overlap, and no embedding contradicts) or by likeness (the embedding
agrees, and the box is where the same face can be). A track that was just seen may be linked either way. One that was
missed, or last seen longer ago than the gap allowed, needs the embedding to agree; without an embedding a short gap is
bridged by overlap alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.faces.linking import iou_matrix
from pipeline.options import TrackingOptions
from pipeline.schemas import VectorF32

MatrixF64 = NDArray[np.float64]
MatrixBool = NDArray[np.bool_]

LIKENESS_UNKNOWN = 0.5
"""Likeness of a pair without embeddings, between a contradiction (0) and identity (1)."""

MISSED_PENALTY = 0.2
"""Affinity that a track loses when it was missed in the last sample, so that equal claims go to the track just seen."""


HIGHEST_CONTRADICTION = 0.999
"""Contradictions end below 1, where likeness has no range left."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """Cosine similarities from which an embedding agrees with a track, and below which it contradicts."""

    agree: float
    contradict: float


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A track as last seen, or a face: what linking looks at."""

    box_xyxy: tuple[float, float, float, float]
    vector: VectorF32 | None
    """`(D,)` float32 of unit length: a track's template or a face's embedding."""
    unseen_s: float = 0.0
    """Tracks: media seconds since the face was last seen."""
    was_missed: bool = False
    """Tracks: whether the sample before did not show it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A track and the face that goes on with it, as positions in what was given."""

    track: int
    face: int


def pair_faces(tracks: Sequence[Candidate], faces: Sequence[Candidate], options: TrackingOptions) -> list[Pair]:
    """Each track and each face at most once, the strongest affinity first; ties go to the earlier track and face."""
    if not tracks or not faces:
        return []
    affinity = affinities(tracks, faces, options)
    possible = [(-affinity[t, f], t, f) for t, f in np.argwhere(np.isfinite(affinity)).tolist()]
    pairs: list[Pair] = []
    for _, track, face in sorted(possible):
        if all(track != pair.track and face != pair.face for pair in pairs):
            pairs.append(Pair(track, face))
    return pairs


def affinities(tracks: Sequence[Candidate], faces: Sequence[Candidate], options: TrackingOptions) -> MatrixF64:
    """`(T, F)` float64: overlap plus likeness of each pair, -inf where they cannot be the same face."""
    overlap = iou_matrix(_boxes(tracks), _boxes(faces))
    cosine = cosine_matrix(tracks, faces)
    missed = np.array([[track.was_missed] for track in tracks])
    far = np.array([[track.unseen_s > options.max_gap_s] for track in tracks])
    limits = _limits(options)
    compared = ~np.isnan(cosine)
    agrees = compared & (cosine >= limits.agree)
    by_likeness = agrees & plausible_moves(_boxes(tracks), _boxes(faces), options)
    by_box = (overlap >= options.min_iou) & ~far
    by_box &= np.where(missed, ~compared | agrees, ~compared | (cosine >= limits.contradict))
    likeness = np.where(
        compared, np.clip((cosine - limits.contradict) / (1.0 - limits.contradict), 0, 1), LIKENESS_UNKNOWN
    )
    return np.where(by_box | by_likeness, overlap + likeness - MISSED_PENALTY * missed, -np.inf)


def cosine_matrix(tracks: Sequence[Candidate], faces: Sequence[Candidate]) -> MatrixF64:
    """`(T, F)` float64 cosine similarities, NaN where either has no vector."""
    rows = [
        [np.nan if a.vector is None or b.vector is None else float(a.vector @ b.vector) for b in faces] for a in tracks
    ]
    return np.array(rows, np.float64)


def plausible_moves(first_xyxy: VectorF32, second_xyxy: VectorF32, options: TrackingOptions) -> MatrixBool:
    """`(N, M)` bool: whether a face could have moved and grown from the first box to the second."""
    first_size, second_size = np.sqrt(_areas(first_xyxy)), np.sqrt(_areas(second_xyxy))
    larger = np.maximum(first_size[:, None], second_size[None, :])
    smaller = np.minimum(first_size[:, None], second_size[None, :])
    shift = np.linalg.norm(_centres(first_xyxy)[:, None] - _centres(second_xyxy)[None, :], axis=2)
    plausible: MatrixBool = (shift <= options.max_shift * larger) & (larger <= options.max_resize * smaller)
    return plausible


def _limits(options: TrackingOptions) -> _Limits:
    if options.agree_cosine is None or options.contradict_cosine is None:
        raise ValueError(
            "tracking options: expected an encoder's cosines, as `AnalysisOptions` fills them in, got None"
        )
    return _Limits(options.agree_cosine, min(options.contradict_cosine, HIGHEST_CONTRADICTION))


def _boxes(candidates: Sequence[Candidate]) -> VectorF32:
    return np.array([candidate.box_xyxy for candidate in candidates], np.float32)


def _areas(boxes_xyxy: VectorF32) -> VectorF32:
    sides = np.clip(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0, None)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def _centres(boxes_xyxy: VectorF32) -> VectorF32:
    return np.asarray((boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2, np.float32)
