"""How much a camera watched, to the second."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from pipeline.attendance.evidence.watching import Watch, WatchedMinutes, WatchedSource, Watchers, join_minutes
from tests.pipeline.attendance.builders import at, camera, minutes


def test_nothing_recorded_is_nothing_watched() -> None:
    watch = Watch("door", [])

    assert (watch.is_empty, watch.share(at("09:00"), at("10:00")), watch.earliest) == (True, 0.0, None)
    assert [(gap.start, gap.end) for gap in watch.gaps(at("09:00"), at("10:00"))] == [(at("09:00"), at("10:00"))]


def test_span_without_length_was_watched() -> None:
    assert camera().share(at("09:00"), at("09:00")) == 1.0


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        ("09:00", "10:00", 1.0),
        ("08:30", "09:30", 0.5),
        ("09:30", "10:30", 0.5),
        ("10:00", "10:30", 0.0),
        ("09:59:30", "10:00:30", 0.5),  # runs end within a minute
    ],
)
def test_share_is_what_lies_within(start: str, end: str, share: float) -> None:
    watch = camera((at("09:00"), at("10:00")))

    assert watch.share(at(start), at(end)) == pytest.approx(share)


def test_last_minute_of_a_run_is_as_long_as_its_samples() -> None:
    watch = camera((at("09:00"), at("09:10:15")))

    assert watch.share(at("09:10"), at("09:11")) == pytest.approx(0.25)


def test_footage_ends_where_its_media_ends() -> None:
    short = WatchedSource(minutes(at("09:00"), at("09:01")), media_end_s=at("09:00:24").timestamp())

    assert Watch("footage", [short]).share(at("09:00"), at("09:01")) == pytest.approx(0.4)


def test_dropped_samples_were_not_watched() -> None:
    watch = Watch("door", [WatchedSource(minutes(at("09:00"), at("10:00"), share=0.8))])

    assert watch.share(at("09:00"), at("10:00")) == pytest.approx(0.8)
    assert watch.gaps(at("09:00"), at("10:00")) == ()


def test_minutes_of_which_little_was_watched_are_a_gap() -> None:
    good, bad = minutes(at("09:00"), at("09:30")), minutes(at("09:30"), at("10:00"), share=0.3, run="r_2")

    [gap] = Watch("door", [WatchedSource(join_minutes([good, bad]))]).gaps(at("09:00"), at("10:00"))

    assert (gap.start, gap.end) == (at("09:30"), at("10:00"))


def test_gaps_shorter_than_a_minute_are_not_told() -> None:
    watch = camera((at("09:00"), at("09:30")), (at("09:30:40"), at("10:00")))

    assert watch.gaps(at("09:00"), at("10:00")) == ()
    assert watch.share(at("09:00"), at("10:00")) == pytest.approx(1 - 40 / 3600)


def test_overlapping_footage_counts_once() -> None:
    watch = Watch("footage", [WatchedSource(minutes(at("09:00"), at("09:40"), run=run)) for run in ("r_1", "r_2")])

    assert watch.seconds(at("09:00"), at("10:00")) == pytest.approx((2400, 2400))


def test_minutes_in_which_nothing_was_due_are_a_camera_that_is_down() -> None:
    down = WatchedMinutes(np.array(["r"]), np.array([at("09:00").timestamp()]), np.zeros(1), np.zeros(1))

    assert Watch("door", [WatchedSource(down)]).share(at("09:00"), at("09:01")) == 0.0


def test_camera_need_not_watch_before_it_was_there() -> None:
    old, new = camera((at("08:00"), at("18:00"))), Watch("new", [], since=at("12:00"))

    watchers = Watchers([old, new], None)

    assert watchers.share(at("09:00"), at("11:00")) == 1.0
    assert watchers.share(at("13:00"), at("15:00")) == 0.5


def test_footage_vouches_where_there_is_no_camera() -> None:
    footage = camera((at("09:00"), at("10:00")), label="footage")
    later = Watch("new", [], since=at("09:00") + timedelta(days=30))

    assert Watchers([later], footage).share(at("09:00"), at("11:00")) == pytest.approx(0.5)
