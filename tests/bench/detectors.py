"""What each detector finds and misses on labelled photographs, turned faces and footage, and what a frame costs it."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from pipeline.faces.detection import Detections, Detector
from pipeline.faces.detectors.choice import load_detector
from pipeline.faces.finding import to_bgr
from pipeline.faces.linking import match_boxes
from pipeline.options import DetectionOptions, SamplingOptions, Tilt
from pipeline.reports.truth import Level, TruthRow, read_truth
from pipeline.schemas import FrameChunk, ImageU8, RunKey
from pipeline.video.chunks import read_chunks
from tests.bench.measurement import Measurement
from tests.bench.open_data import find_open_data
from tests.bench.settings import BenchSettings

FOUND_IOU = 0.3
"""Overlap of a face with its label: labels take in more or less of the head than detectors do."""
SETTINGS = {
    "mtcnn": DetectionOptions(),
    "mtcnn, full pyramid": DetectionOptions(chunk_saving=False),
    "mtcnn, unscreened": DetectionOptions(min_plausibility=0),
    "mtcnn, confirmed": DetectionOptions(confirm=True),
    "mtcnn, any tilt": DetectionOptions(tilt=Tilt.ANY),
    "yunet": DetectionOptions(detector="yunet"),
    "yunet, unscreened": DetectionOptions(detector="yunet", min_plausibility=0),
    "yunet, any tilt": DetectionOptions(detector="yunet", tilt=Tilt.ANY),
}
FILMS = ("friends_apartment_part1", "short_hamilton", "obama_podium")
"""Films with a truth file; `intel_no_faces` shows people from behind only."""
TIMED_CHUNKS = 6
"""Chunks of the 720p clip on which the cost is measured, 96 frames."""


@dataclass(frozen=True, slots=True)
class Film:
    """The frames of a film at the default sampling, nothing gated."""

    chunks: list[FrameChunk]

    def find(self, detector: Detector) -> list[Detections]:
        """The faces of every sample."""
        found: list[Detections] = []
        for chunk in self.chunks:
            found += detector.detect_chunk(*_pictures(chunk))
        return found

    @property
    def times_s(self) -> list[float]:
        """The media time of every sample."""
        return [sample.media_s for chunk in self.chunks for sample in chunk.samples]


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Nothing without the open test data."""
    open_data = find_open_data()
    if open_data is None:
        return
    films = {name: _read_film(open_data / f"videos/{name}.mp4") for name in (*FILMS, "intel_no_faces")}
    timed = _read_film(open_data / "synthetic/synthetic_open.mp4", TIMED_CHUNKS)
    for name, options in SETTINGS.items():
        detector = load_detector(options, settings.weights)
        yield _photographs(name, detector, open_data / "detection/dlib_faces")
        yield from _hard_pictures(name, detector, open_data / "hard")
        yield _films(name, detector, films, open_data)
        yield _nobody(name, detector, films["intel_no_faces"], open_data)
        yield _cost(name, detector, timed)


