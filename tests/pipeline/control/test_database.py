"""The control database: made once, guarded by leases, and clear about what is wrong with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.control.database import Control, Lease, Transaction, open_control
from pipeline.control.gallery.people import People
from pipeline.control.work.leases import Leases
from pipeline.errors import LeaseLost, SettingsError, StoreDamaged, StoreFull
from tests.builders import START
from tests.builders_recording import make_reference
from tests.control_databases import open_database

OPEN = "import sys; from pathlib import Path; from pipeline.control.database import open_control; "
FILL = """
import resource, sys
from pathlib import Path
from pipeline.control.database import open_control
from pipeline.control.work.runs import Runs
from pipeline.errors import StoreFull
from pipeline.sightings.recording.recorder import Advance
from pipeline.sightings.record.store import RowFilter
from tests.builders_recording import open_world

world = open_world(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
try:
    for number in range(100):
        advance = Advance(next_chunk=number, snapshot=bytes(20_000 + 400 * number))
        world.recorder.commit(world.lease, world.record, advance)
except StoreFull as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
reached = Runs(world.control).get(world.record.run.run_id).next_chunk
world.recorder.commit(world.lease, world.record, Advance(next_chunk=reached + 1, snapshot=b"on"))
print(0 < reached < 99)
"""


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path / "data")
    yield opened
    opened.close()


def test_encoder_is_fixed_by_the_first_use(control: Control) -> None:
    assert control.encoder("sface") == "sface"
    assert control.encoder(None) == "sface"


def test_other_encoder_is_refused_and_told_how_to_go_on(control: Control) -> None:
    control.encoder("sface")

    with pytest.raises(SettingsError, match="--data OTHER_FOLDER --encoder dlib-resnet"):
        control.encoder("dlib-resnet")


def test_folder_without_an_encoder_says_so(control: Control) -> None:
    with pytest.raises(SettingsError, match="has no encoder yet"):
        control.encoder(None)


def test_content_survives_closing(tmp_path: Path) -> None:
    first = open_database(tmp_path)
    first.encoder("sface")
    first.close()

    again = open_database(tmp_path)

    assert again.encoder(None) == "sface"
    again.close()


def test_folder_of_a_newer_facetrail_is_refused(tmp_path: Path) -> None:
    open_control(tmp_path).close()
    with sqlite3.connect(tmp_path / "facetrail.db") as raw:
        raw.execute("UPDATE folder SET schema_version = 99")
    raw.close()

    with pytest.raises(SettingsError, match="newer Facetrail"):
        open_control(tmp_path)


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "facetrail.db").write_text("not a database at all, and long enough to be read as one " * 50)

    with pytest.raises(StoreDamaged, match=r"facetrail\.db: it is not a database"):
        open_control(tmp_path)


def test_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match="cannot be made"):
        open_control(tmp_path / "file" / "data")


@pytest.mark.parametrize("url", ["no-such-thing://host/name", "mysql://host/name", "sqlite:///elsewhere.db", "host"])
def test_url_of_another_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="postgresql://"):
        open_control(tmp_path, url)


@pytest.mark.slow
def test_folder_may_be_opened_first_by_many_processes_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN + "open_control(Path(sys.argv[1])).encoder('sface')", str(tmp_path)]

    children = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _child in range(4)]

    assert [child.communicate(timeout=60)[1] for child in children] == [""] * 4


def test_threads_write_one_after_the_other(control: Control) -> None:
    people = People(control)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: people.enrol(f"P{number}", [make_reference(number)]), range(24)))

    assert sorted(result.gallery_version for result in results) == list(range(1, 25))


def test_reader_sees_one_state_while_others_write(control: Control) -> None:
    people = People(control)
    people.enrol("Ann", [])

    with control.reading() as transaction:
        counted = [_count_people(transaction)]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(people.enrol, "Ben", []).result()
        counted.append(_count_people(transaction))

    assert counted == [1, 1]


def test_fence_lets_the_owner_write(control: Control) -> None:
    lease = Leases(control).acquire("f_1", "me", START, 10)
    assert lease is not None

    with control.fenced(lease, START + timedelta(seconds=9)) as transaction:
        assert transaction is not None


@pytest.mark.parametrize("lease", [Lease("f_1", "me", 2), Lease("f_1", "you", 1), Lease("f_2", "me", 1)])
def test_fence_stops_everybody_else(control: Control, lease: Lease) -> None:
    Leases(control).acquire("f_1", "me", START, 10)

    with pytest.raises(LeaseLost), control.fenced(lease, START):
        pass


def test_fenced_change_is_undone_by_an_error(control: Control) -> None:
    People(control).enrol("Ann", [])
    lease = Leases(control).acquire("f_1", "me", START, 10)
    assert lease is not None

    with pytest.raises(StoreFull):
        _forget_everybody_and_fail(control, lease)

    assert [person.name for person in People(control).list_people()] == ["Ann"]


def _count_people(transaction: Transaction) -> int:
    return len(transaction.connection.exec_driver_sql("SELECT person_id FROM persons").all())


def _forget_everybody_and_fail(control: Control, lease: Lease) -> None:
    with control.fenced(lease, START) as transaction:
        transaction.connection.exec_driver_sql("DELETE FROM person_names")
        raise StoreFull("no room")


@pytest.mark.slow
def test_full_disk_is_said_clearly_and_work_goes_on_afterwards(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )

    error, has_progress = done.stdout.splitlines()
    assert "no room left for the control database" in error
    assert has_progress == "True"
