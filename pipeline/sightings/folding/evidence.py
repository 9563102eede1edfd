"""What a track remembers of its faces while it is open: a template, the best embeddings, the best thumbnails.

All values are immutable and arrays are kept as bytes, so that a snapshot of an open track is the track.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from pipeline.schemas import Face, VectorF32

MAX_EMBEDDINGS = 5
"""Stored embeddings of a track: enough for its different looks, few enough to keep for ever."""

MAX_THUMBS = 3
"""Stored thumbnails of a track: evidence for a reader, and material for another encoder."""

KEEP_APART_S = 1.0
"""Faces nearer in time than this look alike; of such, the better one is worth keeping. Seconds."""

SMALLEST_WEIGHT = 1e-3
"""Weight of a face of quality 0 in the template, so that a track with an embedding always has a template."""


class Keepsake(msgspec.Struct, frozen=True, array_like=True):
    """One remembered embedding (float32 bytes) or thumbnail (JPEG)."""

    quality: float
    media_s: float
    data: bytes


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one face after some samples."""

    n_useful: int = 0
    """Faces with an embedding."""
    n_good: int = 0
    """Faces good enough to know somebody by, whether they were encoded or not."""
    best_quality: float = -1.0
    box_xywh: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """The best face's box as parts of the frame, 0..1."""
    template_sum: bytes = b""
    """`(D,)` float32: the sum of quality times embedding; empty without an embedding."""
    embeddings: tuple[Keepsake, ...] = ()
    thumbs: tuple[Keepsake, ...] = ()


def add_face(
    evidence: Evidence, face: Face, media_s: float, frame_size_wh: tuple[int, int], good_quality: float
) -> Evidence:
    """The evidence with one more face, seen at `media_s`; from `good_quality` on it counts as good."""
    is_best = face.quality.overall > evidence.best_quality
    return Evidence(
        n_useful=evidence.n_useful + (face.embedding is not None),
        n_good=evidence.n_good + (face.quality.overall >= good_quality),
        best_quality=face.quality.overall if is_best else evidence.best_quality,
        box_xywh=box_in_frame(face.box_xyxy, frame_size_wh) if is_best else evidence.box_xywh,
        template_sum=_added_template(evidence.template_sum, face),
        embeddings=_with_keepsake(
            evidence.embeddings,
            face,
            media_s,
            None if face.embedding is None else face.embedding.tobytes(),
            MAX_EMBEDDINGS,
        ),
        thumbs=_with_keepsake(evidence.thumbs, face, media_s, face.thumb_jpeg, MAX_THUMBS),
    )


def template_of(evidence: Evidence) -> VectorF32 | None:
    """The quality-weighted mean embedding, `(D,)` float32 of unit length; None without a useful face."""
    total = np.frombuffer(evidence.template_sum, np.float32)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length > 0 else None


def best_embeddings_of(evidence: Evidence) -> VectorF32:
    """The kept embeddings, `(k, D)` float32 of unit length, best quality first; `(0, 0)` without one."""
    if not evidence.embeddings:
        return np.zeros((0, 0), np.float32)
    return np.stack([np.frombuffer(kept.data, np.float32) for kept in evidence.embeddings])


def box_in_frame(box_xyxy: VectorF32, frame_size_wh: tuple[int, int]) -> tuple[float, float, float, float]:
    """A pixel box clipped to the frame, as left, top, width, height in parts of the frame, 0..1."""
    width, height = frame_size_wh
    scale = np.array([width, height, width, height], np.float64)
    left, top, right, bottom = np.clip(box_xyxy.astype(np.float64) / scale, 0.0, 1.0).tolist()
    return left, top, right - left, bottom - top


def keep_best(keepsakes: Sequence[Keepsake], limit: int) -> tuple[Keepsake, ...]:
    """At most `limit` of them, best first: of those near in time to a better one the poorest go first."""
    kept = sorted(keepsakes, key=lambda item: (-item.quality, item.media_s))
    while len(kept) > limit:
        crowded = [item for rank, item in enumerate(kept) if _is_near_any(item, kept[:rank])]
        kept.remove(crowded[-1] if crowded else kept[-1])
    return tuple(kept)


def _is_near_any(item: Keepsake, others: Sequence[Keepsake]) -> bool:
    return any(abs(item.media_s - other.media_s) < KEEP_APART_S for other in others)


def _with_keepsake(
    kept: tuple[Keepsake, ...], face: Face, media_s: float, data: bytes | None, limit: int
) -> tuple[Keepsake, ...]:
    if data is None:
        return kept
    return keep_best([*kept, Keepsake(face.quality.overall, media_s, data)], limit)


def _added_template(template_sum: bytes, face: Face) -> bytes:
    if face.embedding is None:
        return template_sum
    weighted = face.embedding * np.float32(max(face.quality.overall, SMALLEST_WEIGHT))
    if not template_sum:
        return weighted.tobytes()
    return (np.frombuffer(template_sum, np.float32) + weighted).tobytes()
