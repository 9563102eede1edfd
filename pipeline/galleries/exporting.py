"""Write a whole gallery into one archive; it holds face data, and is readable by its owner only."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from pipeline.control.database import Control
from pipeline.control.gallery.moving import StoredPerson, StoredReference, everybody
from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import GalleryEmpty, InputError, StoreFull
from pipeline.galleries.archive import (
    FORMAT,
    MANIFEST,
    PEOPLE,
    VERSION,
    ArchivedPerson,
    ArchivedReference,
    ArchiveManifest,
    archived_encoder,
)
from pipeline.schemas import VectorF32

NO_TIME = (1980, 1, 1, 0, 0, 0)
PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an archive came to hold."""

    path: Path
    encoder: str
    n_people: int
    n_references: int
    n_images: int
    missing: tuple[str, ...]
    """Pictures that should lie in the data folder, and do not or are damaged; their references went without."""


def export_gallery(
    control: Control, target: Path, *, with_images: bool, on_person: Callable[[int], None] = lambda _: None
) -> Export:
    """Write everybody enrolled today into `target`, whole or not at all; `on_person` hears how many are done.

    Raises `GalleryEmpty`, `InputError` when `target` exists or cannot be written, and `StoreFull`.
    """
    people = everybody(control)
    if not people:
        raise GalleryEmpty("nobody is enrolled; there is nothing to export")
    if target.exists():
        raise InputError(f"{target} exists already; give another name, or remove it first")
    encoder, temporary = control.encoder(None), target.with_name(f".tmp-{os.getpid()}-{target.name}")
    try:
        temporary.touch(mode=PRIVATE)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            writer = _Writer(archive, control.data_dir, with_images=with_images)
            for number, person in enumerate(people, 1):
                writer.add(person)
                on_person(number)
            writer.finish(encoder, control.weights_dir)
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        with suppress(OSError):  # it may lie in what is no folder
            temporary.unlink()
    return Export(
        path=target,
        encoder=encoder,
        n_people=len(people),
        n_references=sum(len(person.references) for person in people),
        n_images=len(writer.images),
        missing=tuple(writer.missing),
    )


class _Writer:
    """An archive being written, person after person."""

    def __init__(self, archive: zipfile.ZipFile, data_dir: Path, *, with_images: bool) -> None:
        self._archive = archive
        self._data_dir = data_dir
        self._with_images = with_images
        self._people: list[ArchivedPerson] = []
        self._rows: dict[str, list[VectorF32]] = {}
        self.images: set[str] = set()
        self.missing: list[str] = []

    def add(self, person: StoredPerson) -> None:
        """Write the person's pictures, and remember the rest."""
        references = tuple(self._add_reference(reference) for reference in person.references)
        self._people.append(ArchivedPerson(person.person_id, person.name, references))

    def finish(self, encoder: str, weights_dir: Path) -> None:
        """Write what was remembered."""
        counts = {encoder: 0} | {name: len(rows) for name, rows in self._rows.items()}
        encoders = tuple(archived_encoder(encoder_entry(name, weights_dir), counts[name]) for name in sorted(counts))
        for one in encoders:
            rows = self._rows.get(one.name, [])
            _write(self._archive, one.member, _npy(np.array(rows, np.float32).reshape(len(rows), one.dimensions)))
        _write(self._archive, PEOPLE, msgspec.json.encode(self._people), zipfile.ZIP_DEFLATED)
        manifest = ArchiveManifest(FORMAT, VERSION, encoder, encoders, len(self._people), self._with_images)
        _write(self._archive, MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))

    def _add_reference(self, stored: StoredReference) -> ArchivedReference:
        self._rows.setdefault(stored.encoder, []).append(stored.embedding)
        reference = ArchivedReference(
            stored.encoder, stored.image_sha256, stored.quality, PurePosixPath(stored.image_ref).suffix
        )
        if not self._with_images or not reference.suffix:
            return msgspec.structs.replace(reference, suffix="")
        if reference.member not in self.images:
            content = _content(self._data_dir / stored.image_ref, stored.image_sha256)
            if content is None:
                self.missing.append(stored.image_ref)
                return msgspec.structs.replace(reference, suffix="")
            _write(self._archive, reference.member, content)
            self.images.add(reference.member)
        return reference


def _content(path: Path, sha256: str) -> bytes | None:
    """A picture's content; None when it is not there, or not what it was."""
    content = path.read_bytes() if path.is_file() else b""
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _npy(rows: VectorF32) -> bytes:
    written = io.BytesIO()
    np.save(written, np.ascontiguousarray(rows, "<f4"), allow_pickle=False)
    return written.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes, compression: int = zipfile.ZIP_STORED) -> None:
    member = zipfile.ZipInfo(name, NO_TIME)
    member.compress_type, member.external_attr = compression, PRIVATE << 16
    archive.writestr(member, content)


def _unwritable(target: Path, error: OSError) -> InputError | StoreFull:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StoreFull(f"no room left for {target}")
    return InputError(f"{target} cannot be written: {error.strerror}")
