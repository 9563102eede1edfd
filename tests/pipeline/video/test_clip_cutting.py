"""Clips: what browsers play, of the time asked for, with the face marked where it really is."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.errors import SourceUnreadable
from pipeline.faces.thumbs import make_thumb
from pipeline.sample.making import Sample
from pipeline.sample.scene import FRAME_SIZE_WH, SHOTS
from pipeline.video.clips.cutting import MOST_FPS, ClipWanted, FaceToMark, cut_clip
from pipeline.video.clips.following import Box, find_anchor, follow
from tests.pipeline.video.clips import MakeClip


def wanted(footage: Path, start_s: float, end_s: float, *faces: FaceToMark) -> ClipWanted:
    return ClipWanted(footage=footage, start_s=start_s, end_s=end_s, rotation=None, faces=faces)


def test_clip_is_h264_of_the_time_asked_for(tmp_path: Path, make_clip: MakeClip) -> None:
    clip = cut_clip(wanted(make_clip("long.mp4", 100), 1.0, 3.0), tmp_path / "clip.mp4", tmp_path / "still.jpg")

    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        times = [frame.time for frame in container.decode(video=0)]
    assert (stream.codec.name, stream.pix_fmt) == ("h264", "yuv420p")
    assert times[0] == pytest.approx(0.0, abs=0.05)
    assert times[-1] == pytest.approx(2.0, abs=0.1)
    assert len(times) == clip.n_pictures <= 2 * MOST_FPS + 2
    assert clip.has_still is False


def test_time_behind_the_end_is_told_and_leaves_nothing(tmp_path: Path, make_clip: MakeClip) -> None:
    with pytest.raises(SourceUnreadable, match="shows nothing"):
        cut_clip(wanted(make_clip("plain.mp4"), 90, 95), tmp_path / "clip.mp4", tmp_path / "still.jpg")

    assert list(tmp_path.iterdir()) == []


def test_thumbnail_of_something_else_marks_nothing(tmp_path: Path, make_clip: MakeClip) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (60, 60, 3), np.uint8)
    jpeg = make_thumb(noise, np.array([10, 10, 50, 50], np.float32)) or b""
    face = FaceToMark(media_start_s=0, media_end_s=1, box=(0.1, 0.1, 0.3, 0.4), thumb_jpeg=jpeg)

    clip = cut_clip(wanted(make_clip("plain.mp4"), 0, 1, face), tmp_path / "clip.mp4", tmp_path / "still.jpg")

    assert (clip.n_marked, clip.has_still) == (0, False)


def test_nothing_is_found_in_no_pictures() -> None:
    assert find_anchor([], (0.1, 0.1, 0.2, 0.2), np.zeros((20, 20), np.uint8)) is None


@pytest.mark.slow
def test_face_is_followed_where_the_truth_says_it_is(sample: Sample) -> None:
    times, grays = _read_grays(sample.video, 4.6, 7.4)
    middle = len(times) // 2

    boxes = follow(grays, middle, _truth(times[middle]))

    overlaps = [_overlap(box, _truth(time)) for box, time in zip(boxes, times, strict=True) if box]
    assert len(overlaps) == len(times)
    assert min(overlaps) > 0.6


def _read_grays(video: Path, start_s: float, end_s: float) -> tuple[list[float], list[np.ndarray]]:
    capture = cv2.VideoCapture(str(video))
    capture.set(cv2.CAP_PROP_POS_MSEC, start_s * 1000)
    times, grays = [], []
    for index in range(round((end_s - start_s) * 25)):
        _, frame_bgr = capture.read()
        times.append(start_s + index / 25)
        grays.append(cv2.resize(cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY), (480, 270)))
    capture.release()
    return times, grays


def _truth(at_s: float) -> Box:
    width, height = FRAME_SIZE_WH
    layer = next(layer for layer in SHOTS[1].layers if layer.person == "stranger")
    left, top, right, bottom = layer.face_at(at_s) or (0, 0, 0, 0)
    return left / width, top / height, (right - left) / width, (bottom - top) / height


def _overlap(box: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    high = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    shared = max(wide, 0) * max(high, 0)
    return shared / (box[2] * box[3] + other[2] * other[3] - shared)
