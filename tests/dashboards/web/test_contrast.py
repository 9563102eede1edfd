"""Both themes can be read: text and its ground, and the edges of fields, keep the contrast of WCAG 2.2 AA."""

from __future__ import annotations

import re

import pytest

from dashboards.web.scripts import STATIC

TEXT, EDGE = 4.5, 3.0
"""Of text (1.4.3), and of what shows where a field is (1.4.11)."""
PAIRS = (
    *((ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "accent") for ground in ("paper", "card", "sunk")),
    *((ink, "accent-soft") for ink in ("ink", "ink-soft", "ink-faint", "accent")),
    *((status, f"{status}-soft") for status in ("known", "uncertain", "unknown", "alert")),
    *((status, "card") for status in ("known", "uncertain", "unknown", "alert")),
    ("accent-ink", "accent"),
)


def theme(name: str) -> dict[str, str]:
    """The colours of a theme, by their names."""
    css = (STATIC / "css" / "tokens.css").read_text("utf-8")
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    colour = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
    dark = rest.partition(':root[data-theme="dark"]')[2] if name == "dark" else ""
    return {**dict(colour.findall(light)), **dict(colour.findall(dark))}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_and_fields_stand_out(name: str) -> None:
    colours = theme(name)

    assert [pair for pair in PAIRS if contrast(colours[pair[0]], colours[pair[1]]) < TEXT] == []
    assert all(contrast(colours["edge"], colours[ground]) >= EDGE for ground in ("paper", "card"))


def test_dark_is_the_same_whether_chosen_or_the_systems() -> None:
    css = (STATIC / "css" / "tokens.css").read_text("utf-8")

    chosen, systems = re.findall(r"\{ (color-scheme: dark;.*?) \}", css)
    assert chosen == systems
