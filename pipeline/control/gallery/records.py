"""A person and their reference images, as the control database knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from pipeline.schemas import VectorF32, check_array

UNIT_TOLERANCE = 1e-3
"""How far an embedding's length may be from 1."""

_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NewReference:
    """One picture of a person, examined and encoded."""

    encoder: str
    embedding: VectorF32
    """`(D,)` float32 of unit length."""
    quality: float
    """0 (useless) to 1 (ideal)."""
    image_sha256: str
    """64 hex digits, of the file's content; of the embedding's bytes where there is no picture."""
    image: bytes = b""
    """The file's content, kept as it is; empty when it lies in its place already, and without a picture."""
    face_jpeg: bytes = b""
    """A loose crop of the face as a JPEG, to be shown in the picture's place; empty when it is not at hand."""
    image_suffix: str = ".jpg"
    """Of its name, with the dot, in lower case; empty for a reference without a picture, which no other encoder can
    encode again."""

    def __post_init__(self) -> None:
        check_array("embedding", self.embedding, (None,), np.float32)
        length = float(np.sqrt(self.embedding @ self.embedding))
        if not abs(length - 1.0) <= UNIT_TOLERANCE:
            raise ValueError(f"embedding: expected unit length, got {length}")
        if not _SHA256.fullmatch(self.image_sha256):
            raise ValueError(f"image_sha256: expected 64 hex digits, got {self.image_sha256!r}")
        if self.image_suffix and not _SUFFIX.fullmatch(self.image_suffix):
            raise ValueError(f"image_suffix: expected one such as .jpg, got {self.image_suffix!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An enrolled picture of a person."""

    image_sha256: str
    image_ref: str
    """Path of the picture below the data folder, with forward slashes; empty without a picture."""
    encoder: str
    quality: float
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody enrolled."""

    person_id: str
    """Never changes; the name may."""
    name: str
    created_at: datetime
    references: tuple[Reference, ...]
    """By encoder and digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolResult:
    """What enrolling one person came to."""

    person_id: str
    added: tuple[str, ...]
    """Digests of the pictures that were new."""
    known: tuple[str, ...]
    """Digests of those that were enrolled before."""
    gallery_version: int
    """The gallery's version afterwards."""
