"""Uploads that have not come whole yet: kept so that no restart forgets what has come.

    unfinished = UnfinishedUploads(folder)
    unfinished.begin(Announced(...)) -> UnfinishedUpload     a folder with what its sender says, and an empty file
    unfinished.find(upload_id) / unfinished.listed()         as far as they have come
    unfinished.remove(upload_id) / remove_stale(now)         with everything in it

How much has come is the size of the file, and nothing else says it: after a killed process, too, it is what is there.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from pipeline.errors import NotFound, StoreFull

PART_PREFIX = ".part-"
"""Of the folders of uploads that are still coming in, and of those that nobody finished."""
LASTS = timedelta(days=3)
"""So long after its last byte an upload is kept to be gone on with: a weekend."""
UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
NO_UPLOAD = "there is no such upload any more: it is finished, or was removed, or was left for too long"
CONTENT = "upload"
ANNOUNCED = "announced.json"


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender of a file says before its first byte comes."""

    who: str
    """The user or token that sends it; to nobody else it is there."""
    name: str
    """To be shown, and for nothing else."""
    n_bytes: int
    """The whole size."""
    modified_ms: int | None
    """When the file was last written, in milliseconds since 1970; None when nobody says."""
    options_json: str = "{}"
    """What of the settings is otherwise for it: sections with their values."""
    start_ts: datetime | None = None
    """When its media began, UTC; None to find out."""


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """An upload as far as it has come."""

    upload_id: str
    announced: Announced
    path: Path
    """Of what has come."""
    n_received: int
    """Bytes that are there: the next one is at this offset."""
    touched_at: datetime
    """When the last byte came, UTC."""

    @property
    def is_whole(self) -> bool:
        """Whether all bytes are there."""
        return self.n_received == self.announced.n_bytes

    @property
    def n_missing(self) -> int:
        """Bytes that are yet to come."""
        return self.announced.n_bytes - self.n_received

    @property
    def ends_at(self) -> datetime:
        """From when on it may be removed."""
        return self.touched_at + LASTS


class UnfinishedUploads:
    """Those of one folder of footage; for all threads, as long as only one writes to each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, announced: Announced) -> UnfinishedUpload:
        """Make room for an upload; raises `StoreFull` when there is none at all."""
        upload_id = secrets.token_hex(16)
        place = self._place(upload_id)
        try:
            place.mkdir(mode=0o700, parents=True)
            (place / CONTENT).touch(mode=0o600)
            (place / ANNOUNCED).write_bytes(msgspec.json.encode(announced))
        except OSError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise StoreFull(f"the upload cannot be begun: {error.strerror}") from error
        return self.find(upload_id)

    def find(self, upload_id: str) -> UnfinishedUpload:
        """How far an upload has come; raises `NotFound`, also for what is no id at all."""
        found = _read(self._place(upload_id)) if UPLOAD_ID.fullmatch(upload_id) else None
        if found is None:
            raise NotFound(NO_UPLOAD)
        return found

    def listed(self) -> list[UnfinishedUpload]:
        """All of them, those to which something came last first."""
        found = (_read(place) for place in self._places())
        return sorted((one for one in found if one is not None), key=lambda one: one.touched_at, reverse=True)

    def remove(self, upload_id: str) -> None:
        """Forget an upload with all that has come; nothing happens when it is gone."""
        shutil.rmtree(self._place(upload_id), ignore_errors=True)

    def remove_stale(self, now: datetime) -> int:
        """Remove what nobody has gone on with for `LASTS`, and what killed processes left; returns how many."""
        stale = [place for place in self._places() if _touched_at(place) + LASTS < now]
        for place in stale:
            shutil.rmtree(place, ignore_errors=True)
        return len(stale)

    def _place(self, upload_id: str) -> Path:
        return self._folder / f"{PART_PREFIX}{upload_id}"

    def _places(self) -> Iterator[Path]:
        if self._folder.is_dir():
            yield from (path for path in self._folder.iterdir() if path.name.startswith(PART_PREFIX))


def _read(place: Path) -> UnfinishedUpload | None:
    """None for a folder that is none of an upload, is going away, or was being made when a process was killed."""
    try:
        announced = msgspec.json.decode((place / ANNOUNCED).read_bytes(), type=Announced)
        status = (place / CONTENT).stat()
    except (OSError, msgspec.DecodeError):
        return None
    touched_at = datetime.fromtimestamp(status.st_mtime, UTC)
    upload_id = place.name.removeprefix(PART_PREFIX)
    return UnfinishedUpload(upload_id, announced, place / CONTENT, status.st_size, touched_at)


def _touched_at(place: Path) -> datetime:
    """When something in the folder was written last; now for one that is going away."""
    try:
        written_s = max(path.stat().st_mtime for path in (place, *place.glob("*")))
    except OSError:
        return datetime.now(UTC)
    return datetime.fromtimestamp(written_s, UTC)
