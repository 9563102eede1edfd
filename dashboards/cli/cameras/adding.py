"""`facetrail camera add`: enter a camera, without a settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.cameras.choosing import cameras_of
from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import emit_json, say
from dashboards.cli.session import Session, open_database, open_session
from pipeline.errors import InputError
from pipeline.video.live.address import RtspTransport

if TYPE_CHECKING:
    from pipeline.cameras import Camera

EXAMPLES = examples(
    ("facetrail camera add demo file:sample.mp4", "a file, played over and over as if it were a camera"),
    ("facetrail camera add door rtsp://viewer@192.0.2.10/stream1 --ask-password", "asks for the password"),
    ("facetrail camera add desk device:0", "the first webcam"),
)


def register(group: typer.Typer) -> None:
    """Add `camera add`."""
    group.command("add", epilog=EXAMPLES)(add)


def add(
    name: Annotated[str, typer.Argument(help="Its name from now on: lower case, digits and _, such as front_door.")],
    address: Annotated[str, typer.Argument(help="rtsp://..., rtsps://..., http(s)://..., device:0, file:PATH.")],
    rtsp_transport: Annotated[
        RtspTransport, typer.Option("--rtsp-transport", help="How an RTSP camera's pictures travel.")
    ] = RtspTransport.TCP,
    ask_password: Annotated[bool, typer.Option("--ask-password", help="Ask for the user's password.")] = False,
    disabled: Annotated[bool, typer.Option("--disabled", help="Do not read it yet.")] = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Enter a camera into the data folder; a running `facetrail up` begins to read it within seconds.

    A password is kept encrypted, with a key in the data folder that only its owner may read; `--ask-password` keeps it
    out of the shell's history. `facetrail camera test ADDRESS` tries an address before.
    """
    from datetime import UTC, datetime

    from pipeline.control.cameras import Cameras, StoredCamera

    session = open_session(data=data)
    if any(camera.name == name for camera in cameras_of(session)):
        raise InputError(f"there is a camera {name} already; `facetrail camera list` shows it")
    url = _complete(address, typer.prompt("Password", hide_input=True, err=True) if ask_password else None)
    checked = _check(session, name, url)
    with open_database(session) as control:
        Cameras(control).add(
            StoredCamera(
                name=name, url=url, enabled=not disabled, rtsp_transport=rtsp_transport, added_at=datetime.now(UTC)
            )
        )
    if as_json:
        emit_json({"camera": {"name": name, "address": str(checked.address), "enabled": not disabled}})
    else:
        say(f"{name} is added: {checked.address}; `facetrail up` reads it, `facetrail camera list` shows how it does")


def _complete(address: str, password: str | None) -> str:
    """The address with the password in it, and a file's whole path, whose place is where the command was given."""
    from pathlib import Path

    from pipeline.video.live.address import CameraKind, parse_address

    parsed = parse_address(address, password=password)
    if parsed.kind is CameraKind.FILE:
        return f"file:{Path(parsed.target).resolve()}"
    return f"device:{parsed.target}" if parsed.kind is CameraKind.DEVICE else parsed.target


def _check(session: Session, name: str, url: str) -> Camera:
    """The camera as it will be read; raises `SettingsError` for a name or an address that cannot be."""
    from pipeline.cameras import configured_cameras
    from pipeline.config import CameraSettings

    entered = CameraSettings.of(url, enabled=True, rtsp_transport=RtspTransport.TCP)
    (camera,) = configured_cameras({name: entered}, session.settings.options(), {})
    return camera
