"""Sets of labelled photographs: a file of pairs, or a folder of people, to measure encoders on."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError, NotFound
from pipeline.identity.photos.reading import list_gallery

LARGEST_SET = 6000
"""Photographs; their faces take 0.5 GB of memory for each way of aligning them."""
STRANGERS = frozenset({"strangers", "unknown"})
"""Folders in which every photograph is of somebody else, whom no other photograph shows."""
COLUMNS = ("a", "b", "same")
YES_NO = {"1": True, "true": True, "same": True, "0": False, "false": False, "different": False}


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photograph of one person."""

    person: str
    path: Path


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two photographs, and whether they show the same person."""

    first: Path
    second: Path
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSet:
    """Photographs with what is known of them: pairs that somebody listed, or who is on each."""

    name: str
    digest: str
    """First 16 hex digits of the sha256 of the list and of every photograph."""
    pairs: tuple[LabelledPair, ...] = ()
    photos: tuple[LabelledPhoto, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every photograph once, in order."""
        listed = {path for pair in self.pairs for path in (pair.first, pair.second)}
        return tuple(sorted(listed | {photo.path for photo in self.photos}))


def read_pairs(path: Path) -> PhotoSet:
    """The pairs of a CSV file with the columns a, b and same (1 or 0); names are relative to the file's folder.

    Raises `InputError` when there is no such file, or when a line of it cannot be used; the text names the line.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    with path.open(encoding="utf-8-sig", newline="") as content:
        pairs = tuple(_pairs(csv.DictReader(content), path))
    if not pairs:
        raise InputError(f"{path} lists no pairs")
    lines = {f"{pair.first.name} {pair.second.name} {pair.is_same}": pair for pair in pairs}
    paths = {path for pair in pairs for path in (pair.first, pair.second)}
    name = path.stem if path.stem != "pairs" else path.parent.resolve().name
    return _bounded(PhotoSet(name=name, digest=_digest(lines, paths), pairs=pairs))


def read_people(folder: Path) -> PhotoSet:
    """The people of a folder laid out as a gallery; in `strangers` (or `unknown`) each photograph is of somebody else.

    Raises `NotFound` without the folder, and `InputError` when it holds nobody.
    """
    photos = tuple(
        LabelledPhoto(f"{person.name}/{path.name}" if person.name in STRANGERS else person.name, path)
        for person in list_gallery(folder)
        for path in person.paths
    )
    lines = {f"{photo.person} {photo.path.name}": photo for photo in photos}
    name = folder.resolve().name
    return _bounded(PhotoSet(name=name, digest=_digest(lines, {photo.path for photo in photos}), photos=photos))


def _pairs(rows: csv.DictReader[str], path: Path) -> Iterator[LabelledPair]:
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise InputError(f"{path} needs a first line with the columns {', '.join(COLUMNS)}; it lacks {missing[0]!r}")
    for row in rows:
        first, second = (path.parent / (row[column] or "") for column in ("a", "b"))
        absent = next((picture for picture in (first, second) if not picture.is_file()), None)
        if absent is not None:
            raise InputError(f"{path}, line {rows.line_num}: there is no file {absent}")
        same = YES_NO.get((row["same"] or "").strip().lower())
        if same is None:
            raise InputError(f"{path}, line {rows.line_num}: same is {row['same']!r}, and must be 1 or 0")
        yield LabelledPair(first, second, same)


def _bounded(made: PhotoSet) -> PhotoSet:
    if len(made.paths) > LARGEST_SET:
        raise InputError(f"{made.name} has {len(made.paths)} photographs; at most {LARGEST_SET} are compared at a time")
    return made


def _digest(lines: Mapping[str, object], paths: set[Path]) -> str:
    digest = hashlib.sha256("\n".join(sorted(lines)).encode())
    for path in sorted(paths):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
