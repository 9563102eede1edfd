"""A truth file says how right the record is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run

HEADER = "person,t_start,t_end,level,note\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "code", "found", "wrong_s"),
    [
        ("Ada,0,24,clear,\nstranger,10,14,clear,\n", 0, 1, 0.0),
        ("Ada,0,4,clear,\nAda,40,44,clear,\nAda,20,24,hard,\n", 1, 1, 0.0),
        ("Ada,0,4,clear,\n", 1, 1, 4.0),
    ],
)
def test_verdict_is_the_exit_code(
    facetrail: Run, record: Path, rows: str, code: int, found: int, wrong_s: float
) -> None:
    Path("truth.csv").write_text(HEADER + rows)

    said = facetrail("evaluate", "door.mp4", "--truth", "truth.csv", "--json")

    assert said.code == code
    assert (said.json["n_found"], said.json["wrong_s"]) == (found, wrong_s)


def test_table_names_each_clear_row(facetrail: Run, record: Path) -> None:
    Path("truth.csv").write_text(HEADER + "Ada,0,24,clear,by the door\n")

    said = facetrail("evaluate", "door.mp4", "--truth", "truth.csv")

    assert "by the door" in said.out
    assert "1 of 1 clear rows of enrolled people named" in said.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("video", "truth", "words"),
    [
        ("window.mp4", HEADER, "facetrail analyze window.mp4"),
        ("door.mp4", "who,when\n", "person"),
        ("door.mp4", HEADER + "Ada,x,4,clear,\n", "line 2"),
    ],
)
def test_wrong_input_is_named(facetrail: Run, record: Path, video: str, truth: str, words: str) -> None:
    Path("truth.csv").write_text(truth)

    said = facetrail("evaluate", video, "--truth", "truth.csv")

    assert said.code == 2
    assert words in said.err
