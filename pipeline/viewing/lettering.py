"""Words as pixels, in every script for which there is a font here. Hides Pillow; OpenCV's own fonts know only ASCII."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.schemas import ImageU8

CARRIED_FONT = Path("mpl-data", "fonts", "ttf", "DejaVuSans.ttf")
"""In the package matplotlib, which we depend on anyway: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic, Hebrew."""
SYSTEM_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
)
"""Where the usual systems keep fonts for other scripts; the first that has all of a name's signs is used."""
UNASSIGNED = "\U0010ffff"
"""A sign that no font has: it looks like every sign that a font lacks."""
REPLACEMENT = "?"
KEPT_WORDS = 256
"""Pictures of words that stay in memory."""


def can_write(text: str) -> bool:
    """Whether a font here has all signs of the text."""
    return _font_for(text) is not None


def writable(text: str) -> str:
    """The text as it can be written here: signs without a font lose their accents, or become a question mark."""
    if can_write(text):
        return text
    return "".join(_nearest(sign) for sign in text)


@lru_cache(KEPT_WORDS)
def draw_words(text: str, height: int) -> ImageU8:
    """The words as `(H, W)` uint8, 0 paper to 255 ink, in letters of about `height` pixels, with no room around."""
    shown = writable(text)
    font = ImageFont.truetype(str(_font_for(shown) or _carried_font()), height)
    left, _, right, _ = font.getbbox(shown, anchor="ls")
    # All words of one size share a base line, so that labels do not jump when a letter with a tail comes in.
    up, down = font.getmetrics()
    size_wh = max(1, round(right - left)), max(1, up + down)
    image = Image.new("L", size_wh, 0)
    ImageDraw.Draw(image).text((-left, up), shown, fill=255, font=font, anchor="ls")
    return np.asarray(image, np.uint8)


def _nearest(sign: str) -> str:
    plain = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return next((form for form in (sign, plain) if form and can_write(form)), REPLACEMENT)


@lru_cache(KEPT_WORDS)
def _font_for(text: str) -> Path | None:
    return next((font for font in _fonts() if all(_has_sign(font, sign) for sign in text)), None)


@lru_cache(4096)
def _has_sign(font: Path, sign: str) -> bool:
    if sign.isspace():
        return True
    return _shape(font, sign) != _shape(font, UNASSIGNED)


@lru_cache(4096)
def _shape(font: Path, sign: str) -> bytes:
    mask = ImageFont.truetype(str(font), 24).getmask(sign)
    return bytes(mask) + repr(mask.size).encode()


@cache
def _fonts() -> tuple[Path, ...]:
    others = tuple(path for path in map(Path, SYSTEM_FONTS) if path.is_file())
    return (_carried_font(), *others)


@cache
def _carried_font() -> Path:
    """Found without importing matplotlib, which takes half a second."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package matplotlib, whose font is used, is not installed")
    return Path(found.origin).parent / CARRIED_FONT
