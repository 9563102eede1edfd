"""Truth files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import NotFound, SettingsError
from pipeline.reports.truth import Level, TruthRow, read_truth

HEADER = "person,t_start,t_end,level,note\n"


@pytest.fixture
def truth_file(tmp_path: Path) -> Path:
    return tmp_path / "truth.csv"


def test_header_alone_is_an_empty_truth(truth_file: Path) -> None:
    truth_file.write_text(HEADER)

    assert read_truth(truth_file) == []


def test_row_is_read(truth_file: Path) -> None:
    truth_file.write_text(HEADER + 'ada,1.5,2,clear,"left, ~40 px"\n')

    assert read_truth(truth_file) == [TruthRow("ada", 1.5, 2.0, Level.CLEAR, "left, ~40 px")]


@pytest.mark.parametrize(
    "line",
    [
        "ada,x,2,clear,",
        "ada,1,2,blurry,",
        "ada,3,2,clear,",
        ",1,2,clear,",
        "ada,1",
        "ada,-1,2,hard,",
        "ada,nan,2,hard,",
    ],
)
def test_bad_line_is_named(truth_file: Path, line: str) -> None:
    truth_file.write_text(HEADER + "ada,1,2,clear,\n" + line + "\n")

    with pytest.raises(SettingsError, match="line 3"):
        read_truth(truth_file)


def test_missing_column_is_named(truth_file: Path) -> None:
    truth_file.write_text("person,t_start\n")

    with pytest.raises(SettingsError, match="no column t_end, level"):
        read_truth(truth_file)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00bad"])
def test_unreadable_file_is_named(truth_file: Path, content: bytes | None) -> None:
    if content is not None:
        truth_file.write_bytes(content)

    with pytest.raises(NotFound, match=r"truth\.csv cannot be read"):
        read_truth(truth_file)


def test_every_open_truth_file_can_be_read(open_data: Path) -> None:
    videos = [path for path in (open_data / "videos" / "groundtruth").glob("*.csv") if ".attendance" not in path.name]

    rows = [row for path in [*videos, open_data / "synthetic" / "synthetic_open.csv"] for row in read_truth(path)]

    assert {row.level for row in rows} == {Level.CLEAR, Level.HARD}
