"""A number burned into a picture as blocks, which survives coding and scaling, so that delay can be measured."""

from __future__ import annotations

import numpy as np

from pipeline.schemas import ImageU8

BITS = 32
CHECK_BITS = 8
BLOCK = 12
"""Side of a block in pixels."""


def draw_timecode(frame_bgr: ImageU8, number: int) -> ImageU8:
    """A copy of `(H, W, 3)` uint8 `frame_bgr`, at least 480 wide, with `number` (below 2**32) in its first rows."""
    marked = frame_bgr.copy()
    for place, bit in enumerate(_bits(number)):
        marked[:BLOCK, place * BLOCK : (place + 1) * BLOCK] = 235 if bit else 20
    return marked


def read_timecode(luma: ImageU8) -> int | None:
    """The number in the picture of `(H, W)` uint8 `luma`; None when there is none or it is damaged."""
    inner = slice(BLOCK // 4, BLOCK - BLOCK // 4)
    row = luma[inner, : (BITS + CHECK_BITS) * BLOCK].reshape(BLOCK // 2, BITS + CHECK_BITS, BLOCK)
    bits = row[:, :, inner].mean(axis=(0, 2)) > 128
    number = int("".join("1" if bit else "0" for bit in bits[:BITS]), 2)
    return number if _bits(number) == [int(bit) for bit in bits] else None


def _bits(number: int) -> list[int]:
    digits = f"{number:0{BITS}b}{sum(number.to_bytes(4)) * 37 % 256:0{CHECK_BITS}b}"
    return [int(np.uint8(digit)) for digit in digits]
