"""Workbooks as spreadsheets read them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from openpyxl import load_workbook

from pipeline.reports.workbook import WIDEST, workbook_bytes

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)


def test_table_without_rows_is_a_header() -> None:
    sheet = load_workbook(io.BytesIO(workbook_bytes("Nothing", ("a", "b"), []))).active

    assert list(sheet.values) == [("a", "b")]


def test_cells_keep_their_kinds_and_text_is_no_formula() -> None:
    written = workbook_bytes("Kinds", ("a", "b", "c", "d"), [("=1+1", 1.5, date(2026, 5, 1), AT)])

    sheet = load_workbook(io.BytesIO(written)).active
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d", "d"]
    assert (sheet["A2"].value, sheet["D2"].value) == ("=1+1", AT.replace(tzinfo=None))


def test_columns_are_as_wide_as_what_they_show() -> None:
    written = workbook_bytes("Widths", ("at", "words"), [(AT, "x" * 500), (None, None)])

    sheet = load_workbook(io.BytesIO(written)).active
    assert sheet.column_dimensions["A"].width >= len("2026-05-01 09:00:00")
    assert sheet.column_dimensions["B"].width == WIDEST + 2
