"""Bring the tables of an older Facetrail up to date, step by step, with everything that is in them."""

from __future__ import annotations

from sqlalchemy import Connection, text, update

from pipeline.control.tables import SCHEMA_VERSION, folder
from pipeline.errors import StoreDamaged

STEPS: dict[int, tuple[str, ...]] = {
    # 2: runs say which calibration names them (the table of calibrations is new, and made with the others).
    1: ("ALTER TABLE runs ADD COLUMN calibration_id INTEGER",),
    # 3: what is told of live sightings (two new tables).
    2: (),
    # 4: which pictures a calibration was made from, so that those of before have none; cameras that were entered by a
    # command, and how all of them are doing (three new tables).
    3: (),
    # 5: what the pages keep: accounts, corrections of the record, shifts (new tables only).
    4: (),
    # 6: coverage says why samples were left out, in columns that an older Facetrail would not know; audit rows say from
    # where they were caused.
    5: ("ALTER TABLE audit ADD COLUMN place VARCHAR",),
}
"""What leads from each schema version to the next; in words that SQLite and Postgres both know."""


def migrate(connection: Connection, found: int) -> None:
    """Take the steps from schema `found` to today's, inside the caller's writing transaction.

    Tables that are missing are there already. Raises `StoreDamaged` for a version that never was.
    """
    missing = [version for version in range(found, SCHEMA_VERSION) if version not in STEPS]
    if missing:
        raise StoreDamaged(f"control database: nothing here can read schema {found}")
    for version in range(found, SCHEMA_VERSION):
        for statement in STEPS[version]:
            connection.execute(text(statement))
    connection.execute(update(folder).values(schema_version=SCHEMA_VERSION))
