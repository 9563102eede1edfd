"""What becomes of files that were sent or chosen: room for them, their place, and the list of arrivals."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from dashboards.web.access import Visitor
from dashboards.web.failures import TooMuch
from dashboards.web.footage.asked import Asked
from dashboards.web.footage.views import uploads_dir
from dashboards.web.rendering import site_of
from dashboards.web.security.incoming.inflow import LEAST_FREE_BYTES
from dashboards.web.security.incoming.limits import MB
from dashboards.web.security.incoming.uploads import KeptFootage, keep_footage, shown_name
from dashboards.web.security.roots import footage_below
from dashboards.web.site import Site
from dashboards.web.words import size as size_words
from pipeline.control.audit import AuditLog
from pipeline.control.work.arrivals import Arrival, Arrivals, NewArrival, Origin
from pipeline.errors import InputError, SourceUnreadable, StoreFull
from pipeline.intake.sections import sections_as_json
from pipeline.intake.unfinished import Announced

LATEST_MS = 7_258_118_400_000
"""The beginning of the year 2200 in Unix milliseconds; no file was written later, and few disks could say so."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """What the sender says of a file."""

    name: str
    modified_ms: int | None
    """When it was last written, in milliseconds since 1970; None when nobody says."""

    def announced(self, n_bytes: int, asked: Asked, visitor: Visitor) -> Announced:
        """The same with what is asked for, as the disk keeps it."""
        return Announced(
            who=visitor.name,
            name=shown_name(self.name),
            n_bytes=n_bytes,
            modified_ms=self.modified_ms,
            options_json=sections_as_json(asked.sections),
            start_ts=asked.start_ts,
        )


async def take_upload(request: Request, sent: SentFile, asked: Asked, visitor: Visitor) -> Arrival:
    """Keep the request's body as a file, and put it on the list of arrivals.

    Raises `TooMuch`, `StoreFull`, and `SourceUnreadable` for what is no video.
    """
    site = site_of(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal():
        await run_in_threadpool(check_room, site, int(announced))
    kept = await keep_footage(request.stream(), uploads_dir(site), site.settings.web)
    return await run_in_threadpool(note_upload, site, kept, sent.announced(kept.n_bytes, asked, visitor))


def submit_paths(site: Site, chosen: list[str], asked: Asked, visitor: Visitor) -> list[Arrival]:
    """Put files below the folders of the settings on the list of arrivals.

    Raises `InputError` when none was chosen, and `Forbidden` for one that lies elsewhere.
    """
    if not chosen:
        raise InputError("choose at least one video")
    paths = [footage_below(site.settings.web.footage_roots, path) for path in chosen]
    for path in paths:
        if not path.is_file():
            raise SourceUnreadable(f"{path.name} is no file")
    options_json = sections_as_json(asked.sections)
    return [
        _note(site, _arrival(path, path.name, Origin.CHOICE, visitor.name, options_json, asked.start_ts))
        for path in paths
    ]


def check_room(site: Site, n_bytes: int, *, n_promised: int = 0) -> None:
    """Raises `TooMuch` for more than the settings allow, and `StoreFull` when the disk would have too little left.

    `n_promised` bytes of it are promised to others.
    """
    web = site.settings.web
    if n_bytes > web.most_upload_mb * MB:
        raise TooMuch(f"footage may have {web.most_upload_mb:,} MB at most, and this has {size_words(n_bytes)}")
    folder = uploads_dir(site)
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free - LEAST_FREE_BYTES - n_promised
    if n_bytes > free:
        raise StoreFull(
            f"the disk has room for {size_words(max(0, free))} of footage, and this has {size_words(n_bytes)}"
        )


def note_upload(site: Site, kept: KeptFootage, said: Announced) -> Arrival:
    """Put a file that has come whole on the list of arrivals."""
    if not kept.was_there and said.modified_ms:
        os.utime(kept.path, (said.modified_ms / 1000, said.modified_ms / 1000))
    return _note(site, _arrival(kept.path, said.name, Origin.UPLOAD, said.who, said.options_json, said.start_ts))


def _note(site: Site, new: NewArrival) -> Arrival:
    noted = Arrivals(site.control).note(new)
    AuditLog(site.control).append("submit footage", "", who=new.who, detail=f"arrival {noted.arrival_id}")
    return noted


def _arrival(
    path: Path, label: str, origin: Origin, who: str, options_json: str, start_ts: datetime | None
) -> NewArrival:
    status = path.stat()
    return NewArrival(
        path=path,
        label=label,
        origin=origin,
        who=who,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        options_json=options_json,
        start_ts=start_ts,
    )
