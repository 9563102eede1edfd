"""Read a gallery archive that anybody may have made: everything is checked before anything is believed.

Nothing is unpacked by the names in the archive: what is read is asked for by names made of digests, so that no name can
lead out of a folder. Sizes are checked before memory is taken, and pictures against their digests.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from pipeline.control.gallery.moving import MovingPerson
from pipeline.control.gallery.records import UNIT_TOLERANCE, NewReference
from pipeline.errors import InputError, NotFound
from pipeline.galleries.archive import (
    FORMAT,
    LARGEST_MANIFEST,
    LARGEST_PEOPLE,
    MANIFEST,
    PEOPLE,
    VERSION,
    ArchivedEncoder,
    ArchivedPerson,
    ArchivedReference,
    ArchiveManifest,
    image_member,
)
from pipeline.identity.photos.reading import LARGEST_FILE
from pipeline.identity.photos.sizes import photo_size
from pipeline.schemas import VectorF32

MOST_SHRUNK = 50
"""A member that claims to be so many times larger than its place in the file was made to fill memory; people.json
shrinks by 3 to 10."""
NPY_HEADER = 1024
"""Bytes before the numbers of an .npy file, at most."""


UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError)
"""What a damaged or unusual member makes zipfile raise."""

Words = TypeVar("Words")


@dataclass(frozen=True, slots=True, eq=False)
class GalleryArchive:
    """An archive whose description has been read and checked."""

    manifest: ArchiveManifest
    people: tuple[MovingPerson, ...]
    archive: zipfile.ZipFile

    def picture(self, reference: NewReference) -> bytes:
        """A picture's content; raises `InputError` unless it is a picture, and the one that its name says."""
        name = image_member(reference.image_sha256, reference.image_suffix)
        content = _content(self.archive, name, LARGEST_FILE)
        if hashlib.sha256(content).hexdigest() != reference.image_sha256:
            raise InputError(f"the archive is damaged: {name} has other content than its name says")
        if photo_size(content) is None:
            raise InputError(f"{name} in the archive is no picture")
        return content


@contextmanager
def open_archive(path: Path) -> Iterator[GalleryArchive]:
    """The archive in `path`; raises `NotFound`, and `InputError` for one that is damaged, unsafe or no archive."""
    if not path.is_file():
        raise NotFound(f"there is no gallery archive {path}")
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as error:
        raise InputError(f"{path} is damaged, or no gallery archive: {error}") from error
    with archive:
        try:
            opened = _read(archive, path.stat().st_size)
        except InputError as error:
            raise InputError(f"{path} cannot be imported: {error}") from error
        yield opened


def _read(archive: zipfile.ZipFile, n_bytes: int) -> GalleryArchive:
    _check_members(archive, n_bytes)
    manifest = _read_manifest(archive)
    archived = _decoded(_content(archive, PEOPLE, LARGEST_PEOPLE), tuple[ArchivedPerson, ...], PEOPLE)
    references = [reference for person in archived for reference in person.references]
    _check_counts(manifest, archived, references)
    pictures = {reference.member for reference in references if reference.suffix}
    _check_names(archive, {MANIFEST, PEOPLE, *pictures, *(encoder.member for encoder in manifest.encoders)})
    vectors = {encoder.name: iter(_vectors(archive, encoder)) for encoder in manifest.encoders}
    people = [
        MovingPerson(
            person_id=person.person_id,
            name=person.name,
            references=tuple(_reference(each, next(vectors[each.encoder])) for each in person.references),
        )
        for person in archived
    ]
    return GalleryArchive(manifest, tuple(people), archive)


def _check_counts(
    manifest: ArchiveManifest, people: tuple[ArchivedPerson, ...], references: list[ArchivedReference]
) -> None:
    """Raise `InputError` unless the people and their references are those that the manifest promises."""
    ids, names = {person.person_id for person in people}, {person.name for person in people}
    if not manifest.n_people == len(people) == len(ids) == len(names):
        raise InputError(f"damaged: {PEOPLE} does not have the {manifest.n_people} people of {MANIFEST}")
    named = Counter(reference.encoder for reference in references)
    if named != Counter({encoder.name: encoder.n_references for encoder in manifest.encoders}):
        raise InputError(f"damaged: {PEOPLE} does not have the references of {MANIFEST}")


