"""Read photographs, upright and of bounded size, and list those of a gallery folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.errors import GalleryEmpty, ImageUnreadable, NotFound
from pipeline.schemas import ImageU8

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
OTHER_SUFFIXES = (".avif", ".gif", ".heic", ".heif", ".jfif", ".tif", ".tiff")
"""Pictures, too, of kinds that may not be readable: whoever puts one into a gallery wants to hear of it."""
LARGEST_SIDE = 1600
"""Pixels; a larger photograph is shrunk to it: no encoder sees more of a face, and detection takes time."""
LARGEST_FILE = 64 << 20
"""Bytes; no photograph needs more, and a decoder is a poor place to find out."""


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
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ImageUnreadable("the picture is too large to be decoded") from error
    if image is None:
        raise ImageUnreadable("the file is damaged, or no picture of a kind that can be read (JPEG, PNG, WebP, BMP)")
    scale = LARGEST_SIDE / max(image.shape[:2])
    if scale < 1:
        size_wh = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        image = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA)
    return np.asarray(image, np.uint8)


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
