"""The MTCNN detector: pictures of any sizes one by one, the frames of a chunk together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pipeline.faces.detection import Detections, check_chunk, in_colour
from pipeline.faces.mtcnn.boxes import Candidates, IndexArray
from pipeline.faces.mtcnn.cascade import Cascade, Thresholds
from pipeline.faces.mtcnn.following import find_faces
from pipeline.faces.mtcnn.pyramid import Level, exact_levels, pyramid_levels, shrink_levels
from pipeline.options import DetectionOptions
from pipeline.schemas import ImageU8, VectorF32

BATCH_FRAMES = 4
"""Frames that go through the networks together, at most: shares the costs of a call."""
BATCH_PIXELS = 1_000_000
"""Pixels on their largest level together, at most (one frame may have more): P-Net takes some 120 bytes for each."""

MakeLevels = Callable[[Sequence[ImageU8], Sequence[Level]], Iterator[tuple[Level, VectorF32]]]
"""How the levels of a pyramid are made: exactly, or nearly so and faster."""


class MtcnnDetector:
    """Finds faces by MTCNN. Construct it once per process; it keeps nothing between calls."""

    def __init__(self, options: DetectionOptions) -> None:
        """Raises `WeightsError` when the weights are missing."""
        self._options = options
        self._cascade = Cascade(Thresholds(*options.thresholds))

    def detect(self, images_bgr: Sequence[ImageU8]) -> list[Detections]:
        """The faces of pictures of any sizes, each searched whole; see `Detector`."""
        return [
            _Frames([in_colour(image)], self._cascade, self._options, exact_levels).search(np.arange(1))[0]
            for image in images_bgr
        ]

    def detect_chunk(self, frames_bgr: Sequence[ImageU8], starts_shot: Sequence[bool]) -> list[Detections]:
        """The faces of consecutive frames of one size; see `Detector`.

        With `chunk_saving` most frames are not searched whole (see `following.py`).
        """
        check_chunk(frames_bgr, starts_shot)
        if not frames_bgr:
            return []
        if not self._options.chunk_saving:
            whole = _Frames(frames_bgr, self._cascade, self._options, exact_levels)
            return whole.search(np.arange(len(frames_bgr)))
        return find_faces(starts_shot, _Frames(frames_bgr, self._cascade, self._options, shrink_levels))


class _Frames:
    """Frames of one size, as the cascade is shown them: a few at a time."""

    def __init__(
        self, frames_bgr: Sequence[ImageU8], cascade: Cascade, options: DetectionOptions, make_levels: MakeLevels
    ) -> None:
        height, width = frames_bgr[0].shape[:2]
        self._levels = pyramid_levels((width, height), options.min_face_size_for(height))
        largest_pixels = max((level.size_wh[0] * level.size_wh[1] for level in self._levels), default=1)
        self._batch_frames = max(1, min(BATCH_FRAMES, BATCH_PIXELS // largest_pixels))
        self._frames_bgr = frames_bgr
        self._cascade = cascade
        self._make_levels = make_levels

    def search(self, frames: IndexArray) -> list[Detections]:
        found: list[Detections] = []
        for batch in self._batches(frames):
            pictures = [self._frames_bgr[frame] for frame in batch]
            found += self._cascade.confirm(pictures, self._cascade.propose(self._make_levels(pictures, self._levels)))
        return found

    def look(self, frames: IndexArray, squares_xyxy: Sequence[VectorF32]) -> list[Detections]:
        found: list[Detections] = []
        for batch in self._batches(np.arange(len(frames))):
            pictures = [self._frames_bgr[frame] for frame in frames[batch]]
            found += self._cascade.confirm(pictures, _candidates([squares_xyxy[place] for place in batch]))
        return found

    def _batches(self, numbers: IndexArray) -> list[IndexArray]:
        size = self._batch_frames
        return [numbers[start : start + size] for start in range(0, len(numbers), size)]


def _candidates(squares_xyxy: Sequence[VectorF32]) -> Candidates:
    lengths = [len(squares) for squares in squares_xyxy]
    frames = np.repeat(np.arange(len(lengths)), lengths)
    return Candidates(frames, np.concatenate(squares_xyxy), np.ones(len(frames), np.float32))
