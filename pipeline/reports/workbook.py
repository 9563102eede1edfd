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

from pipeline.reports.spreadsheet import Cell


def workbook_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet; times lose their zone, which XLSX cannot hold: give them in the report's own."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, is_bold=True) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, value: Cell, *, is_bold: bool = False) -> Any:  # openpyxl's types leave dates out
    plain: Any = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    cell = WriteOnlyCell(sheet, value=plain)
    if isinstance(plain, str):
        cell.data_type = "s"
    if is_bold:
        cell.font = Font(bold=True)
    return cell