def _check_members(archive: zipfile.ZipFile, n_bytes: int) -> None:
    """Raise `InputError` for members that overlap, are encrypted, come twice or claim to be far larger than stored."""
    members = archive.infolist()
    if len({member.filename for member in members}) != len(members):
        raise InputError("unsafe: a name comes twice in it")
    if sum(member.compress_size for member in members) > n_bytes:
        raise InputError("unsafe: its parts lie over one another")
    for member in members:
        if member.flag_bits & 0x1:
            raise InputError("it is encrypted; Facetrail's own archives are not")
        if member.file_size > MOST_SHRUNK * member.compress_size + LARGEST_MANIFEST:
            raise InputError(f"unsafe: {member.filename[:80]!r} would unpack to {member.file_size >> 20} MB")


def _check_names(archive: zipfile.ZipFile, expected: set[str]) -> None:
    there = set(archive.namelist())
    if there != expected:
        strange = next(iter(sorted(there ^ expected)))
        raise InputError(f"damaged or unsafe: {strange[:100]!r} is {'not ' if strange in expected else ''}in it")


def _read_manifest(archive: zipfile.ZipFile) -> ArchiveManifest:
    manifest = _decoded(_content(archive, MANIFEST, LARGEST_MANIFEST), ArchiveManifest, MANIFEST)
    if manifest.format != FORMAT:
        raise InputError(f"it is no gallery archive, but {manifest.format[:40]!r}")
    if manifest.version != VERSION:
        raise InputError(f"its form is version {manifest.version}; this Facetrail reads {VERSION}")
    names = [encoder.name for encoder in manifest.encoders]
    if manifest.encoder not in names or len(set(names)) != len(names):
        raise InputError(f"damaged: its encoder {manifest.encoder[:40]!r} is not the one of its vectors")
    return manifest


def _content(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member's content, which zipfile checks by its CRC; raises `InputError` for more than `most` bytes."""
    try:
        member = archive.getinfo(name)
    except KeyError as error:
        raise InputError(f"damaged: {name!r} is not in it") from error
    if member.file_size > most:
        raise InputError(f"unsafe: {name!r} has {member.file_size >> 20} MB")
    try:
        return archive.read(member)
    except UNREADABLE as error:
        raise InputError(f"damaged: {name} cannot be read: {error}") from error


def _decoded(content: bytes, kind: type[Words], name: str) -> Words:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise InputError(f"damaged: {name} cannot be understood: {error}") from error


def _vectors(archive: zipfile.ZipFile, encoder: ArchivedEncoder) -> VectorF32:
    """`(R, D)` float32 of unit length, one for each reference by that encoder."""
    shape = encoder.n_references, encoder.dimensions
    n_bytes = 4 * encoder.n_references * encoder.dimensions
    content = io.BytesIO(_content(archive, encoder.member, NPY_HEADER + n_bytes))
    try:
        np.lib.format.read_magic(content)
        found = np.lib.format.read_array_header_1_0(content)
    except ValueError as error:
        raise InputError(f"damaged: {encoder.member} cannot be read: {error}") from error
    numbers = content.read()
    if found != (shape, False, np.dtype("<f4")) or len(numbers) != n_bytes:
        raise InputError(f"damaged: {encoder.member} does not hold {shape[0]} vectors of {shape[1]} numbers")
    rows = np.frombuffer(numbers, "<f4").astype(np.float32).reshape(shape)
    if not np.all(np.abs(np.linalg.norm(rows.astype(np.float64), axis=1) - 1) <= UNIT_TOLERANCE):
        raise InputError(f"damaged: {encoder.member} has vectors that are not of unit length")
    return rows


def _reference(archived: ArchivedReference, embedding: VectorF32) -> NewReference:
    try:
        return NewReference(
            encoder=archived.encoder,
            embedding=embedding,
            quality=archived.quality,
            image_sha256=archived.image_sha256,
            image_suffix=archived.suffix,
        )
    except ValueError as error:
        raise InputError(f"damaged: {error}") from error
