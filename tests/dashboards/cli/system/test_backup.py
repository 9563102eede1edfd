"""`facetrail backup`: a data folder comes out, and the page says what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run


@pytest.mark.slow
def test_backup_answers_like_the_data_folder(facetrail: Run, record: Path, tmp_path: Path) -> None:
    said = facetrail("backup", tmp_path / "copy", "--json")

    assert said.code == 0, said.err
    here, there = facetrail("sightings", "--json"), facetrail("sightings", "--json", "--data", tmp_path / "copy")
    assert there.json == here.json
    (line,) = [
        line for line in (REPOSITORY / "docs" / "command-line.md").read_text().splitlines() if "| `backup" in line
    ]
    assert [key for key in said.json if f"`{key}`" not in line] == []


def test_folder_that_is_full_is_wrong_input(facetrail: Run, record: Path, tmp_path: Path) -> None:
    facetrail("backup", tmp_path / "copy")

    assert facetrail("backup", tmp_path / "copy").code == 2


def test_nothing_to_back_up_makes_nothing(facetrail: Run, tmp_path: Path) -> None:
    assert facetrail("backup", tmp_path / "copy").code == 2
    assert not (tmp_path / "copy").exists()
