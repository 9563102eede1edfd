"""Lost cameras are tried again soon, then less often."""

from __future__ import annotations

import random

import pytest

from pipeline.video.live.connecting.backoff import JITTER, MOST_REFUSED_S, MOST_S, STABLE_S, Backoff


def longest_waits(count: int, *, is_refused: bool) -> list[float]:
    backoff, waits = Backoff(), []
    for _ in range(count):
        backoff = backoff.failed(0.0, is_refused=is_refused)
        waits.append(max(backoff.wait_s(random.Random(seed)) for seed in range(200)))
    return waits


def test_waits_double_up_to_the_cap() -> None:
    assert longest_waits(9, is_refused=False) == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30], rel=0.02)


def test_camera_that_refuses_is_asked_rarely() -> None:
    assert longest_waits(6, is_refused=True) == pytest.approx([30, 60, 120, 240, 300, 300], rel=0.02)


@pytest.mark.parametrize("failures", [1, 7, 10_000])
def test_part_of_every_wait_is_chance(failures: int) -> None:
    waits = {Backoff(failures).wait_s(random.Random(seed)) for seed in range(100)}

    assert len(waits) == 100
    assert min(waits) >= (1 - JITTER) * max(waits) * 0.99
    assert max(waits) <= MOST_S < MOST_REFUSED_S


def test_connection_that_lasted_long_forgets_the_failures_before_it() -> None:
    assert Backoff(7).failed(STABLE_S).failures == 1
    assert Backoff(7).failed(STABLE_S - 1).failures == 8


def test_camera_that_no_longer_refuses_is_asked_soon() -> None:
    assert Backoff(5, is_refused=True).failed(0.0).failures == 1
