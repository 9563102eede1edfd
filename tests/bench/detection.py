"""The detector on 720p against stock `mtcnn` with its pyramid mended, at the same smallest face and thresholds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import cv2
import numpy as np

from pipeline.faces.mtcnn.detector import MtcnnDetector
from pipeline.options import DetectionOptions, SamplingOptions
from pipeline.schemas import FrameChunk, ImageU8, RunKey
from pipeline.video.chunks import read_chunks
from tests.bench.footage import Footage, prepare_footage
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import SHORT_S, BenchSettings
from tests.pipeline.faces.mended_stock import MendedStock

CHUNK_STRIDE = 2
"""Every second chunk of the clip's minute: nine or ten of them, over all that it shows."""
STOCK_STRIDE = 4
"""Stock takes so long that every fourth frame of those has to do."""

Detect = Callable[[Sequence[ImageU8], Sequence[bool]], object]


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    chunks = list(_read_frames(prepare_footage(settings.folder, SHORT_S)))
    frames = [frame for frames_bgr, _ in chunks for frame in frames_bgr]
    options = DetectionOptions()
    min_face_size = options.min_face_size_for(frames[0].shape[0])
    stock = MendedStock(options.thresholds)
    theirs = _cpu_s(lambda: [stock.find(frame, min_face_size) for frame in frames[::STOCK_STRIDE]])
    theirs_a_frame = theirs / len(frames[::STOCK_STRIDE])
    for what, chunk_saving, bar in (("", True, Bar(2.5, 6, at_least=True)), (" on the full pyramid", False, None)):
        detector = MtcnnDetector(replace(options, chunk_saving=chunk_saving))
        ours = _cpu_s(partial(_detect_all, detector.detect_chunk, chunks)) / len(frames)
        yield Measurement(
            what=f"detector{what} against mended stock: CPU time",
            figure=theirs_a_frame / ours,
            unit="x less",
            detail=f"{ours * 1e3:.1f} against {theirs_a_frame * 1e3:.0f} CPU-ms a frame, from {min_face_size} px on",
            bar=bar,
        )


def _read_frames(footage: Footage) -> Iterator[tuple[list[ImageU8], list[bool]]]:
    """The frames `(720, 1280, 3)` uint8 BGR of some chunks, nothing gated, and which of them begin a shot."""
    options = SamplingOptions(gate=False)
    chunks = (one for one in read_chunks(footage.video, RunKey("f_0", "r_0"), options) if isinstance(one, FrameChunk))
    for chunk in islice(chunks, 0, None, CHUNK_STRIDE):
        pictures = [np.asarray(cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420), np.uint8) for frame in chunk.frames]
        yield pictures, [sample.starts_shot for sample in chunk.samples]


def _detect_all(detect: Detect, chunks: Sequence[tuple[list[ImageU8], list[bool]]]) -> None:
    for frames_bgr, starts_shot in chunks:
        detect(frames_bgr, starts_shot)


def _cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of the second time; the first builds and traces."""
    work()
    begin = time.process_time()
    work()
    return time.process_time() - begin
