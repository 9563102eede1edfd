"""Footage comes over the API: uploaded, or by its path below the folders that were set; and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.problems import problems
from dashboards.web.api.values import ApiBody, ApiValue, Moment, MomentQuery
from dashboards.web.footage.arriving import SentFile, submit_paths, take_upload
from dashboards.web.footage.asked import Asked, parse_asked
from dashboards.web.footage.changes import dismiss_arrival, try_refused_again
from dashboards.web.footage.folders import FolderView, look_into
from dashboards.web.footage.views import list_arrivals
from dashboards.web.rendering import site_of
from pipeline.control.work.arrivals import ArrivalState, Origin
from pipeline.control.work.run_records import RunState

router = APIRouter(tags=["footage"])

BINARY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
ArrivalId = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of the arrival.")]
Rotation = Literal["auto", "0", "90", "180", "270"]


class Wishes(ApiBody):
    """How footage is to be looked at; what is left out is as the settings have it."""

    start: Moment | None = None
    """When its media began; null to find out."""
    fps: Annotated[float, Field(ge=0.1, le=60)] | None = None
    """Samples a second."""
    rotation: Rotation | None = None
    """Degrees counter-clockwise."""
    min_face: Annotated[int, Field(ge=12, le=4096)] | None = None
    """The smallest face, in pixels."""


class Submission(Wishes):
    """Files below the folders of `web.footage_roots` of the settings."""

    paths: Annotated[list[Annotated[str, Field(min_length=1, max_length=1000)]], Field(min_length=1, max_length=100)]
    """Whole paths."""


class ArrivalValue(ApiValue):
    """A file that came, and what became of it."""

    arrival_id: int
    label: str
    origin: Origin
    who: str
    size: int
    """In bytes."""
    state: ArrivalState
    source_id: str | None
    """The footage that it is; null while nobody has looked into it."""
    run_id: str | None
    problem: str | None
    """Why it was refused."""
    created_at: Moment


class ArrivalsList(ApiValue):
    """Files that came within a day and wait, are refused, or were known."""

    arrivals: tuple[ArrivalValue, ...]
    is_stuck: bool
    """Whether files wait, and nobody seems to look into them: is `facetrail up` running?"""


class Accepted(ApiValue):
    """Files were accepted; they are looked into one after the other."""

    arrivals: tuple[ArrivalValue, ...]


class FolderFile(ApiValue):
    """A video that can be chosen."""

    path: str
    name: str
    size: int
    modified_at: Moment
    state: RunState | None
    """Of its latest run; null when it is new."""


class Folder(ApiValue):
    """What is in a folder."""

    path: str | None
    """Null for the list of the folders that were set."""
    folders: tuple[str, ...]
    """Whole paths."""
    files: tuple[FolderFile, ...]
    is_cut: bool
    """Whether there is more than is listed."""


def wished(
    request: Request,
    start: Annotated[MomentQuery | None, Query(description="When its media began.")] = None,
    fps: Annotated[float | None, Query(ge=0.1, le=60, description="Samples a second.")] = None,
    rotation: Annotated[Rotation | None, Query(description="Degrees counter-clockwise.")] = None,
    min_face: Annotated[int | None, Query(ge=12, le=4096, description="The smallest face, in pixels.")] = None,
) -> Asked:
    """How an upload is to be looked at, as its address says."""
    return _asked(request, Wishes(start=start, fps=fps, rotation=rotation, min_face=min_face))


@router.post(
    "/footage/upload",
    operation_id="upload_footage",
    status_code=202,
    openapi_extra=BINARY,
    responses=problems(507),
)
async def upload(
    request: Request,
    visitor: AnalystVisitor,
    asked: Annotated[Asked, Depends(wished)],
    name: Annotated[str, Query(max_length=200, description="What the file is called.", examples=["door.mp4"])] = "",
    modified_ms: Annotated[
        int | None, Query(ge=0, le=2**43, description="When it was last written, in milliseconds since 1970.")
    ] = None,
) -> Accepted:
    """Send a video: the body of the request is the file. It is looked into at once, and analysed in its turn.

    `/api/v1/arrivals` says what became of it, and `/api/v1/footage` how far it is.
    """
    arrival = await take_upload(request, SentFile(name, modified_ms), asked, visitor)
    return Accepted(arrivals=(ArrivalValue.model_validate(arrival),))


@router.post("/footage", operation_id="submit_footage", status_code=202)
def submit(request: Request, visitor: AnalystVisitor, body: Submission) -> Accepted:
    """Take in files that lie below the folders that were set; any other path is refused, there or not."""
    taken = submit_paths(site_of(request), body.paths, _asked(request, body), visitor)
    return Accepted(arrivals=tuple(ArrivalValue.model_validate(arrival) for arrival in taken))


@router.get("/folders", operation_id="list_folders")
def folders(
    request: Request,
    _visitor: AnalystVisitor,
    path: Annotated[str, Query(max_length=4096, description="A whole path; empty for the folders that were set.")] = "",
) -> Folder:
    """What is in a folder from which footage may be submitted."""
    site = site_of(request)
    return _folder(look_into(site.control, site.settings.web.footage_roots, path))


@router.get("/arrivals", operation_id="list_arrivals")
def arrivals(request: Request, _visitor: AnyVisitor) -> ArrivalsList:
    """Files that came within a day and are no footage of their own (yet)."""
    shown = list_arrivals(site_of(request), datetime.now(UTC))
    return ArrivalsList(
        arrivals=tuple(ArrivalValue.model_validate(arrival) for arrival in shown.arrivals), is_stuck=shown.is_stuck
    )


@router.delete("/arrivals/{arrival_id}", operation_id="dismiss_arrival", status_code=204)
def dismiss(request: Request, visitor: AnalystVisitor, arrival_id: ArrivalId) -> None:
    """Take a file off the list; one that waits is not taken in then."""
    dismiss_arrival(site_of(request).control, arrival_id, who=visitor.name)


@router.post("/arrivals/{arrival_id}/retry", operation_id="retry_arrival", status_code=204, responses=problems(404))
def retry(request: Request, visitor: AnalystVisitor, arrival_id: ArrivalId) -> None:
    """Look once more into a file that was refused."""
    try_refused_again(site_of(request).control, arrival_id, who=visitor.name)


def _asked(request: Request, wishes: Wishes) -> Asked:
    given = {
        "start": wishes.start.isoformat() if wishes.start else "",
        "fps": f"{wishes.fps:g}" if wishes.fps is not None else "",
        "rotation": wishes.rotation or "",
        "min_face": str(wishes.min_face or ""),
    }
    return parse_asked(given, site_of(request).zone)


def _folder(shown: FolderView) -> Folder:
    files = (
        FolderFile(
            path=str(FilePath(file.path)),
            name=file.name,
            size=file.size,
            modified_at=file.modified_at,
            state=file.state,
        )
        for file in shown.files
    )
    return Folder(
        path=str(shown.path) if shown.path else None,
        folders=tuple(str(folder.path) for folder in shown.folders),
        files=tuple(files),
        is_cut=shown.is_cut,
    )
