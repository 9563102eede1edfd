"""When a delivery is tried again, and when it is given up."""

from __future__ import annotations

import random

import pytest

from pipeline.events.delivery.policy import Answer, DeliveryPolicy, Fate, Outcome, asked_wait_s, judge_status

POLICY = DeliveryPolicy(attempts=3, give_up_after_s=100, first_wait_s=1, most_wait_s=10)


@pytest.mark.parametrize(
    ("answer", "failures", "age_s", "expected"),
    [
        (Answer.TAKEN, 0, 0, Fate.DELIVERED),
        (Answer.TAKEN, 9, 999, Fate.DELIVERED),
        (Answer.REFUSED, 0, 0, Fate.DEAD),
        (Answer.FAILED, 2, 50, Fate.AGAIN),
        (Answer.FAILED, 3, 50, Fate.DEAD),
        (Answer.FAILED, 1, 100, Fate.DEAD),
        (Answer.UNREACHABLE, 0, 99, Fate.AGAIN),  # no fault of the event, however often
        (Answer.UNREACHABLE, 0, 100, Fate.DEAD),
    ],
)
def test_fate_depends_on_whose_fault_it_is(answer: Answer, failures: int, age_s: float, expected: Fate) -> None:
    assert POLICY.fate(Outcome(answer), failures, age_s) is expected


@pytest.mark.parametrize(("tries", "longest"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (5000, 10)])
def test_wait_doubles_up_to_a_cap_and_half_of_it_is_chance(tries: int, longest: float) -> None:
    rng = random.Random(1)
    waits = [POLICY.wait_s(Outcome(Answer.FAILED), tries, rng) for _ in range(200)]

    assert longest / 2 <= min(waits) < 0.6 * longest
    assert 0.9 * longest < max(waits) <= longest


def test_target_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    rng = random.Random(1)

    assert POLICY.wait_s(Outcome(Answer.FAILED, asked_wait_s=42), 1, rng) == 42
    assert POLICY.wait_s(Outcome(Answer.FAILED, asked_wait_s=1e9), 1, rng) == 600


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, Answer.TAKEN) for status in (200, 201, 202, 204)),
        *((status, Answer.FAILED) for status in (500, 502, 503, 504, 408, 425, 429)),
        *((status, Answer.REFUSED) for status in (301, 302, 307, 400, 401, 403, 404, 410, 413)),
    ],
)
def test_status_says_whether_to_try_again(status: int, expected: Answer) -> None:
    assert judge_status(status) is expected


@pytest.mark.parametrize(("header", "expected"), [(None, None), ("7", 7.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None)])
def test_wait_that_is_asked_for_is_read_from_its_header(header: str | None, expected: float | None) -> None:
    assert asked_wait_s(header) == expected
