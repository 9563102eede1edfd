"""Data folders of an older Facetrail: opened as they are, with everything kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog, asked_from
from pipeline.control.database import open_control
from pipeline.control.gallery.calibrations import Calibrations
from pipeline.control.gallery.people import People
from pipeline.control.tables import SCHEMA_VERSION
from pipeline.control.work.runs import Runs
from pipeline.errors import StoreDamaged
from tests.builders import RUN
from tests.builders_calibrations import calibrate
from tests.builders_recording import make_reference, make_seen, open_world
from tests.control_databases import of_sqlite

pytestmark = of_sqlite


@pytest.fixture
def old_folder(tmp_path: Path) -> Path:
    """A folder of schema 1 with Ann in the gallery and one run with a sighting of her."""
    world = open_world(tmp_path)
    People(world.control).enrol("Ann", [make_reference(0)])
    world.begin("r_with_ann")
    world.commit(1, make_seen(1, 0, at_s=0))
    world.finish()
    world.control.close()
    _sql(
        tmp_path,
        "DROP TABLE calibration_sketches",
        "DROP TABLE calibrations",
        "ALTER TABLE runs DROP COLUMN calibration_id",
        "ALTER TABLE audit DROP COLUMN place",
        "UPDATE folder SET schema_version = 1",
    )
    return tmp_path


def test_old_folder_is_brought_up_to_date_with_all_that_is_in_it(old_folder: Path) -> None:
    control = open_control(old_folder)

    (run,) = [run for run in Runs(control).list() if run.run.run_id == "r_with_ann"]
    assert (run.run.source_id, run.gallery_version, run.calibration_id) == (RUN.source_id, 1, None)
    assert [person.name for person in People(control).list_people()] == ["Ann"]
    assert Calibrations(control).newest() is None
    control.close()


def test_calibration_from_before_there_were_samples_of_pictures_has_none(tmp_path: Path) -> None:
    control = open_control(tmp_path)
    made = calibrate(control)
    control.close()
    drop_sketches, drop_place = "DROP TABLE calibration_sketches", "ALTER TABLE audit DROP COLUMN place"
    _sql(tmp_path, drop_sketches, drop_place, "UPDATE folder SET schema_version = 3")

    control = open_control(tmp_path)

    assert Calibrations(control).newest() == made
    assert made.reference_sketch == ()
    assert calibrate(control, sketch=("aa",)).reference_sketch == ("aa",)
    control.close()


def test_audit_rows_from_before_there_were_addresses_have_none(tmp_path: Path) -> None:
    control = open_control(tmp_path)
    AuditLog(control).append("identify", "", who="kim")
    control.close()
    _sql(tmp_path, "ALTER TABLE audit DROP COLUMN place", "UPDATE folder SET schema_version = 5")

    control = open_control(tmp_path)
    with asked_from("192.0.2.7"):
        AuditLog(control).append("verify", "", who="kim")

    assert [(entry.action, entry.place) for entry in AuditLog(control).read()] == [
        ("verify", "192.0.2.7"),
        ("identify", ""),
    ]
    control.close()


def test_folder_that_is_up_to_date_stays_as_it_is(old_folder: Path) -> None:
    open_control(old_folder).close()

    open_control(old_folder).close()

    with sqlite3.connect(old_folder / "facetrail.db") as raw:
        assert raw.execute("SELECT schema_version FROM folder").fetchone() == (SCHEMA_VERSION,)
    raw.close()


def test_version_that_never_was_is_damage(old_folder: Path) -> None:
    _sql(old_folder, "UPDATE folder SET schema_version = 0")

    with pytest.raises(StoreDamaged, match="schema 0"):
        open_control(old_folder)


def _sql(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "facetrail.db") as raw:
        for statement in statements:
            raw.execute(statement)
    raw.close()
