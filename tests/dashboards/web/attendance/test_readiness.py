"""This month's attendance is at hand before somebody asks."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from dashboards.web.attendance.readiness import begin
from dashboards.web.site import Site
from tests.dashboards.web.attendance.test_pages import MONDAY, write_record

pytestmark = pytest.mark.slow


def test_month_is_at_hand_without_reading(site: Site) -> None:
    write_record(site)
    now = MONDAY + timedelta(days=2)

    begin(site, now).join(timeout=30)
    for path in site.data_dir.glob("sightings/date=2026-03-*/*/*.parquet"):
        spoil_unnoticed(path)

    assert len(site.attendance.report([MONDAY.date()], now).rows) == 2


def spoil_unnoticed(path: Path) -> None:
    """Let a file look as if nobody had touched it."""
    before = path.stat()
    path.write_bytes(bytes(before.st_size))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_record_that_cannot_be_read_is_left_to_whoever_asks(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    folder = site.data_dir / "sightings" / f"date={MONDAY.date()}" / "source=door"
    folder.mkdir(parents=True)
    (folder / "sightings.parquet").write_bytes(b"no Parquet")

    with caplog.at_level("INFO"):
        begin(site, MONDAY).join(timeout=30)

    assert "StoreDamaged" in caplog.text
