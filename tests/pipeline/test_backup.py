"""Backups: whole, of one moment, and good to go on from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from pipeline.backup import back_up
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.control.work.runs import Runs
from pipeline.errors import InputError
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.recording.recorder import Recorder
from tests.builders import START, make_policy
from tests.builders_recording import World, make_reference, make_seen, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A data folder in the middle of a run."""
    opened = open_world(tmp_path / "data")
    People(opened.control).enrol("Ada", [make_reference(0)])
    opened.commit(4, make_seen(1, 0, 0.0), make_seen(2, 1, 10.0))
    (opened.data_dir / "logs").mkdir()
    (opened.data_dir / "logs" / "aggregator.log").write_text("busy")
    yield opened
    opened.control.close()


Reopen = Callable[[Path], World]


@pytest.fixture
def reopen(world: World) -> Iterator[Reopen]:
    """The same world on a copy of its folder."""
    with ExitStack() as opened:

        def on(data_dir: Path) -> World:
            control, store = opened.enter_context(closing(open_control(data_dir))), Store(data_dir)
            recorder = Recorder(control, store, clock=world.clock, policy_of=lambda _record: make_policy())
            record = Runs(control).get(world.record.run.run_id)
            return World(data_dir, control, store, recorder, world.lease, record, world.clock)

        yield on


def test_empty_folder_is_backed_up(tmp_path: Path) -> None:
    with closing(open_control(tmp_path / "data")) as control:
        made = back_up(control, tmp_path / "backup", START)

    assert made.n_files == 1
    assert json.loads((tmp_path / "backup" / "backup.json").read_text())["n_files"] == 1


def test_backup_has_the_record_and_leaves_out_what_belongs_to_processes(
    world: World, reopen: Reopen, tmp_path: Path
) -> None:
    back_up(world.control, tmp_path / "backup", START)

    copy = reopen(tmp_path / "backup")
    assert copy.content() == world.content()
    assert copy.record.next_chunk == 4
    assert [person.name for person in People(copy.control).list_people()] == ["Ada"]
    assert not (tmp_path / "backup" / "logs").exists()
    assert list(world.data_dir.glob(".backup-*")) == []


def test_run_goes_on_from_a_backup_as_if_nothing_had_happened(world: World, reopen: Reopen, tmp_path: Path) -> None:
    back_up(world.control, tmp_path / "backup", START)
    copy = reopen(tmp_path / "backup")

    for each in (world, copy):
        each.commit(9, make_seen(3, 0, 20.0))
        each.finish()

    assert copy.content() == world.content()
    assert copy.store.read_sightings(RowFilter()) == world.store.read_sightings(RowFilter())


def test_backup_stays_as_it_was_while_the_record_goes_on(world: World, reopen: Reopen, tmp_path: Path) -> None:
    before = world.content()
    back_up(world.control, tmp_path / "backup", START)

    world.commit(9, make_seen(3, 0, 20.0))
    world.finish()

    assert reopen(tmp_path / "backup").content() == before != world.content()


def test_older_files_of_the_backup_serve_after_the_folder_is_gone(world: World, reopen: Reopen, tmp_path: Path) -> None:
    before = world.content()
    back_up(world.control, tmp_path / "backup", START)
    world.control.close()

    shutil.rmtree(world.data_dir)

    assert reopen(tmp_path / "backup").content() == before


@pytest.mark.parametrize("name", ["data/inside", "full"])
def test_folder_that_is_none_of_its_own_is_refused(world: World, tmp_path: Path, name: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()

    with pytest.raises(InputError, match="name a"):
        back_up(world.control, tmp_path / name, START)
