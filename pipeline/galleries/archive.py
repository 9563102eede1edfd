"""The form of a gallery archive: one zip file with everybody enrolled, their vectors and their pictures.

    manifest.json              format, encoder, and for each encoder its dimensions, digests and number of vectors
    people.json                ids, names, and the references of each person
    references/<encoder>.npy   `(R, D)` float32 of unit length, in the order in which people.json names them
    images/<sha256><suffix>    pictures, named by their content

The same gallery gives the same bytes: nothing in the archive tells when it was made.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import InputError

FORMAT = "facetrail-gallery"
VERSION = 1
MANIFEST = "manifest.json"
PEOPLE = "people.json"
LARGEST_MANIFEST = 1 << 20
"""Bytes."""
LARGEST_PEOPLE = 1 << 29
"""Bytes; a million people with one picture each take about 300 MB."""

_PERSON_ID = re.compile(r"p_[0-9a-f]{12}(-[0-9]{1,9})?")


def image_member(image_sha256: str, suffix: str) -> str:
    """A picture's name in an archive."""
    return f"images/{image_sha256}{suffix}"


class ArchivedReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reference; its vector is the next one of its encoder's file."""

    encoder: str
    image_sha256: str
    quality: float
    suffix: str = ""
    """Of the picture's name; empty when the archive has no picture of it."""

    @property
    def member(self) -> str:
        """The picture's name in the archive."""
        return image_member(self.image_sha256, self.suffix)

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= 1:
            raise ValueError(f"quality: expected 0 to 1, got {self.quality}")


class ArchivedPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody enrolled."""

    person_id: str
    name: str
    references: tuple[ArchivedReference, ...] = ()

    def __post_init__(self) -> None:
        if not _PERSON_ID.fullmatch(self.person_id):
            raise ValueError(f"person_id: expected one such as p_0123456789ab, got {self.person_id[:40]!r}")


class ArchivedEncoder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the vectors of one encoder depend on."""

    name: str
    dimensions: Annotated[int, msgspec.Meta(ge=1, le=65536)]
    n_references: Annotated[int, msgspec.Meta(ge=0)]
    sha256: str = ""
    """Of the weights."""
    tail_sha256: str = ""
    """Of last layers that were trained."""

    @property
    def member(self) -> str:
        """The vectors' name in the archive."""
        return f"references/{self.name}.npy"


class ArchiveManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an archive says of itself."""

    format: str
    version: int
    encoder: str
    """The data folder's encoder."""
    encoders: tuple[ArchivedEncoder, ...]
    n_people: int
    has_images: bool


def archived_encoder(entry: ManifestEntry, n_references: int) -> ArchivedEncoder:
    """What an archive says of an encoder of today."""
    return ArchivedEncoder(entry.name, entry.dimensions, n_references, entry.sha256, entry.tail_sha256)


def check_encoder(archived: ArchivedEncoder, entry: ManifestEntry) -> None:
    """Raise `InputError` unless the encoder of that name gives vectors that can be compared with the archive's."""
    now = archived_encoder(entry, archived.n_references)
    if now != archived:
        raise InputError(
            f"the archive was made by another {archived.name} (other weights, last layers or dimensions) than the one "
            "here; faces of the two cannot be compared"
        )
