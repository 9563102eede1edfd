"""Read photographs, upright and of bounded size, and list those of a gallery folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.errors import GalleryEmpty, ImageUnreadable, NotFound
from pipeline.identity.photos.sizes import PhotoSize, photo_size
from pipeline.schemas import ImageU8

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
OTHER_SUFFIXES = (".avif", ".gif", ".heic", ".heif", ".jfif", ".tif", ".tiff")
"""Pictures, too, of kinds that may not be readable: whoever puts one into a gallery wants to hear of it."""
LARGEST_SIDE = 1600
"""Pixels; a larger photograph is shrunk to it: no encoder sees more of a face, and detection takes time."""
LARGEST_FILE = 64 << 20
"""Bytes; no photograph needs more, and a decoder is a poor place to find out."""
LARGEST_PIXELS = 120_000_000
"""Decoded they take 360 MB; phones and cameras that people have give up to 108 million, and a small file can claim any
number."""
NO_PICTURE = "the file is damaged, or no picture of a kind that can be read (JPEG, PNG, WebP, BMP)"


@dataclass(frozen=True, slots=True)
class PersonPhotos:
    """The photographs that a gallery folder has of one person."""

    name: str
    paths: tuple[Path, ...]


def read_photo(content: bytes) -> ImageU8:
    """The photograph as `(H, W, 3)` uint8 BGR, turned upright as its EXIF says; raises `ImageUnreadable`."""
    if not content:
        raise ImageUnreadable("the file is empty")
    if len(content) > LARGEST_FILE:
        raise ImageUnreadable(f"the file has {len(content) >> 20} MB; a photograph has at most {LARGEST_FILE >> 20}")
    image = _decode(content, _checked_size(content))
    scale = LARGEST_SIDE / max(image.shape[:2])
    if scale < 1:
        size_wh = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        image = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(image, np.uint8)


def _checked_size(content: bytes) -> PhotoSize:
    """The picture's size as its header tells; raises `ImageUnreadable` for one too large, before it takes memory."""
    size = photo_size(content)
    if size is None:
        raise ImageUnreadable(NO_PICTURE)
    if size.n_pixels > LARGEST_PIXELS:
        raise ImageUnreadable(
            f"the picture has {size.width} x {size.height} pixels; "
            f"at most {LARGEST_PIXELS // 10**6} million can be read: save it smaller"
        )
    return size


def _decode(content: bytes, size: PhotoSize) -> ImageU8:
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), _decoding(size))
    except cv2.error as error:
        raise ImageUnreadable("the picture is too large to be decoded") from error
    if image is None:
        raise ImageUnreadable(NO_PICTURE)
    return np.asarray(image, np.uint8)


def _decoding(size: PhotoSize) -> int:
    """How OpenCV is to decode: a large picture reduced, to no less than twice the side that it is then shrunk to."""
    reduction = size.longest // (2 * LARGEST_SIDE)
    if reduction >= 8:
        return cv2.IMREAD_REDUCED_COLOR_8
    if reduction >= 4:
        return cv2.IMREAD_REDUCED_COLOR_4
    return cv2.IMREAD_REDUCED_COLOR_2 if reduction >= 2 else cv2.IMREAD_COLOR


def list_gallery(folder: Path) -> list[PersonPhotos]:
    """Everybody in `<folder>/<Person Name>/*.jpg` and `<folder>/<Person Name>.jpg`, by name.

    Files and folders whose name begins with a dot, and files that are no photographs, are passed over. Raises
    `NotFound` without the folder, and `GalleryEmpty` without a photograph in it.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no gallery folder {folder}")
    photos: dict[str, list[Path]] = {}
    for entry in sorted(_visible(folder)):
        name = entry.name if entry.is_dir() else entry.stem
        found = sorted(_visible(entry)) if entry.is_dir() else [entry]
        photos.setdefault(name, []).extend(path for path in found if _is_photo(path))
    people = [PersonPhotos(name, tuple(paths)) for name, paths in sorted(photos.items()) if paths]
    if not people:
        raise GalleryEmpty(f"{folder} has no pictures; put them into {folder}/<Person Name>/ as {_known_suffixes()}")
    return people


def _visible(folder: Path) -> Iterator[Path]:
    return (entry for entry in folder.iterdir() if not entry.name.startswith("."))


def _is_photo(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in (*PHOTO_SUFFIXES, *OTHER_SUFFIXES)


def _known_suffixes() -> str:
    return ", ".join(PHOTO_SUFFIXES)
