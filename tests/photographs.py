"""The labelled photographs of the open test data, for whoever measures accuracy."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAIR_SETS = ("deepface", "friends_stills", "orl_s01_s20")


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


def photographs_of_people(open_data: Path) -> list[LabelledPhoto]:
    """The pictures of celebs and friends_stills that show one person; a stranger is a person with a single picture."""
    celebs = open_data / "identification" / "celebs"
    stills = sorted((open_data / "verification" / "friends_stills").glob("*/*.jpg"))
    photos = [LabelledPhoto(path.parent.name, path) for path in stills]
    for row in _rows(celebs / "identification.csv"):
        person = row["file"] if row["person"] == "unknown" else row["person"]
        photos += [LabelledPhoto(person, celebs / row["file"])] if "+" not in person else []
    return photos


def pairs_of(open_data: Path, name: str) -> list[LabelledPair]:
    """The labelled pairs of one of `PAIR_SETS`."""
    folder = open_data / "verification" / name
    return [
        LabelledPair(folder / row["a"], folder / row["b"], row["same"] == "1") for row in _rows(folder / "pairs.csv")
    ]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as content:
        yield from csv.DictReader(content)
