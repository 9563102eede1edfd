"""Work in a process of its own: its values, its errors and its end come through."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from dashboards.cli.apart import run_apart
from pipeline.errors import NotFound, WeightsError


def count(to: int) -> Iterator[int]:
    yield from range(to)


def tell_process() -> Iterator[int]:
    yield os.getpid()


def tell_blocked() -> Iterator[bool]:
    yield signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def fail() -> Iterator[int]:
    yield 1
    raise NotFound("nothing of that name")


def die() -> Iterator[int]:
    yield 1
    os._exit(1)


def test_values_come_in_order():
    assert list(run_apart(count, 3)) == [0, 1, 2]
    assert list(run_apart(count, 0)) == []


def test_the_work_is_done_elsewhere():
    assert list(run_apart(tell_process)) != [os.getpid()]


def test_an_interrupt_is_kept_from_the_process_from_its_beginning_on():
    assert list(run_apart(tell_blocked)) == [True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_an_error_of_ours_comes_through():
    values = run_apart(fail)

    assert next(values) == 1
    with pytest.raises(NotFound, match="nothing of that name"):
        next(values)


def test_a_process_that_dies_is_told():
    values = run_apart(die)

    assert next(values) == 1
    with pytest.raises(WeightsError, match="the process that does the work ended"):
        next(values)


def test_who_stops_asking_ends_the_work():
    values = run_apart(count, 1_000_000_000)

    assert next(values) == 0
    values.close()
