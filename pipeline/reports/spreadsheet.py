"""Write tables as CSV that spreadsheets open safely: UTF-8, and no cell that they would run as a formula."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from pipeline.errors import SettingsError, StoreFull

Cell = date | str | float | int | None
"""A value of a table; a datetime is a date as well."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take text for a formula, at its start."""

BYTE_ORDER_MARK = "\ufeff"
"""What tells some spreadsheets that a file is UTF-8."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as CSV after RFC 4180: commas, CRLF, quotes where needed; times as ISO 8601, None as nothing."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([cell_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def cell_text(cell: Cell) -> str:
    """One cell; text that would run as a formula gets an apostrophe before it, numbers stay numbers."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], *, with_bom: bool = False) -> None:
    """Write the table to `path` whole or not at all; raises `StoreFull`, or `SettingsError` when it cannot be there."""
    write_whole(path, csv_bytes(header, rows, with_bom=with_bom))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, with_bom: bool = False) -> bytes:
    """The table as CSV in UTF-8, with a mark of it before if wanted."""
    return ((BYTE_ORDER_MARK if with_bom else "") + csv_text(header, rows)).encode()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises `StoreFull`, or `SettingsError` when it cannot be there."""
    unfinished = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno in _NO_ROOM:
            raise StoreFull(f"no room to write {path}") from error
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error
