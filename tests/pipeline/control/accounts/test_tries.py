"""Tries to sign in: some are free, and then each has to wait longer than the last."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.control.accounts.tries import FORGOTTEN_AFTER, Tries, TryLimit
from pipeline.control.database import Control
from tests.control_databases import open_database
from tests.pipeline.control.accounts.conftest import NOW

LIMIT = TryLimit(n_free=3, longest_wait_s=60)


@pytest.mark.parametrize(("n_tries", "wait_s"), [(0, 0), (2, 0), (3, 1), (4, 2), (5, 4), (9, 60), (10**6, 60)])
def test_wait_doubles_up_to_a_limit(n_tries: int, wait_s: float) -> None:
    assert LIMIT.wait_s(n_tries) == wait_s


def test_free_tries_do_not_wait_and_further_ones_do(control: Control) -> None:
    waits = [Tries(control).begin({"ada": LIMIT}, NOW) for _ in range(4)]

    assert waits == [0, 0, 0, 1]


def test_refused_try_does_not_count(control: Control) -> None:
    for _ in range(20):
        Tries(control).begin({"ada": LIMIT}, NOW)

    assert Tries(control).begin({"ada": LIMIT}, NOW + timedelta(seconds=1)) == 0


def test_each_key_has_its_own_limit(control: Control) -> None:
    for _ in range(3):
        Tries(control).begin({"ada": LIMIT, "192.0.2.1": LIMIT}, NOW)

    assert Tries(control).begin({"kim": LIMIT, "192.0.2.1": LIMIT}, NOW) == 1
    assert Tries(control).begin({"kim": LIMIT, "192.0.2.2": LIMIT}, NOW) == 0


def test_success_forgives_the_name_and_gives_the_address_one_back(control: Control) -> None:
    for _ in range(3):
        Tries(control).begin({"ada": LIMIT, "192.0.2.1": LIMIT}, NOW)

    Tries(control).succeeded("ada", "192.0.2.1")

    assert [Tries(control).begin({"192.0.2.1": LIMIT}, NOW) for _ in range(2)] == [0, 1]
    assert Tries(control).begin({"ada": LIMIT}, NOW) == 0


def test_restart_forgets_nothing_and_a_day_does(tmp_path: Path) -> None:
    first = open_database(tmp_path)
    for _ in range(3):
        Tries(first).begin({"ada": LIMIT}, NOW)
    first.close()

    second = open_database(tmp_path)
    assert Tries(second).begin({"ada": LIMIT}, NOW) == 1
    assert [Tries(second).begin({"ada": LIMIT}, NOW + FORGOTTEN_AFTER) for _ in range(3)] == [0, 0, 0]
    second.close()
