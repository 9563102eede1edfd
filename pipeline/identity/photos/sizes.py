"""Read a picture's size from its header: what decoding it would take must be known before it is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

JPEG_MOST_SEGMENTS = 10_000
"""Steps to a JPEG's size; a file that needs more was made to keep its reader busy."""
JPEG_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of the segments that give the size: a frame begins."""
JPEG_BARE = frozenset({0x00, 0x01, 0xFF, *range(0xD0, 0xD8)})
"""What may follow an 0xFF byte without being a segment that has a length."""
AVIF_HEAD = 1 << 20
"""Bytes of an AVIF file in which its sizes are looked for."""
TIFF_WIDTH, TIFF_HEIGHT, TIFF_SHORT = 256, 257, 3


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """Width and height of a picture in pixels, before it is turned upright."""

    width: int
    height: int

    @property
    def n_pixels(self) -> int:
        return self.width * self.height

    @property
    def longest(self) -> int:
        return max(self.width, self.height)


def photo_size(content: bytes) -> PhotoSize | None:
    """The size that the header of a JPEG, PNG, WebP, BMP, GIF, TIFF or AVIF file tells.

    None for a damaged header, and for any other kind.
    """
    for offset, magic, read in _KINDS:
        if content.startswith(magic, offset):
            return _read_header(content, read)
    return None


def photo_suffix(content: bytes) -> str:
    """How the name of a file with this content ends, such as .jpg; .img for a kind that is not known."""
    kinds = (read for offset, magic, read in _KINDS if content.startswith(magic, offset))
    return next((_SUFFIXES[read] for read in kinds), ".img")


def _read_header(content: bytes, read: Callable[[bytes], PhotoSize]) -> PhotoSize | None:
    try:
        size = read(content)
    except (struct.error, IndexError, KeyError, ValueError):
        return None
    return size if size.n_pixels else None


def _of_png(content: bytes) -> PhotoSize:
    return PhotoSize(*struct.unpack_from(">II", content, content.index(b"IHDR", 12, 16) + 4))


def _of_jpeg(content: bytes) -> PhotoSize:
    at = 2
    for _ in range(JPEG_MOST_SEGMENTS):
        at = content.index(0xFF, at) + 1
        if content[at] in JPEG_SIZED:
            height, width = struct.unpack_from(">HH", content, at + 4)
            return PhotoSize(width, height)
        if content[at] not in JPEG_BARE:
            at += 1 + int(struct.unpack_from(">H", content, at + 1)[0])
    raise ValueError("no frame begins")


def _of_webp(content: bytes) -> PhotoSize:
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        return PhotoSize(width, height)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return PhotoSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", content, content.index(b"VP8 ", 12, 16) + 14)
    return PhotoSize(width & 0x3FFF, height & 0x3FFF)


def _of_bmp(content: bytes) -> PhotoSize:
    is_old = struct.unpack_from("<I", content, 14)[0] == 12
    width, height = struct.unpack_from("<HH" if is_old else "<ii", content, 18)
    return PhotoSize(abs(width), abs(height))


def _of_gif(content: bytes) -> PhotoSize:
    return PhotoSize(*struct.unpack_from("<HH", content, 6))


def _of_tiff(content: bytes) -> PhotoSize:
    order = "<" if content.startswith(b"II") else ">"
    (start,) = struct.unpack_from(order + "I", content, 4)
    (n_entries,) = struct.unpack_from(order + "H", content, start)
    sides = {TIFF_WIDTH: 0, TIFF_HEIGHT: 0}
    for at in range(start + 2, start + 2 + 12 * n_entries, 12):
        tag, kind = struct.unpack_from(order + "HH", content, at)
        if tag in sides:
            side = struct.unpack_from(order + ("H" if kind == TIFF_SHORT else "I"), content, at + 8)[0]
            sides[tag] = max(sides[tag], side)
    return PhotoSize(sides[TIFF_WIDTH], sides[TIFF_HEIGHT])


def _of_avif(content: bytes) -> PhotoSize:
    """Of the largest of the pictures in the file: a thumbnail or a tile is in it, too."""
    found = (match.end() + 4 for match in re.finditer(b"ispe", content[:AVIF_HEAD]))
    sizes = (PhotoSize(*struct.unpack_from(">II", content, at)) for at in found)
    return max(sizes, key=lambda size: size.n_pixels)


_KINDS: tuple[tuple[int, bytes, Callable[[bytes], PhotoSize]], ...] = (
    (0, b"\xff\xd8\xff", _of_jpeg),
    (0, b"\x89PNG\r\n\x1a\n", _of_png),
    (8, b"WEBP", _of_webp),
    (0, b"BM", _of_bmp),
    (0, b"GIF8", _of_gif),
    (0, b"II*\0", _of_tiff),
    (0, b"MM\0*", _of_tiff),
    (4, b"ftyp", _of_avif),
)
"""Where a kind's magic bytes are, these bytes, and what reads its header."""
_SUFFIXES: dict[Callable[[bytes], PhotoSize], str] = {
    _of_jpeg: ".jpg",
    _of_png: ".png",
    _of_webp: ".webp",
    _of_bmp: ".bmp",
    _of_gif: ".gif",
    _of_tiff: ".tif",
    _of_avif: ".avif",
}
