"""A face is looked for in the whole record."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from tests.dashboards.cli.conftest import Run
from tests.dashboards.cli.test_documented_json import PAGE

FIRST_OF_ADA = "s_0000000000000001"


def test_sightings_of_a_face_come_best_first_known_or_not(facetrail: Run, record: Path) -> None:
    said = facetrail("search", "--sighting", FIRST_OF_ADA, "--json")

    found = said.json["found"]
    assert [(row["person_name"], round(row["score"], 3), row["likeness"]) for row in found] == [
        ("Ada", 1.0, "same"),
        ("Ada", 1.0, "same"),
        ("unknown-0001", 0.0, "other"),
    ]
    assert (said.code, said.json["n_tracks"], found[0]["source"]) == (0, 3, "door.mp4")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "count"),
    [
        (["--limit", "1"], 1),
        (["--least-score", "0.5"], 2),
        (["--from", "2026-03-02T08:00:10"], 2),
        (["--to", "2026-03-01"], 0),
    ],
)
def test_search_narrows_down(facetrail: Run, record: Path, flags: list[str], count: int) -> None:
    said = facetrail("search", "--sighting", FIRST_OF_ADA, *flags, "--json")

    assert len(said.json["found"]) == count


def test_search_that_finds_nobody_leaves_with_one(facetrail: Run, record: Path) -> None:
    said = facetrail("search", "--sighting", FIRST_OF_ADA, "--to", "2026-03-01")

    assert (said.code, "nobody like that was seen" in said.out) == (1, True)


def test_every_search_is_in_the_audit_log(facetrail: Run, record: Path) -> None:
    facetrail("search", "--sighting", FIRST_OF_ADA)

    control = open_control(record)
    (entry, *_) = AuditLog(control).read()
    control.close()
    assert (entry.action, entry.about[:2], FIRST_OF_ADA in entry.detail) == ("search", "p_", True)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [[], ["face.jpg", "--sighting", FIRST_OF_ADA], ["--sighting", "s_nothing"]])
def test_search_without_one_face_to_search_by_is_refused(facetrail: Run, record: Path, arguments: list[str]) -> None:
    assert facetrail("search", *arguments).code == 2


def test_every_key_is_documented(facetrail: Run, record: Path) -> None:
    (line,) = [line for line in PAGE.read_text().splitlines() if line.startswith("| `search FACE`")]
    document = facetrail("search", "--sighting", FIRST_OF_ADA, "--json").json

    assert [key for key in (*document, "score", "likeness", "track_id") if f"`{key}`" not in line] == []
