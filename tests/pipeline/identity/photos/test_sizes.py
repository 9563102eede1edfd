"""The size of a picture is read from its header, whatever its kind."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.identity.photos.sizes import PhotoSize, photo_size

KINDS = (".jpg", ".png", ".webp", ".bmp", ".gif", ".tiff", ".avif")


def encode(suffix: str, parameters: tuple[int, ...] = ()) -> bytes:
    image_bgr = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    return cv2.imencode(suffix, image_bgr, parameters)[1].tobytes()


@pytest.mark.parametrize("suffix", KINDS)
def test_size_is_that_of_the_decoded_picture(suffix: str) -> None:
    assert photo_size(encode(suffix)) == PhotoSize(width=60, height=40)


def test_size_of_a_lossy_webp_is_read() -> None:
    assert photo_size(encode(".webp", (cv2.IMWRITE_WEBP_QUALITY, 50))) == PhotoSize(width=60, height=40)


def test_size_of_a_progressive_jpeg_is_read() -> None:
    assert photo_size(encode(".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1))) == PhotoSize(width=60, height=40)


def test_size_of_an_extended_webp_is_read() -> None:
    head = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8)

    assert photo_size(head + b"\x3b\0\0" + b"\x27\0\0") == PhotoSize(width=60, height=40)


@pytest.mark.parametrize("suffix", KINDS)
def test_header_cut_off_anywhere_has_the_size_or_none(suffix: str) -> None:
    content = encode(suffix)

    assert {photo_size(content[:length]) for length in range(len(content))} == {None, PhotoSize(60, 40)}


@pytest.mark.parametrize("content", [b"", b"no picture", b"P6 9 9 255 ", b"\xff\xd8" + b"\xff" * 50_000])
def test_what_is_no_picture_has_no_size(content: bytes) -> None:
    assert photo_size(content) is None
