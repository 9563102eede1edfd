"""Making the sample in a folder: `sample.mp4`, `gallery/<Person>/<picture>` and `truth.csv`."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.sample.drawing import draw_frames
from pipeline.sample.pictures import GALLERY
from pipeline.sample.scene import FPS, SHOTS, list_truth
from pipeline.schemas import ImageU8
from pipeline.video.writing import write_video

N_FRAMES = round(SHOTS[-1].end_s * FPS)
STAMP = ".made"
"""Written last: its text is the digest of what the other files were made from."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample's files are."""

    video: Path
    gallery: Path
    truth_csv: Path


def make_sample(out_dir: Path, cache_dir: Path, on_frame: Callable[[int], None] | None = None) -> Sample:
    """Make the sample in `out_dir` unless it is there already; photographs are downloaded once, into `cache_dir`.

    `on_frame` hears the number of frames drawn, of `N_FRAMES`. Equal photographs give equal frames. An interrupted
    call leaves nothing that a later one takes for finished. Raises `WeightsError` when a photograph cannot be had.
    """
    sample = Sample(out_dir / "sample.mp4", out_dir / "gallery", out_dir / "truth.csv")
    if _is_made(sample):
        return sample
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / STAMP).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".making-") as folder:
        made = _make_in(Path(folder), cache_dir, on_frame)
        made.video.replace(sample.video)
        made.truth_csv.replace(sample.truth_csv)
        shutil.rmtree(sample.gallery, ignore_errors=True)
        made.gallery.replace(sample.gallery)
    (out_dir / STAMP).write_text(_digest())
    return sample


def _is_made(sample: Sample) -> bool:
    stamp = sample.video.parent / STAMP
    whole = sample.video.is_file() and sample.gallery.is_dir() and sample.truth_csv.is_file()
    return whole and stamp.is_file() and stamp.read_text() == _digest()


def _digest() -> str:
    return hashlib.sha256(repr((SHOTS, GALLERY)).encode()).hexdigest()


def _make_in(folder: Path, cache_dir: Path, on_frame: Callable[[int], None] | None) -> Sample:
    sample = Sample(folder / "sample.mp4", folder / "gallery", folder / "truth.csv")
    for person, picture in GALLERY.items():
        target = sample.gallery / person / picture.file_name
        target.parent.mkdir(parents=True)
        shutil.copyfile(picture.fetch(cache_dir), target)
    files = {layer.picture: layer.picture.fetch(cache_dir) for shot in SHOTS for layer in shot.layers}
    write_video(sample.video, _counted(draw_frames(SHOTS, files), on_frame), FPS)
    _write_truth(sample.truth_csv)
    return sample


def _counted(frames_bgr: Iterator[ImageU8], on_frame: Callable[[int], None] | None) -> Iterator[ImageU8]:
    for number, frame in enumerate(frames_bgr, start=1):
        yield frame
        if on_frame is not None:
            on_frame(number)


def _write_truth(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["person", "t_start", "t_end", "level", "note"])
        for row in list_truth(SHOTS):
            writer.writerow([row.person, f"{row.start_s:.2f}", f"{row.end_s:.2f}", row.level, row.note])
