"""The labelled photographs of the open test data, for whoever measures accuracy."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipeline.identity.photos.sets import LabelledPair, LabelledPhoto, PhotoSet, read_pairs

PAIR_SETS = ("deepface", "friends_stills", "orl_s01_s20")


def photographs_of_people(open_data: Path) -> list[LabelledPhoto]:
    """The pictures of celebs and friends_stills that show one person; a stranger is a person with a single picture."""
    celebs = open_data / "identification" / "celebs"
    stills = sorted((open_data / "verification" / "friends_stills").glob("*/*.jpg"))
    photos = [LabelledPhoto(path.parent.name, path) for path in stills]
    for row in _rows(celebs / "identification.csv"):
        person = row["file"] if row["person"] == "unknown" else row["person"]
        photos += [LabelledPhoto(person, celebs / row["file"])] if "+" not in person else []
    return photos


def set_of_pairs(open_data: Path, name: str) -> PhotoSet:
    """One of `PAIR_SETS`."""
    return read_pairs(open_data / "verification" / name / "pairs.csv")


def pairs_of(open_data: Path, name: str) -> list[LabelledPair]:
    """The labelled pairs of one of `PAIR_SETS`."""
    return list(set_of_pairs(open_data, name).pairs)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as content:
        yield from csv.DictReader(content)