def _photographs(name: str, detector: Detector, folder: Path) -> Measurement:
    with (folder / "boxes.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    paths = [folder / file for file in sorted({row["file"] for row in rows})]
    n_labelled = n_found = n_extra = 0
    for path, found in zip(paths, detector.detect([_read(path) for path in paths]), strict=True):
        labels = np.array([_corners(row) for row in rows if row["file"] == path.name], np.float32)
        counts = np.array([row["ignore"] == "0" for row in rows if row["file"] == path.name])
        pairs = match_boxes(labels, found.boxes_xyxy, FOUND_IOU)
        n_labelled += int(counts.sum())
        n_found += sum(bool(counts[pair.first]) for pair in pairs)
        n_extra += len(found) - len(pairs)
    return Measurement(
        what=f"{name}: labelled faces found",
        figure=n_found / n_labelled,
        unit="of them",
        detail=f"{n_found} of {n_labelled} in {len(paths)} group photographs, {n_extra} boxes without a label",
    )


def _hard_pictures(name: str, detector: Detector, folder: Path) -> Iterator[Measurement]:
    for room, n_faces in (("rotation", 1), ("lowlight", 1), ("crowd", 24), ("animals", 0)):
        paths = sorted((folder / room).glob("*.jpg"))
        numbers = [len(found) for found in detector.detect([_read(path) for path in paths])]
        yield Measurement(
            what=f"{name}: faces in hard/{room}",
            figure=sum(numbers),
            unit=f"of {n_faces * len(paths)}",
            detail=", ".join(f"{path.stem} {number}" for path, number in zip(paths, numbers, strict=True)),
        )


def _films(name: str, detector: Detector, films: dict[str, Film], open_data: Path) -> Measurement:
    """Samples inside clear rows that show at least as many faces as the truth has clear rows there."""
    n_samples = n_enough = n_rows = n_rows_seen = n_faces = 0
    for film in FILMS:
        clear = [row for row in read_truth(open_data / f"videos/groundtruth/{film}.csv") if row.level is Level.CLEAR]
        counts = [len(found) for found in films[film].find(detector)]
        wanted = [sum(_covers(row, time_s) for row in clear) for time_s in films[film].times_s]
        enough = [count >= want for count, want in zip(counts, wanted, strict=True)]
        n_faces += sum(counts)
        n_samples += sum(want > 0 for want in wanted)
        n_enough += sum(want > 0 and is_enough for want, is_enough in zip(wanted, enough, strict=True))
        n_rows += len(clear)
        n_rows_seen += sum(_is_seen(row, films[film].times_s, enough) for row in clear)
    return Measurement(
        what=f"{name}: clear samples of the films with all faces",
        figure=n_enough / n_samples,
        unit="of them",
        detail=f"{n_enough} of {n_samples}; {n_rows_seen} of {n_rows} clear rows at least once; {n_faces} faces in all",
    )


def _nobody(name: str, detector: Detector, film: Film, open_data: Path) -> Measurement:
    found = film.find(detector)
    pictures = [open_data / "detection/mtcnn/no-faces.jpg", *sorted((open_data / "hard/animals").glob("*.jpg"))]
    elsewhere = sum(len(each) for each in detector.detect([_read(path) for path in pictures]))
    return Measurement(
        what=f"{name}: faces where nobody shows one",
        figure=sum(len(each) for each in found) + elsewhere,
        unit="faces",
        detail=f"in {sum(len(each) > 0 for each in found)} of {len(found)} samples seen from behind, "
        f"{elsewhere} in {len(pictures)} pictures of animals and cartoons",
    )


def _cost(name: str, detector: Detector, timed: Film) -> Measurement:
    timed.find(detector)  # builds and traces
    cpu_ms, wall_ms = _elapsed_ms(lambda: timed.find(detector))
    n_frames = sum(len(chunk.frames) for chunk in timed.chunks)
    return Measurement(
        what=f"{name}: cost of a 720p frame",
        figure=cpu_ms / n_frames,
        unit="CPU-ms",
        detail=f"{wall_ms / n_frames:.1f} ms of wall clock, over {n_frames} frames in chunks",
    )


def _elapsed_ms(work: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3


def _read_film(path: Path, n_chunks: int | None = None) -> Film:
    chunks = islice(read_chunks(path, RunKey("f_0", "r_0"), SamplingOptions(gate=False)), n_chunks)
    return Film([chunk for chunk in chunks if isinstance(chunk, FrameChunk)])


def _pictures(chunk: FrameChunk) -> tuple[list[ImageU8], list[bool]]:
    return [to_bgr(frame) for frame in chunk.frames], [sample.starts_shot for sample in chunk.samples]


def _read(path: Path) -> ImageU8:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def _corners(row: Mapping[str, str]) -> list[float]:
    x, y, width, height = (float(row[key]) for key in ("x", "y", "w", "h"))
    return [x, y, x + width, y + height]


def _covers(row: TruthRow, time_s: float) -> bool:
    return row.start_s <= time_s <= row.end_s


def _is_seen(row: TruthRow, times_s: Sequence[float], enough: Sequence[bool]) -> bool:
    """Whether on some sample of the row as many faces were found as there are clear rows."""
    return any(is_enough and _covers(row, time_s) for time_s, is_enough in zip(times_s, enough, strict=True))
