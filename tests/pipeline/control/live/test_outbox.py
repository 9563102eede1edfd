"""Events wait in order until they are told, by the owner of their source or, after a while, by anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.control.live.outbox import Outbox, write_life
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN
from tests.builders_recording import World, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = open_world(tmp_path, kind=SourceKind.LIVE)
    yield world
    world.control.close()


def write(world: World, *events: bytes, state: bytes | None = b"state") -> None:
    with world.control.writing() as transaction:
        write_life(transaction, RUN.source_id, RUN.run_id, state, events)


def test_empty_outbox_has_nothing_to_tell(world: World) -> None:
    outbox = Outbox(world.control)

    outbox.remove([])

    assert outbox.pending([RUN.source_id]) == []
    assert outbox.life(RUN.run_id) is None


def test_events_wait_in_order_until_they_are_removed(world: World) -> None:
    outbox = Outbox(world.control)
    write(world, b"one", b"two")
    write(world, b"three", state=b"later")

    first, *_ = outbox.pending([RUN.source_id])
    outbox.remove([first])

    assert [entry.event for entry in outbox.pending([RUN.source_id])] == [b"two", b"three"]
    assert outbox.life(RUN.run_id) == b"later"


def test_number_of_a_removed_event_is_not_given_again(world: World) -> None:
    outbox = Outbox(world.control)
    write(world, b"one")
    (one,) = outbox.pending([RUN.source_id])
    outbox.remove([one])

    write(world, b"two")

    assert outbox.pending([RUN.source_id])[0].number > one.number


def test_events_of_other_sources_are_left_to_their_owners_for_a_while(world: World) -> None:
    outbox, now = Outbox(world.control), datetime.now(UTC)
    write(world, b"one")

    assert outbox.pending(["another"], made_before=now - timedelta(seconds=10)) == []
    assert [entry.event for entry in outbox.pending(made_before=now + timedelta(seconds=10))] == [b"one"]


def test_no_state_is_kept_when_nothing_is_alive(world: World) -> None:
    write(world, b"new")

    write(world, b"end", state=None)

    assert Outbox(world.control).life(RUN.run_id) is None
