"""The values that flow from stage to stage: samples, frames, faces, embeddings, matches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

CHUNK_SAMPLES = 16
"""Samples in a chunk of a file: large enough to share work, small enough to lose and do again."""

ImageU8 = NDArray[np.uint8]
VectorF32 = NDArray[np.float32]


def check_array(name: str, array: np.ndarray, shape: tuple[int | None, ...], dtype: type) -> None:
    """Raise `ValueError` unless `array` has `shape` (None fits any length) and `dtype`."""
    fits = array.ndim == len(shape) and all(
        want is None or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype != dtype:
        wanted = "x".join("any" if want is None else str(want) for want in shape)
        raise ValueError(f"{name}: expected {wanted} {dtype.__name__}, got {array.shape} {array.dtype}")


class SampleState(StrEnum):
    """What became of one cell of a run's time grid."""

    DECODED = "decoded"  # a frame goes to the detector
    GATED = "gated"  # the picture is unchanged: open tracks go on, no detection
    FAILED = "failed"  # no picture could be decoded for this cell
    DROPPED = "dropped"  # a live picture that was left out, since the stages behind were too slow for it


class LeftOut(StrEnum):
    """Why nobody looked at a cell: the first five of a DROPPED one, the others of a FAILED one."""

    SLOWED = "slowed"  # on purpose, by a slower pace
    BEHIND = "behind"  # the picture came out of the decoder too late
    NO_CREDIT = "no_credit"  # the stages behind took nothing, and it was the oldest that waited
    LATE = "late"  # it found no room on the way to the detector while it was young
    LOST = "lost"  # it was on its way when the server lost it, or went away
    SILENT = "silent"  # no picture came although one was due
    DAMAGED = "damaged"  # a picture came and could not be decoded whole
    BURIED = "buried"  # a stage could not process it, and gave up


STATE_OF_REASON = {
    LeftOut.SLOWED: SampleState.DROPPED,
    LeftOut.BEHIND: SampleState.DROPPED,
    LeftOut.NO_CREDIT: SampleState.DROPPED,
    LeftOut.LATE: SampleState.DROPPED,
    LeftOut.LOST: SampleState.DROPPED,
    LeftOut.SILENT: SampleState.FAILED,
    LeftOut.DAMAGED: SampleState.FAILED,
    LeftOut.BURIED: SampleState.FAILED,
}


@dataclass(frozen=True, slots=True)
class RunKey:
    """One pass over one source."""

    source_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One cell of a run's time grid; cell `index` begins at `index / fps` seconds of media time."""

    index: int
    media_s: float
    """Exact presentation time in seconds from the source's first frame; the cell's begin if FAILED."""
    state: SampleState
    starts_shot: bool = False
    """True when the picture cut to another shot since the sample before."""
    reason: LeftOut | None = None
    """Why it is DROPPED or FAILED; None for the others."""

    def left_out(self, reason: LeftOut) -> Sample:
        """The sample, at which nobody looks after all if it is DECODED; one of another state keeps that."""
        if self.state is not SampleState.DECODED:
            return self
        return replace(self, state=STATE_OF_REASON[reason], reason=reason)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The picture of one DECODED sample, upright and in square pixels."""

    sample_index: int
    i420: ImageU8
    """`(3 * height / 2, width)` uint8: full Y plane, then quarter U and V planes (BT.601, 16..235), as
    `cv2.COLOR_YUV2BGR_I420` reads them. Width and height are even."""

    def __post_init__(self) -> None:
        check_array("i420", self.i420, (None, None), np.uint8)
        rows, width = self.i420.shape
        if rows % 3 or width % 2 or (rows // 3 * 2) % 2:
            raise ValueError(f"i420: expected even width and height, got planes of {self.i420.shape}")

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.i420.shape[1], self.i420.shape[0] // 3 * 2


@dataclass(frozen=True, slots=True, eq=False)
class FrameChunk:
    """Up to `CHUNK_SAMPLES` consecutive samples of a run, with the frames of the DECODED ones; of a live run fewer."""

    run: RunKey
    number: int
    """Sample index // CHUNK_SAMPLES, or // the fewer samples of a live chunk."""
    samples: tuple[Sample, ...]
    frames: tuple[Frame, ...]
    """One per DECODED sample, in order."""
    frame_size_wh: tuple[int, int]
    arrived_at: datetime | None = None
    """When its newest picture reached us, by our own clock, UTC; only of a camera's chunk in which one came."""


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How useful a face is for recognition; every part is 0 (useless) to 1 (ideal)."""

    size: float
    sharpness: float
    pose: float
    """1 is frontal; estimated from the five landmarks."""
    light: float
    overall: float
    """The weight of this face in a track's template."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detected face in one sample."""

    sample_index: int
    box_xyxy: VectorF32
    """`(4,)` float32: left, top, right, bottom in pixels of the frame, not clipped."""
    landmarks_xy: VectorF32
    """`(5, 2)` float32 pixels: left eye, right eye, nose, left and right mouth corner, image left first."""
    score: float
    """The detector's confidence, 0..1."""
    quality: FaceQuality
    crop_rgb: ImageU8 | None = None
    """`(S, S, 3)` uint8 RGB aligned to the encoder's template; None when the face will not be encoded."""
    thumb_jpeg: bytes | None = None
    """A loose crop (box x 1.6) as JPEG, for evidence and for encoding the past again; None when not kept."""
    embedding: VectorF32 | None = None
    """`(D,)` float32 of unit length, once encoded."""

    def __post_init__(self) -> None:
        check_array("box_xyxy", self.box_xyxy, (4,), np.float32)
        check_array("landmarks_xy", self.landmarks_xy, (5, 2), np.float32)
        if self.crop_rgb is not None:
            check_array("crop_rgb", self.crop_rgb, (None, None, 3), np.uint8)
        if self.embedding is not None:
            check_array("embedding", self.embedding, (None,), np.float32)


@dataclass(frozen=True, slots=True)
class Match:
    """The best person of a gallery for one embedding or template."""

    person_id: str
    score: float
    """Cosine similarity, -1..1."""
    second_person_id: str | None = None
    margin: float | None = None
    """Score minus the second person's score; None with a single person enrolled."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceChunk:
    """The faces of one chunk, sorted by (sample, box): with crops by the detector, with embeddings by the encoder."""

    run: RunKey
    number: int
    samples: tuple[Sample, ...]
    frame_size_wh: tuple[int, int]
    faces: tuple[Face, ...]
    arrived_at: datetime | None = None
    """That of the frames."""


@dataclass(frozen=True, slots=True)
class ChunkFailed:
    """A chunk that could not be processed; it counts as failed samples and the run goes on."""

    run: RunKey
    number: int
    samples: tuple[Sample, ...]
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """What follows a run's last chunk."""

    run: RunKey
    n_chunks: int
    problem: str | None = None
    """Why the run ends before the source's stated end, in words for the user; None when it is whole."""
