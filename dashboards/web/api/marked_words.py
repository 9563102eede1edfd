"""Descriptions with `code`, **strong** and *strong* in them, in pieces that a page can show. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKED = re.compile(r"(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a sentence."""

    text: str
    kind: str
    """plain, code or strong."""


Paragraph = tuple[Piece, ...]


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text, which have empty lines between them."""
    return tuple(marked(part) for part in text.split("\n\n") if part.strip())


def marked(text: str) -> Paragraph:
    """One paragraph."""
    return tuple(_pieces(" ".join(text.split())))


def _pieces(text: str) -> Iterator[Piece]:
    for part in MARKED.split(text):
        if part.startswith("`"):
            yield Piece(part.strip("`"), "code")
        elif part.startswith("*"):
            yield Piece(part.strip("*"), "strong")
        elif part:
            yield Piece(part, "plain")
