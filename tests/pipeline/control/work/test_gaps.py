"""What could not be analysed, as long as it matters."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.control.work.gaps import find_gaps
from pipeline.control.work.runs import Runs
from pipeline.schemas import RunKey
from pipeline.sightings.rows import SourceKind
from tests.builders import RUN, START
from tests.builders_recording import World, open_world

LONG_AGO, NEVER = START - timedelta(days=3650), START + timedelta(days=3650)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Footage of which three chunks were buried, for two reasons."""
    opened = open_world(tmp_path)
    bury(opened, RUN)
    return opened


def bury(world: World, run: RunKey) -> None:
    for number, reason in ((3, "out of memory"), (4, "out of memory"), (7, "no picture")):
        Runs(world.control).add_failed_chunk(run, number, "detector", reason)


def test_record_without_gaps_has_none(tmp_path: Path) -> None:
    with closing(open_world(tmp_path).control) as control:
        assert find_gaps(control, LONG_AGO) == []


def test_buried_chunks_are_counted_by_reason(world: World) -> None:
    found = find_gaps(world.control, LONG_AGO)

    assert [(gap.label, gap.reason, gap.n_chunks) for gap in found] == [
        ("door.mp4", "no picture", 1),
        ("door.mp4", "out of memory", 2),
    ]
    world.control.close()


def test_what_a_newer_run_has_replaced_is_no_gap_any_more(world: World) -> None:
    world.begin("r_fedcba9876543210")
    world.commit(9)
    world.finish()

    assert find_gaps(world.control, LONG_AGO) == []
    world.control.close()


@pytest.mark.parametrize(("since", "count"), [(LONG_AGO, 2), (NEVER, 0)])
def test_what_a_camera_missed_is_told_for_a_while(tmp_path: Path, since: object, count: int) -> None:
    world = open_world(tmp_path, kind=SourceKind.LIVE)
    bury(world, RUN)

    found = find_gaps(world.control, since)

    assert (len(found), any(gap.can_try_again for gap in found)) == (count, False)
    world.control.close()
