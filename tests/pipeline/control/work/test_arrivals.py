"""Files that came: each once, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.work.arrivals import Arrivals, ArrivalState, NewArrival, Origin
from pipeline.schemas import RunKey
from tests.control_databases import open_database


@pytest.fixture
def arrivals(tmp_path: Path) -> Iterator[Arrivals]:
    control = open_database(tmp_path)
    yield Arrivals(control)
    control.close()


def make_arrival(name: str = "clip.mp4", origin: Origin = Origin.WATCH, **values: int) -> NewArrival:
    facts = {"size": 10, "mtime_ns": 5, **values}
    return NewArrival(path=Path("/in", name), label=name, origin=origin, who="ada", **facts)  # type: ignore[arg-type]


def test_nothing_came(arrivals: Arrivals) -> None:
    assert list(arrivals.waiting()) == []
    assert not arrivals.knows(Path("/in/clip.mp4"), 10, 5)


def test_watched_file_that_did_not_change_is_the_same_arrival_whatever_became_of_it(arrivals: Arrivals) -> None:
    first = arrivals.note(make_arrival())
    arrivals.refuse(first.arrival_id, "no video")

    again = arrivals.note(make_arrival())

    assert (again.arrival_id, again.state, again.problem) == (first.arrival_id, ArrivalState.REFUSED, "no video")


def test_watched_file_that_changed_is_another_one(arrivals: Arrivals) -> None:
    first = arrivals.note(make_arrival())

    assert arrivals.note(make_arrival(size=11)).arrival_id != first.arrival_id


def test_file_that_somebody_sends_again_is_looked_into_again(arrivals: Arrivals) -> None:
    first = arrivals.note(make_arrival(origin=Origin.UPLOAD))
    assert arrivals.note(make_arrival(origin=Origin.UPLOAD)).arrival_id == first.arrival_id
    arrivals.take(first.arrival_id, RunKey("f_1", "r_1"), is_known=False)

    assert arrivals.note(make_arrival(origin=Origin.UPLOAD)).state is ArrivalState.WAITING


def test_only_those_of_the_origins_asked_for_wait(arrivals: Arrivals) -> None:
    arrivals.note(make_arrival("a.mp4"))
    sent = arrivals.note(make_arrival("b.mp4", Origin.CHOICE))

    assert [one.arrival_id for one in arrivals.waiting({Origin.CHOICE})] == [sent.arrival_id]


def test_what_became_of_a_file_is_recent_for_a_while(arrivals: Arrivals) -> None:
    taken = arrivals.note(make_arrival())
    arrivals.take(taken.arrival_id, RunKey("f_1", "r_1"), is_known=True)
    now = datetime.now(UTC)

    assert [one.state for one in arrivals.recent(now - timedelta(minutes=1))] == [ArrivalState.KNOWN]
    assert list(arrivals.recent(now + timedelta(minutes=1))) == []
