"""Every cell of a connection's time grid is told once, in order, with what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.options import SamplingOptions
from pipeline.schemas import SampleState
from pipeline.video.live.account import STATE_OF_FATE, Fate, LiveAccount
from pipeline.video.live.connecting.stream import LivePicture
from pipeline.video.live.pace import Pace
from pipeline.video.live.sampling import AFRESH_CELLS, LiveCell, LiveSampler
from tests.pipeline.video.live.live_pictures import make_picture

BEGIN_S = 1000.0


def sample(pictures: Sequence[LivePicture], *, pace: Pace | None = None, chunk_samples: int = 1) -> list[LiveCell]:
    sampler = LiveSampler(5.0, SamplingOptions(), chunk_samples, LiveAccount())
    sampler.pace = pace or Pace()
    return [cell for picture in pictures for cell in sampler.take(picture)]


def states(cells: Sequence[LiveCell]) -> list[str]:
    return [cell.sample.state.value for cell in cells]


def test_first_picture_begins_the_grid() -> None:
    (cell,) = sample([make_picture(BEGIN_S)])

    assert (cell.sample.index, cell.sample.media_s, cell.sample.state) == (0, 0.0, SampleState.DECODED)


def test_first_picture_in_a_cell_fills_it() -> None:
    cells = sample([make_picture(BEGIN_S + n * 0.04, level=100 + 40 * (n % 3)) for n in range(11)])

    assert [cell.sample.index for cell in cells] == [0, 1, 2]
    assert [cell.sample.media_s for cell in cells] == pytest.approx([0, 0.2, 0.4], abs=0.1)


def test_camera_of_the_rate_asked_for_has_one_picture_in_each_cell() -> None:
    rng = np.random.default_rng(0)
    times = [0.0, *(n * 0.2 + rng.uniform(-0.05, 0.05) for n in range(1, 50))]

    cells = sample([make_picture(BEGIN_S + at, level=60 + 60 * (n % 3)) for n, at in enumerate(times)])

    assert states(cells) == ["decoded"] * 50


def test_slow_camera_leaves_cells_in_which_its_picture_lasted() -> None:
    cells = sample([make_picture(BEGIN_S), make_picture(BEGIN_S + 0.6, level=200)])

    assert states(cells) == ["decoded", "gated", "gated", "decoded"]


def test_silence_and_damage_are_failures() -> None:
    silent = sample([make_picture(BEGIN_S), make_picture(BEGIN_S + 2.0, level=200)])
    damaged = sample([make_picture(BEGIN_S), make_picture(BEGIN_S + 0.4, level=200, n_lost=3)])

    assert states(silent) == ["decoded", *["failed"] * 9, "decoded"]
    assert states(damaged) == ["decoded", "failed", "decoded"]


def test_picture_that_comes_far_too_late_is_dropped() -> None:
    cells = sample([make_picture(BEGIN_S), make_picture(BEGIN_S + 0.2, level=200, lag_s=1.5)])

    assert states(cells) == ["decoded", "dropped"]
    assert cells[1].i420 is None


def test_slower_pace_leaves_out_cells_and_counts_them() -> None:
    pictures = [make_picture(BEGIN_S + n * 0.2, level=60 + 30 * n) for n in range(6)]

    assert states(sample(pictures, pace=Pace(2))) == ["decoded", "dropped"] * 3


def test_still_picture_is_looked_at_now_and_then() -> None:
    cells = sample([make_picture(BEGIN_S + n * 0.2) for n in range(2 * AFRESH_CELLS + 1)])

    looked = [cell.sample.index for cell in cells if cell.sample.state is SampleState.DECODED]
    assert looked == [0, AFRESH_CELLS, 2 * AFRESH_CELLS]


def test_new_size_is_a_new_shot_in_its_own_size() -> None:
    before, after = sample([make_picture(BEGIN_S), make_picture(BEGIN_S + 0.2, size_wh=(480, 270))])

    assert (before.size_wh, after.size_wh, after.sample.starts_shot) == ((320, 180), (480, 270), True)


def test_pictures_of_one_chunk_have_one_size() -> None:
    pictures = [make_picture(BEGIN_S), make_picture(BEGIN_S + 0.2, size_wh=(480, 270))]

    assert [cell.size_wh for cell in sample(pictures, chunk_samples=4)] == [(320, 180), (320, 180)]


@pytest.mark.parametrize("seed", range(5))
def test_every_cell_has_exactly_one_fate(seed: int) -> None:
    rng, account = np.random.default_rng(seed), LiveAccount()
    sampler = LiveSampler(5.0, SamplingOptions(), 1, account)
    cells: list[LiveCell] = []
    for at in BEGIN_S + np.cumsum(rng.exponential(0.15, 300)):
        sampler.pace = Pace(int(rng.integers(1, 4)))
        lag_s, n_lost = float(rng.choice([0, 2])), int(rng.choice([0, 0, 1]))
        cells += sampler.take(make_picture(float(at), level=int(rng.integers(60, 200)), lag_s=lag_s, n_lost=n_lost))
    cells += sampler.finish(BEGIN_S + 100)

    counts = account.counts()
    assert [cell.sample.index for cell in cells] == list(range(len(cells)))
    assert counts.n_cells == len(cells)
    assert all((cell.i420 is not None) == (cell.sample.state is SampleState.DECODED) for cell in cells)
    assert all(counts.in_state(state) == states(cells).count(state.value) for state in SampleState)


def test_end_of_a_silent_connection_is_told() -> None:
    sampler = LiveSampler(5.0, SamplingOptions(), 1, LiveAccount())
    assert list(sampler.finish(BEGIN_S)) == []
    list(sampler.take(make_picture(BEGIN_S)))

    assert states(list(sampler.finish(BEGIN_S + 2.0))) == ["failed"] * 9


def test_every_fate_is_a_state_of_the_record() -> None:
    assert set(STATE_OF_FATE) == set(Fate)
