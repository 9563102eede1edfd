"""Leases: one owner at a time, and an epoch that tells a late owner from its successor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.work.leases import Leases
from pipeline.errors import LeaseLost
from tests.builders import START
from tests.control_databases import open_database

TTL_S = 10.0
LATER = START + timedelta(seconds=5)
TOO_LATE = START + timedelta(seconds=10)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def test_second_owner_waits(control: Control) -> None:
    leases = Leases(control)
    leases.acquire("f_1", "me", START, TTL_S)

    assert leases.acquire("f_1", "you", LATER, TTL_S) is None
    assert leases.acquire("f_2", "you", LATER, TTL_S) is not None


def test_owner_acquires_again_without_a_new_epoch(control: Control) -> None:
    leases = Leases(control)
    first = leases.acquire("f_1", "me", START, TTL_S)

    assert leases.acquire("f_1", "me", LATER, TTL_S) == first
    assert leases.acquire("f_1", "you", TOO_LATE, TTL_S) is None


def test_lease_that_ran_out_goes_to_another_with_a_higher_epoch(control: Control) -> None:
    leases = Leases(control)
    mine = leases.acquire("f_1", "me", START, TTL_S)
    yours = leases.acquire("f_1", "you", TOO_LATE, TTL_S)
    assert mine is not None
    assert yours is not None

    assert yours.epoch == mine.epoch + 1
    with pytest.raises(LeaseLost, match="another owner"):
        leases.renew(mine, TOO_LATE, TTL_S)


def test_renewed_lease_lasts_longer(control: Control) -> None:
    leases = Leases(control)
    mine = leases.acquire("f_1", "me", START, TTL_S)
    assert mine is not None

    leases.renew(mine, LATER, TTL_S)

    assert leases.acquire("f_1", "you", TOO_LATE, TTL_S) is None


def test_released_source_can_be_had_at_once(control: Control) -> None:
    leases = Leases(control)
    mine = leases.acquire("f_1", "me", START, TTL_S)
    assert mine is not None

    leases.release(mine, LATER)

    yours = leases.acquire("f_1", "you", LATER, TTL_S)
    assert yours is not None
    leases.release(mine, LATER)
    leases.renew(yours, LATER, TTL_S)


def test_lease_of_the_dead_goes_to_another_at_once_with_a_higher_epoch(control: Control) -> None:
    leases = Leases(control)
    with leases.living("me"):
        mine = leases.acquire("f_1", "me", START, TTL_S)
        while_alive = leases.acquire("f_1", "you", LATER, TTL_S)

    yours = leases.acquire("f_1", "you", LATER, TTL_S)

    assert while_alive is None
    assert mine is not None
    assert yours is not None
    assert yours.epoch == mine.epoch + 1
    with pytest.raises(LeaseLost, match="another owner"), control.fenced(mine, LATER):
        pass


def test_signs_of_the_dead_stay_while_they_have_leases(control: Control) -> None:
    leases = Leases(control)
    leases.acquire("f_1", "owner", datetime.now(UTC), TTL_S)
    for name in ("owner", "passer-by"):
        with leases.living(name):
            pass
    folder = control.data_dir / "run" / "owners"
    for path in folder.iterdir():
        os.utime(path, (0, 0))

    with leases.living("another"):
        assert {path.name.partition("@")[0] for path in folder.iterdir()} == {"owner", "another"}
