"""Cameras over the API: listed, added, tried, switched, removed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Request
from pydantic import ConfigDict, Field

from dashboards.web.access import AdminVisitor, AnyVisitor
from dashboards.web.api.problems import problems
from dashboards.web.api.values import ApiBody, ApiValue, Moment
from dashboards.web.failures import Conflict
from dashboards.web.live.camera_changes import EnteredCamera, add_camera, remove_camera, switch_camera, try_camera
from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from pipeline.cameras.listing import ListedCamera, Standing, listed_cameras
from pipeline.errors import NotFound
from pipeline.video.live.connecting.address import RtspTransport
from pipeline.video.live.connecting.trial_facts import TrialFacts

router = APIRouter(tags=["cameras"], prefix="/cameras")

CAMERA_NAME = r"^[a-z][a-z0-9_]{0,63}$"
ADDRESS = r"^(rtsp|rtsps|http|https)://[^\s\x00-\x1f]{1,900}$|^device:\d{1,2}$|^file:/[^\x00-\x1f]{1,900}$"

CameraName = Annotated[str, Path(pattern=CAMERA_NAME, description="The camera's name.", examples=["door"])]


class CameraValue(ApiValue):
    """A camera and how it is doing."""

    name: str
    address: str
    """With stars for what may be secret."""
    enabled: bool
    is_from_file: bool
    """Whether the settings file names it, where alone it can be changed."""
    rtsp_transport: RtspTransport
    standing: Standing
    since: Moment | None
    """Since when it is so, as far as is known."""
    problem: str | None
    """Why it is not connected."""
    fps: float | None
    """Pictures a second that it sends; null while nobody reads it."""
    lag_s: float | None
    dropped_share: float
    """Part of this connection's samples that was left out, 0 to 1."""


class CamerasList(ApiValue):
    """All cameras: those of the settings file, then the others by name."""

    cameras: tuple[CameraValue, ...]


class CameraEntered(ApiBody):
    """Where a camera is."""

    address: Annotated[str, Field(pattern=ADDRESS, max_length=1000, examples=["rtsp://viewer@10.0.0.7/stream1"])]
    """`rtsp(s)://`, `http(s)://`, `device:0`, or `file:` with a path below the folders that were set."""
    password: Annotated[str, Field(max_length=200)] = ""
    """Of the user in the address; kept encrypted, and never told."""
    rtsp_transport: Annotated[RtspTransport, Field(strict=False)] = RtspTransport.TCP


class NewCamera(CameraEntered):
    """A camera to be read."""

    name: Annotated[str, Field(pattern=CAMERA_NAME, examples=["door"])]


class CameraSwitch(ApiBody):
    """Whether a camera is read."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(TrialFacts):
    """What a camera sends: width and height in pixels as its pictures come, rates in pictures a second, and how much
    later than the quickest a picture comes. `problem` says why the trial ended before its time."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(use_attribute_docstrings=True)

    faces: tuple[tuple[float, float, float, float], ...]
    """Boxes in the last picture: left, top, width, height as parts of it, 0 to 1."""
    snapshot_jpeg: str
    """The last picture, as base64."""


@router.get("", operation_id="list_cameras")
def list_cameras(request: Request, _visitor: AnyVisitor) -> CamerasList:
    """Every camera, and how it is doing."""
    return CamerasList(cameras=tuple(_camera(camera) for camera in _listed(site_of(request))))


@router.post("", operation_id="add_camera", status_code=201, responses=problems(409))
def add(request: Request, visitor: AdminVisitor, body: NewCamera) -> CameraValue:
    """Keep a camera; a running `facetrail up` begins to read it within seconds."""
    site = site_of(request)
    if any(camera.name == body.name for camera in _listed(site)):
        raise Conflict(f"there is a camera {body.name} already")
    add_camera(site, body.name, _entered(body), visitor.name)
    return _camera(_one(site, body.name))


@router.post("/test", operation_id="test_camera", responses=problems(429, 502))
def test(request: Request, _visitor: AdminVisitor, body: CameraEntered) -> Trial:
    """Try a camera without keeping it: what it sends, and whom the detector finds. Takes some seconds, up to 45."""
    report = try_camera(site_of(request), _entered(body))
    told = {field.name: getattr(report, field.name) for field in fields(TrialFacts)}
    return Trial(**told, faces=report.faces, snapshot_jpeg=b64encode(report.snapshot_jpeg).decode())


@router.patch("/{name}", operation_id="switch_camera", responses=problems(404, 409))
def switch(request: Request, visitor: AdminVisitor, name: CameraName, body: CameraSwitch) -> CameraValue:
    """Let a camera be read, or keep it without reading it."""
    site = site_of(request)
    _refuse_fixed(site, name)
    switch_camera(site, name, enabled=body.enabled, who=visitor.name)
    return _camera(_one(site, name))


@router.delete("/{name}", operation_id="remove_camera", status_code=204, responses=problems(404, 409))
def remove(request: Request, visitor: AdminVisitor, name: CameraName) -> None:
    """Forget a camera and its password; what it saw stays."""
    _refuse_fixed(site_of(request), name)
    remove_camera(site_of(request), name, visitor.name)


def _entered(body: CameraEntered) -> EnteredCamera:
    return EnteredCamera(body.address, body.password, body.rtsp_transport)


def _refuse_fixed(site: Site, name: str) -> None:
    if name in site.settings.cameras:
        raise Conflict(f"{name} is a camera of the settings file, and is changed there")


def _listed(site: Site) -> list[ListedCamera]:
    return list(listed_cameras(site.control, site.settings, datetime.now(UTC)))


def _one(site: Site, name: str) -> ListedCamera:
    found = next((camera for camera in _listed(site) if camera.name == name), None)
    if found is None:
        raise NotFound(f"there is no camera {name}")
    return found


def _camera(camera: ListedCamera) -> CameraValue:
    state = camera.state
    return CameraValue(
        name=camera.name,
        address=camera.address,
        enabled=camera.enabled,
        is_from_file=camera.is_from_file,
        rtsp_transport=RtspTransport(camera.rtsp_transport),
        standing=camera.standing,
        since=camera.since,
        problem=state.problem if state else None,
        fps=state.fps if state else None,
        lag_s=state.lag_s if state else None,
        dropped_share=camera.dropped_share,
    )
