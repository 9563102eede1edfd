"""CSV that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.reports.spreadsheet import Cell, cell_text, csv_text, write_csv

WRITE_BEYOND_A_LIMIT = """
import resource, signal, sys
from pathlib import Path
from pipeline.errors import StoreFull
from pipeline.reports.spreadsheet import write_csv
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
try:
    write_csv(Path(sys.argv[1]), ["a"], [["x" * 100]] * 100)
except StoreFull as error:
    sys.exit(f"full: {error}")
"""


def test_empty_table_is_its_header() -> None:
    assert csv_text(["day", "person"], []) == "day,person\r\n"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (None, ""),
        ("Ada", "Ada"),
        (3, "3"),
        (-0.5, "-0.5"),  # a number is no formula
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), "2026-03-02T08:00:00+00:00"),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-Ada", "'-Ada"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("A=1", "A=1"),
    ],
)
def test_cells_never_run(cell: Cell, expected: str) -> None:
    assert cell_text(cell) == expected


def test_quotes_commas_and_lines_come_back_as_they_were() -> None:
    names = ['Ada "the first"', "Byron, Lord", "two\nlines", "Zoë"]

    text = csv_text(["person"], [[name] for name in names])

    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:] == names


@pytest.mark.parametrize(("with_bom", "start"), [(False, b"person"), (True, b"\xef\xbb\xbfperson")])
def test_byte_order_mark_comes_on_request(tmp_path: Path, with_bom: bool, start: bytes) -> None:
    write_csv(tmp_path / "a.csv", ["person"], [["Zoë"]], with_bom=with_bom)

    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(start)
    assert content.endswith("Zoë\r\n".encode())


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    write_csv(target, ["person"], [["Ada"]] * 100)

    write_csv(target, ["person"], [["Bob"]])

    assert target.read_text() == "person\nBob\n"
    assert list(tmp_path.iterdir()) == [target]


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere.a\.csv cannot be written"):
        write_csv(tmp_path / "nowhere" / "a.csv", ["person"], [])


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a Unix thing")
def test_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    done = subprocess.run(
        [sys.executable, "-c", WRITE_BEYOND_A_LIMIT, str(target)], capture_output=True, text=True, check=False
    )

    assert done.stderr.startswith("full: no room")
    assert (target.read_text(), list(tmp_path.iterdir())) == ("old", [target])
