from fractions import Fraction

import pytest

from pipeline.schemas import SampleState
from pipeline.video.sampling import EveryFrame, TimeGrid, make_sampler


def test_first_frame_in_a_cell_fills_it() -> None:
    grid = TimeGrid(Fraction(5))

    indices = [grid.place(Fraction(tick, 25), 0).index for tick in range(11)]

    assert indices == [0, None, None, None, None, 1, None, None, None, None, 2]


@pytest.mark.parametrize(("n_lost", "state"), [(0, SampleState.GATED), (1, SampleState.FAILED)])
def test_empty_cells_lasted_or_failed(n_lost: int, state: SampleState) -> None:
    grid = TimeGrid(Fraction(5))
    grid.place(Fraction(0), 0)

    skipped = grid.place(Fraction(4, 5), n_lost).skipped

    assert [(sample.index, sample.media_s, sample.state) for sample in skipped] == [
        (1, 0.2, state),
        (2, 0.4, state),
        (3, 0.6, state),
    ]


def test_last_frame_lasts_and_what_is_missing_has_failed() -> None:
    grid = TimeGrid(Fraction(5))
    grid.place(Fraction(0), 0)

    tail = grid.finish(Fraction(2, 5), Fraction(4, 5))

    assert [sample.state.value for sample in tail] == ["gated", "failed", "failed"]


def test_whole_video_has_no_tail() -> None:
    grid = TimeGrid(Fraction(5))
    grid.place(Fraction(0), 0)

    assert grid.finish(Fraction(1, 5), None) == ()


@pytest.mark.parametrize("fps", [0.1, 0.3, 5.0, 29.97])
def test_cells_begin_at_whole_multiples_of_decimal_rates(fps: float) -> None:
    sampler = make_sampler(fps)

    indices = [sampler.place(Fraction(n) / Fraction(str(fps)), 0).index for n in range(50)]

    assert indices == list(range(50))


def test_every_frame_counts_what_was_lost_between() -> None:
    sampler = EveryFrame()
    sampler.place(Fraction(0), 0)

    placement = sampler.place(Fraction(1), 2)

    assert [(sample.index, sample.state.value) for sample in placement.skipped] == [(1, "failed"), (2, "failed")]
    assert placement.index == 3
