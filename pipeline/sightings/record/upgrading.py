"""Files that an older Facetrail wrote get the columns that have come since.

Readers of many files at once want the same columns in all of them. What such a column would have said is not known: it
is null in rows of before.
"""

from __future__ import annotations

import logging
from pathlib import Path

from pipeline.folder_lock import changing
from pipeline.sightings.record.columns import Columns, Row
from pipeline.sightings.record.files import Part, RowFilter, read_columns, read_file, to_bytes
from pipeline.sightings.record.merging import with_schema
from pipeline.sightings.record.staging import Staging, written

logger = logging.getLogger(__name__)


def upgrade_part(part: Part, columns: Columns[Row], staging_folder: Path) -> None:
    """Write the files that lack columns anew, one by one; nobody who asks for this writes the part meanwhile.

    The file without rows is the last: it tells that all others are done. Raises `StoreFull` or `StoreDamaged`, and goes
    on where it was when called again.
    """
    if _is_current(part.columns_file(), columns):
        return
    with written(part.folder), changing(part.folder):
        behind: list[Path] = [path for path in part.files(RowFilter()) if not _is_current(path, columns)]
        logger.info("%s: %s files get the columns that have come since they were written", part.folder, len(behind))
        for path in [*behind, part.columns_file()]:
            _upgrade_file(path, columns, staging_folder)


def _is_current(path: Path, columns: Columns[Row]) -> bool:
    return bool(read_columns(path).equals(columns.schema))


def _upgrade_file(path: Path, columns: Columns[Row], staging_folder: Path) -> None:
    with Staging(staging_folder) as staging:
        staging.add(path, to_bytes(with_schema(read_file(path), columns.schema, path)))
        staging.publish()
