"""From the record to a report page on the disk."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.session import Session
from pipeline.errors import SettingsError, StoreFull
from pipeline.reports.gathering import gather_report
from pipeline.reports.html.rendering import render_report
from pipeline.sightings.filtering import SightingFilter

if TYPE_CHECKING:
    from pipeline.control.database import Control

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def default_path(data_dir: Path, source_ids: frozenset[str] | None) -> Path:
    """Where a report goes that is not told: one file for one source, and one for all or several."""
    only = next(iter(source_ids)) if source_ids and len(source_ids) == 1 else "report"
    return data_dir / "reports" / f"{only}.html"


def write_report(session: Session, control: Control, wanted: SightingFilter, path: Path) -> int:
    """Write the page of the sightings wanted; returns how many these are.

    Raises `SettingsError` for a path that cannot be written, and `StoreFull`.
    """
    page = gather_report(control, wanted, session.zone)
    _write_whole(path, render_report(page))
    return len(page.sightings)


def _write_whole(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    unfinished = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        if error.errno in NO_ROOM:
            raise StoreFull(f"no room to write the report {path}") from error
        raise SettingsError(f"the report {path} cannot be written: {error.strerror}") from error
