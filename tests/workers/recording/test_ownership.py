"""Owning sources: taken when free, forgotten when lost, given back at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.control.database import Control
from pipeline.control.work.leases import Leases
from pipeline.errors import InputError
from workers.recording.ownership import Ownership, owning

SOURCE = "f_source"


def test_wanted_sources_are_owned_and_others_given_up(control: Control) -> None:
    ownership = Ownership(Leases(control))

    first = ownership.follow(["f_one", "f_two"])
    second = ownership.follow(["f_two", "f_three"])

    assert (first, second) == (["f_one", "f_two"], ["f_three"])
    assert set(ownership.owned()) == {"f_two", "f_three"}


def test_source_of_another_is_not_owned(control: Control) -> None:
    leases = Leases(control)
    leases.acquire(SOURCE, "another", datetime.now(UTC), 60)

    assert Ownership(leases).follow([SOURCE]) == []


def test_lost_source_is_forgotten_when_renewed(control: Control) -> None:
    leases = Leases(control)
    ownership = Ownership(leases)
    ownership.acquire(SOURCE)
    leases.acquire(SOURCE, "another", datetime.now(UTC) + timedelta(hours=1), 60)

    ownership.renew()

    assert ownership.owned() == {}


def test_source_is_owned_while_the_block_lasts(control: Control) -> None:
    leases = Leases(control)

    with owning(control, SOURCE) as lease:
        assert lease.source_id == SOURCE
        assert leases.acquire(SOURCE, "another", datetime.now(UTC), 60) is None

    assert leases.acquire(SOURCE, "another", datetime.now(UTC), 60) is not None


def test_source_that_is_being_analysed_is_refused(control: Control) -> None:
    Leases(control).acquire(SOURCE, "another", datetime.now(UTC), 60)

    with pytest.raises(InputError, match="being analysed"), owning(control, SOURCE, wait_s=0):
        pass
