"""Tables as XLSX workbooks (ECMA-376). Hides openpyxl.

Text stays text: no cell is ever a formula, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from pipeline.reports.spreadsheet import Cell

LINES_MEASURED = 200
"""So many of the first lines decide how wide columns are."""
WIDEST = 60
"""Characters that a column shows of its text."""


def workbook_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet; times lose their zone, which XLSX cannot hold: give them in the report's own."""
    book, lines = Workbook(write_only=True), list(rows)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header):
        width = max(len(name), *(_length(line[place]) for line in lines[:LINES_MEASURED]), 0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(width, WIDEST) + 2
    sheet.append([_cell(sheet, name, is_bold=True) for name in header])
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _length(value: Cell) -> int:
    """Characters that a cell shows; a moment that finds too little room is shown as crosses."""
    return len("2026-05-01 09:00:00") if isinstance(value, datetime) else len(str(value or ""))


def _cell(sheet: Any, value: Cell, *, is_bold: bool = False) -> Any:  # openpyxl's types leave dates out
    plain: Any = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    cell = WriteOnlyCell(sheet, value=plain)
    if isinstance(plain, str):
        cell.data_type = "s"
    if is_bold:
        cell.font = Font(bold=True)
    return cell
