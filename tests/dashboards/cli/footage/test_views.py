"""Progress is told in words that fit on a line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.cli.footage.following import Watched
from dashboards.cli.footage.views import LineView, left_text, media_text, speed_text
from pipeline.control.work.run_records import RunState
from tests.builders_recording import open_world


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A run over a minute of footage, of which nothing is done yet."""
    world = open_world(tmp_path / "data")
    world.control.close()
    return Watched(world.record, 5.0)


def test_fresh_run_has_no_pace_yet(watched: Watched) -> None:
    watched.look(watched.run, 0.0)

    assert (media_text(watched), speed_text(watched), left_text(watched)) == ("0:00:00.0 of 0:01:00.0", "", "queued")


def test_pace_begins_with_the_first_chunk_on_record(watched: Watched) -> None:
    watched.look(replace(watched.run, next_chunk=5, state=RunState.INGESTING), 100.0)
    watched.look(replace(watched.run, next_chunk=10), 102.0)

    assert (media_text(watched), speed_text(watched), left_text(watched)) == (
        "0:00:32.0 of 0:01:00.0",
        "8.0x",
        "3.5 s left",
    )


def test_run_that_is_over_shows_the_whole_and_its_state(watched: Watched) -> None:
    watched.look(replace(watched.run, next_chunk=19, state=RunState.DONE), 1.0)

    assert (media_text(watched), left_text(watched)) == ("0:01:00.0 of 0:01:00.0", "done")


def test_without_a_terminal_the_end_is_told_once(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    watched.look(replace(watched.run, next_chunk=19, state=RunState.DONE), 1.0)

    with LineView() as view:
        view.show([watched])
        view.show([watched])

    assert capsys.readouterr().err.count("door.mp4") == 1
