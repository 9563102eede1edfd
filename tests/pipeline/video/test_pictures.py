from fractions import Fraction

import cv2
import numpy as np
import pytest

from pipeline.schemas import Frame
from pipeline.video.writing import WritingOptions
from tests.pipeline.video.clips import MakeClip, draw_frames, read_run


def read_first_frame(make_clip: MakeClip, name: str, options: WritingOptions, **reading: int) -> Frame:
    chunks, _ = read_run(make_clip(name, 3, options=options), **reading)
    return chunks[0].frames[0]


def to_bgr(frame: Frame) -> np.ndarray:
    return cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("plain.mp4", "libx264", "yuv420p"),
        ("full_range.mp4", "libx264", "yuvj420p"),
        ("full_chroma.mp4", "libx264", "yuv444p"),
        ("ten_bits.mkv", "libx264", "yuv420p10le"),
        ("prores.mov", "prores_ks", "yuv422p10le"),
        ("jpeg.avi", "mjpeg", "yuvj420p"),
        ("raw.avi", "rawvideo", "bgr24"),
        ("lossless.mkv", "ffv1", "yuv420p"),
    ],
)
def test_colours_survive_every_pixel_format(make_clip: MakeClip, name: str, codec: str, pixel_format: str) -> None:
    frame = read_first_frame(make_clip, "format_" + name, WritingOptions(codec=codec, pixel_format=pixel_format))

    error = np.abs(to_bgr(frame).astype(int) - next(draw_frames(1)))
    assert error.mean() < 7


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_picture_is_turned_upright(make_clip: MakeClip, degrees: int) -> None:
    coded = read_first_frame(make_clip, "upright.mp4", WritingOptions())
    turned = read_first_frame(make_clip, f"turned{degrees}.mp4", WritingOptions(rotation_degrees=degrees))

    assert np.abs(np.rot90(to_bgr(coded), degrees // 90).astype(int) - to_bgr(turned)).mean() < 1


def test_wide_pixels_are_stretched(make_clip: MakeClip) -> None:
    frame = read_first_frame(make_clip, "stretched.mp4", WritingOptions(pixel_aspect=Fraction(2)))

    expected = cv2.resize(next(draw_frames(1)), (320, 96))
    assert frame.size_wh == (320, 96)
    assert np.abs(to_bgr(frame).astype(int) - expected).mean() < 7


def test_large_picture_is_shrunk(make_clip: MakeClip) -> None:
    frame = read_first_frame(make_clip, "upright.mp4", WritingOptions(), largest_side=80)

    expected = cv2.resize(next(draw_frames(1)), (80, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(to_bgr(frame).astype(int) - expected).mean() < 12


def test_interlaced_picture_shows_one_moment(make_clip: MakeClip) -> None:
    options = WritingOptions(codec_options={"x264-params": "interlaced=1"})

    frame = read_first_frame(make_clip, "interlaced.mp4", options)

    assert np.abs(to_bgr(frame).astype(int) - next(draw_frames(1))).mean() < 9
