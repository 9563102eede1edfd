"""People from stored vectors alone: named by a list or by their keys, each vector a reference without a picture."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.control.gallery.moving import MovingPerson
from pipeline.control.gallery.names import name_fault
from pipeline.control.gallery.records import NewReference
from pipeline.errors import InputError, NotFound
from pipeline.galleries.lmdb_store import StoreEntry

QUALITY = 1.0
"""Of a reference whose picture nobody saw: whoever stored its vector found it good enough."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that cannot be used."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry whose vector another one has, too; of the same person it counts once, of two people twice."""

    key: str
    same_as: str
    is_same_person: bool


@dataclass(frozen=True, slots=True)
class VectorPeople:
    """Everybody in a store."""

    people: tuple[MovingPerson, ...]
    refused: tuple[Refused, ...]
    duplicates: tuple[Duplicate, ...]


def read_names(path: Path) -> dict[str, str]:
    """The names by key of a CSV file with the columns id and name; a first line without a decimal id is its heading.

    Keys may share a name: they are the same person's. Raises `NotFound`, and `InputError` naming the line at fault.
    """
    names: dict[str, str] = {}
    for number, row in enumerate(_rows(path), 1):
        if not row or (number == 1 and not row[0].strip().isdecimal()):
            continue
        if len(row) != 2 or not row[0].strip().isdecimal():
            raise InputError(f"{path}, line {number}: expected a decimal id and a name, got {','.join(row)[:80]!r}")
        key, name = row[0].strip(), row[1].strip()
        fault = name_fault(name)
        if fault is not None:
            raise InputError(f"{path}, line {number}: a person's name {fault}")
        if names.setdefault(key, name) != name:
            raise InputError(f"{path}, line {number}: {key} is called {names[key]!r} above and {name!r} here")
    return names


def people_of(
    entries: Iterable[StoreEntry],
    names: Mapping[str, str],
    encoder: str,
    on_entry: Callable[[int], None] = lambda _: None,
) -> VectorPeople:
    """Everybody of a store; who is not in `names` is called `id-<key>`. `on_entry` hears how many were read."""
    references: dict[str, dict[str, NewReference]] = {}
    refused: list[Refused] = []
    duplicates: list[Duplicate] = []
    first: dict[str, tuple[str, str]] = {}
    for number, entry in enumerate(entries, 1):
        on_entry(number)
        if entry.vector is None:
            refused.append(Refused(entry.key, entry.fault))
            continue
        name = names.get(entry.key, f"id-{entry.key}")
        digest = hashlib.sha256(entry.vector.astype("<f4").tobytes()).hexdigest()
        if digest in first:
            duplicates.append(Duplicate(entry.key, first[digest][0], first[digest][1] == name))
        first.setdefault(digest, (entry.key, name))
        new = NewReference(
            encoder=encoder, embedding=entry.vector, quality=QUALITY, image_sha256=digest, image_suffix=""
        )
        references.setdefault(name, {}).setdefault(digest, new)
    people = (MovingPerson(name=name, references=tuple(own.values())) for name, own in references.items())
    return VectorPeople(tuple(people), tuple(refused), tuple(duplicates))


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.reader(lines))
    except FileNotFoundError as error:
        raise NotFound(f"there is no list of names {path}") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is no CSV file of ids and names: {error}") from error
