"""A copy of the control database while it is in use, by SQLite's own backup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.errors import StoreDamaged

DATABASE_NAME = "facetrail.db"


def copy_database(data_dir: Path, target: Path) -> None:
    """Write what is committed in the data folder's SQLite database to the new file `target`, and check it.

    Writers may go on meanwhile; a copy whose files must agree with it is made inside `Control.writing`. Raises
    `StoreDamaged` when the database cannot be read or the copy is not whole.
    """
    try:
        with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise StoreDamaged(f"{data_dir / DATABASE_NAME} cannot be copied to {target}: {error}") from error
    if verdict != "ok":
        raise StoreDamaged(f"{data_dir / DATABASE_NAME}: its copy is damaged: {verdict}")
