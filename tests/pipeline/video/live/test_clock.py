"""Live pictures get the time at which they were taken, as well as anybody can know it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.video.live.clock import StreamClock


def test_picture_without_a_stamp_was_taken_when_it_came() -> None:
    moment = StreamClock().place(None, 5.0)

    assert (moment.captured_s, moment.arrived_s, moment.lag_s) == (5.0, 5.0, 0.0)


def test_even_stamps_stay_even_however_unevenly_pictures_come() -> None:
    clock, rng = StreamClock(), np.random.default_rng(0)
    clock.place(0.0, 100.0)

    moments = [clock.place(n * 0.04, 100 + n * 0.04 + rng.uniform(0, 0.03)) for n in range(1, 500)]

    assert np.diff([moment.captured_s for moment in moments]) == pytest.approx(0.04, abs=1e-9)


def test_burst_at_the_beginning_ties_the_clock_to_its_newest_picture() -> None:
    clock = StreamClock()

    burst = [clock.place(n * 0.04, 100.0) for n in range(50)]
    after = clock.place(2.0, 100.04)

    assert {moment.captured_s for moment in burst} == {100.0}
    assert after.captured_s == pytest.approx(100.04)
    assert after.lag_s == pytest.approx(0.0)


def test_what_waits_in_front_of_us_is_lag() -> None:
    clock = StreamClock()
    clock.place(0.0, 100.0)

    late = clock.place(1.0, 103.5)

    assert late.lag_s == pytest.approx(2.5)
    assert late.captured_s == pytest.approx(101.0)


def test_camera_that_paused_is_not_late_for_ever() -> None:
    clock = StreamClock()
    clock.place(0.0, 100.0)

    after = [clock.place(n * 0.04, 103 + n * 0.04, waited_s=0.03) for n in range(1, 4)]

    assert [moment.lag_s for moment in after] == pytest.approx([0, 0, 0])
    assert after[0].captured_s == pytest.approx(103.04)


def test_burst_after_a_stall_of_the_network_ties_the_clock_as_before() -> None:
    clock = StreamClock()
    clock.place(0.0, 100.0)
    clock.place(0.04, 103.0, waited_s=3.0)

    for n in range(2, 75):
        clock.place(n * 0.04, 103.0)

    assert clock.place(3.04, 103.04, waited_s=0.03).captured_s == pytest.approx(103.04)


@pytest.mark.slow
@pytest.mark.parametrize("drift", [-1e-3, 1e-3])
def test_camera_whose_clock_runs_wrong_is_followed(drift: float) -> None:
    clock = StreamClock()

    moments = [clock.place(n * 0.04 * (1 + drift), n * 0.04) for n in range(25 * 600)]

    assert max(moment.arrived_s - moment.captured_s for moment in moments) < 0.07
    assert all(later.captured_s >= before.captured_s for before, later in pairwise(moments))


@pytest.mark.parametrize("stamp_s", [0.0, 90_000.0])
def test_clock_that_begins_anew_is_tied_anew(stamp_s: float) -> None:
    clock = StreamClock()
    clock.place(1000.0, 10.0)
    clock.place(1001.0, 11.0)

    moment = clock.place(stamp_s, 12.0)

    assert (moment.captured_s, moment.lag_s) == (12.0, 0.0)


def test_time_never_runs_back_and_never_ahead_of_arrival() -> None:
    clock, rng = StreamClock(), np.random.default_rng(1)
    arrivals = np.cumsum(rng.exponential(0.04, 2000))

    moments = [clock.place(None if rng.random() < 0.1 else rng.uniform(0, 100), at) for at in arrivals]

    assert all(later.captured_s >= before.captured_s for before, later in pairwise(moments))
    assert all(moment.captured_s <= moment.arrived_s for moment in moments)
