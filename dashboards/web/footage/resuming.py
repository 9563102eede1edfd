"""Uploads that go on where they broke off: as far as the disk has them, whoever was killed in between.

uploads = uploads_of(request)
uploads.begin(announced) -> UploadState                           room for it is kept free from now on
await uploads.look(upload_id, who) -> UploadState                 how far it is
await uploads.take(upload_id, who, offset, parts) -> UploadState  some more of it; the last part puts it in its place
await uploads.remove(upload_id, who) / uploads.of(who)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from dashboards.web.failures import Conflict, TooOften
from dashboards.web.footage.arriving import check_room, note_upload
from dashboards.web.footage.turns import Turns, until_wanted
from dashboards.web.footage.views import uploads_dir
from dashboards.web.rendering import site_of
from dashboards.web.security.incoming.inflow import READ_BYTES, Bound, Inflow, RunningDigest
from dashboards.web.security.incoming.uploads import put_in_place, without_path
from dashboards.web.site import Site
from pipeline.errors import NotFound, PipelineError, SourceUnreadable
from pipeline.intake.unfinished import NO_UPLOAD, Announced, UnfinishedUpload, UnfinishedUploads

logger = logging.getLogger(__name__)

MOST_EACH = 32
"""Unfinished uploads of one user or token."""
REMEMBERED = 1000
"""Finished uploads of which is known that they are, for senders whom the last answer did not reach."""
PROMISED_FOR = timedelta(hours=1)
"""So long after its last byte room is kept free for the rest of an upload: who does not come back keeps nobody out."""
SWEEP_S = 3600.0
"""How often it is looked for what nobody goes on with, in seconds."""
ADDED_TOO_MUCH = "more bytes came than were announced with Upload-Length"
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class UploadState:
    """An upload as its sender sees it."""

    upload_id: str
    who: str
    name: str
    n_bytes: int
    n_received: int
    modified_ms: int | None
    ends_at: datetime | None
    """From when on it may be removed; None once it is finished."""
    arrival_id: int | None = None
    """Once it is finished: its number on the list of arrivals."""


class ResumableUploads:
    """Those of one site. `begin` and `of` are for all threads, the rest for the tasks of one loop."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._unfinished = UnfinishedUploads(uploads_dir(site))
        self._beginning = threading.Lock()
        self._turns = Turns()
        self._digests: dict[str, RunningDigest] = {}
        self._finished: dict[str, UploadState] = {}

    def begin(self, announced: Announced) -> UploadState:
        """Make room for an upload; what others still have to send, and do send, is counted as taken.

        Raises `TooMuch`, `StoreFull`, and `TooOften` for somebody with too many unfinished ones.
        """
        with self._beginning:
            now = datetime.now(UTC)
            self._unfinished.remove_stale(now)
            others = self._unfinished.listed()
            self._forget_digests({one.upload_id for one in others})
            if sum(one.announced.who == announced.who for one in others) >= MOST_EACH:
                raise TooOften(f"{MOST_EACH} uploads are unfinished; finish or remove some of them first")
            n_promised = sum(one.n_missing for one in others if now - one.touched_at < PROMISED_FOR)
            check_room(self._site, announced.n_bytes, n_promised=n_promised)
            return _state(self._unfinished.begin(announced))

    def of(self, who: str) -> list[UploadState]:
        """The unfinished uploads of somebody, the latest first."""
        return [_state(one) for one in self._unfinished.listed() if one.announced.who == who]

    async def look(self, upload_id: str, who: str) -> UploadState:
        """How far an upload is, with whoever is sending asked to stop; raises `NotFound`, and as `take`.

        One that has come whole and was not put in its place, since the process was killed, is put there.
        """
        async with self._turns.taken(upload_id):
            return self._finished_one(upload_id, who) or await self._continued(upload_id, who)

    async def take(self, upload_id: str, who: str, offset: int, parts: AsyncIterator[bytes]) -> UploadState:
        """Add what comes, which begins at `offset`; it ends early when its sender comes on another connection.

        Raises `NotFound`, `Conflict` for another offset than the upload's, `TooMuch`, `StoreFull`, and
        `SourceUnreadable` for what is no video, of which nothing is kept. What came before any other error stays.
        """
        async with self._turns.taken(upload_id) as is_wanted:
            if self._finished_one(upload_id, who) is not None:
                raise Conflict("all of this upload has come")
            upload = await run_in_threadpool(self._one_of, upload_id, who)
            if offset != upload.n_received:
                raise Conflict(f"this begins at byte {offset}, and the upload goes on at {upload.n_received}")
            async with self._refusing(upload), aclosing(until_wanted(parts, is_wanted)) as wanted_parts:
                await self._write(upload, wanted_parts)
            return await self._continued(upload_id, who)

    async def remove(self, upload_id: str, who: str) -> None:
        """Forget an upload with all that has come; raises `NotFound`."""
        async with self._turns.taken(upload_id):
            await run_in_threadpool(self._one_of, upload_id, who)
            await run_in_threadpool(self._forget, upload_id)

    async def _continued(self, upload_id: str, who: str) -> UploadState:
        """The upload as it is now, put in its place if it is whole."""
        upload = await run_in_threadpool(self._one_of, upload_id, who)
        if not upload.is_whole:
            return _state(upload)
        async with self._refusing(upload):
            return await run_in_threadpool(self._finish, upload)

    @asynccontextmanager
    async def _refusing(self, upload: UnfinishedUpload) -> AsyncIterator[None]:
        """Keep nothing of what turns out to be no video."""
        try:
            yield
        except SourceUnreadable as error:
            await run_in_threadpool(self._forget, upload.upload_id)
            raise without_path(error, upload.path) from error

    async def _write(self, upload: UnfinishedUpload, parts: AsyncIterator[bytes]) -> None:
        digest = self._digests.setdefault(upload.upload_id, RunningDigest())
        with Inflow(upload.path, Bound(upload.announced.n_bytes, ADDED_TOO_MUCH), digest) as inflow:
            waiting = bytearray()
            try:
                async for part in parts:
                    waiting += part
                    if len(waiting) >= READ_BYTES:
                        full, waiting = bytes(waiting), bytearray()
                        await run_in_threadpool(inflow.add, full)
            except (asyncio.CancelledError, ClientDisconnect, HTTPException, PipelineError):
                inflow.add(bytes(waiting))
                raise
            await run_in_threadpool(inflow.add, bytes(waiting))

    def _finish(self, upload: UnfinishedUpload) -> UploadState:
        digest = self._digests.get(upload.upload_id, RunningDigest()).of(upload.path)
        kept = put_in_place(upload.path, uploads_dir(self._site), digest, upload.n_received)
        arrival = note_upload(self._site, kept, upload.announced)
        self._forget(upload.upload_id)
        done = replace(_state(upload), ends_at=None, arrival_id=arrival.arrival_id)
        self._finished[upload.upload_id] = done
        for forgotten in list(self._finished)[:-REMEMBERED]:
            self._finished.pop(forgotten, None)
        return done

    def _one_of(self, upload_id: str, who: str) -> UnfinishedUpload:
        """Somebody's own upload; to others it is not there."""
        upload = self._unfinished.find(upload_id)
        if upload.announced.who != who:
            raise NotFound(NO_UPLOAD)
        return upload

    def _finished_one(self, upload_id: str, who: str) -> UploadState | None:
        found = self._finished.get(upload_id)
        return found if found is not None and found.who == who else None

    def _forget(self, upload_id: str) -> None:
        self._digests.pop(upload_id, None)
        self._unfinished.remove(upload_id)

    def _forget_digests(self, alive: set[str]) -> None:
        for gone in [upload_id for upload_id in list(self._digests) if upload_id not in alive]:
            self._digests.pop(gone, None)


