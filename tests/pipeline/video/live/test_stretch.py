"""A connection in several runs: each begins at nought, and nothing is in two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.schemas import Frame, FrameChunk, RunKey, Sample, SampleState
from pipeline.video.live.stretch import MOST_S, QUIET_AFTER_S, Stretch, is_due

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRST = Stretch(RunKey("door", "r_1"), AT, fps=5.0)


def chunk_at(number: int) -> FrameChunk:
    """A chunk of one cell of a connection at five samples a second."""
    sample = Sample(number, number / 5 + 0.01, SampleState.DECODED)
    return FrameChunk(FIRST.run, number, (sample,), (Frame(number, np.zeros((6, 4), np.uint8)),), (4, 4))


def test_first_stretch_leaves_chunks_as_they_are() -> None:
    moved = FIRST.moved(chunk_at(7))

    assert (moved.number, moved.samples) == (7, chunk_at(7).samples)
    assert FIRST.ended(8).n_chunks == 8


def test_second_stretch_begins_at_nought_and_at_its_own_moment() -> None:
    second = replace(FIRST.beginning_at(chunk_at(50)), run=RunKey("door", "r_2"))

    moved = second.moved(chunk_at(51))

    assert (moved.run.run_id, moved.number, moved.frames[0].sample_index) == ("r_2", 1, 1)
    assert moved.samples[0].media_s == pytest.approx(0.21)
    assert second.began_at == AT + timedelta(seconds=10)
    assert (second.age_s(chunk_at(60)), second.ended(52).n_chunks) == (2.0, 2)


@pytest.mark.parametrize(
    ("age_s", "is_nobody_in_view", "expected"),
    [
        (QUIET_AFTER_S - 1, True, False),
        (QUIET_AFTER_S, True, True),
        (QUIET_AFTER_S, False, False),
        (MOST_S, False, True),
    ],
)
def test_run_ends_when_it_is_old_and_nobody_is_there_or_very_old(
    age_s: float, is_nobody_in_view: bool, expected: bool
) -> None:
    assert is_due(age_s, is_nobody_in_view=is_nobody_in_view) is expected
