"""Read a truth file: who can be seen in a video from when to when, and how well."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.errors import NotFound, SettingsError

TRUTH_COLUMNS = ("person", "t_start", "t_end", "level")


class Level(StrEnum):
    """How well somebody can be seen."""

    CLEAR = "clear"  # has to be named
    HARD = "hard"  # may be missed; must not be named wrongly


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One interval in which a person shows a face."""

    person: str
    start_s: float
    end_s: float
    level: Level
    note: str = ""


def read_truth(path: Path) -> list[TruthRow]:
    """The rows of a CSV file with the columns `person,t_start,t_end,level` in any order; others are passed over.

    Raises `NotFound` without such a file, and `SettingsError` naming the line that cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines)
            _check_columns(path, table.fieldnames or ())
            return [_row(path, table.line_num, record) for record in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotFound(f"the truth file {path} cannot be read: {error}") from error


def _check_columns(path: Path, present: Collection[str]) -> None:
    missing = [column for column in TRUTH_COLUMNS if column not in present]
    if missing:
        raise SettingsError(f"{path} has no column {', '.join(missing)}; it needs {','.join(TRUTH_COLUMNS)}")


def _row(path: Path, line: int, record: Mapping[str, str | None]) -> TruthRow:
    try:
        row = TruthRow(
            person=record["person"] or "",
            start_s=float(record["t_start"] or ""),
            end_s=float(record["t_end"] or ""),
            level=Level(record["level"] or ""),
            note=record.get("note") or "",
        )
    except ValueError as error:
        raise SettingsError(f"{path}, line {line}: {error}") from error
    if not row.person or not 0 <= row.start_s <= row.end_s:
        raise SettingsError(f"{path}, line {line}: expected a person and 0 <= t_start <= t_end")
    return row