def uploads_of(request: Request) -> ResumableUploads:
    """The resumable uploads of the application."""
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "resumable_uploads"):
            state.resumable_uploads = ResumableUploads(site_of(request))
    uploads: ResumableUploads = state.resumable_uploads
    return uploads


@asynccontextmanager
async def removing_stale(app: FastAPI) -> AsyncIterator[None]:
    """While the application runs, what nobody goes on with is removed."""
    sweeping = asyncio.create_task(_sweep(UnfinishedUploads(uploads_dir(app.state.site))))
    try:
        yield
    finally:
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping


async def _sweep(unfinished: UnfinishedUploads) -> None:
    while True:
        try:
            n_removed = await run_in_threadpool(unfinished.remove_stale, datetime.now(UTC))
        except OSError as error:
            logger.warning("unfinished uploads cannot be looked through: %s", error)
        else:
            if n_removed:
                logger.info("removed %s uploads that nobody went on with", n_removed)
        await asyncio.sleep(SWEEP_S)


def _state(upload: UnfinishedUpload) -> UploadState:
    said = upload.announced
    return UploadState(
        upload_id=upload.upload_id,
        who=said.who,
        name=said.name,
        n_bytes=said.n_bytes,
        n_received=upload.n_received,
        modified_ms=said.modified_ms,
        ends_at=upload.ends_at,
    )
