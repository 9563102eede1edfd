"""`facetrail camera add`: enter a camera, without a settings file."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.cli.cameras.choosing import cameras_of
from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import emit_json, say
from dashboards.cli.session import open_database, open_session
from pipeline.errors import InputError
from pipeline.video.live.connecting.address import RtspTransport

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
    from dataclasses import replace
    from datetime import UTC, datetime

    from pipeline.cameras.entry import enter_camera
    from pipeline.control.live.cameras import Cameras
    from pipeline.video.live.connecting.address import parse_address

    session = open_session(data=data)
    if any(camera.name == name for camera in cameras_of(session)):
        raise InputError(f"there is a camera {name} already; `facetrail camera list` shows it")
    password = typer.prompt("Password", hide_input=True, err=True) if ask_password else None
    entered = enter_camera(
        name,
        address,
        password=password,
        rtsp_transport=rtsp_transport,
        settings=session.settings,
        at=datetime.now(UTC),
    )
    with open_database(session) as control:
        Cameras(control).add(replace(entered, enabled=not disabled))
    shown = str(parse_address(entered.url))
    if as_json:
        emit_json({"camera": {"name": name, "address": shown, "enabled": not disabled}})
    else:
        say(f"{name} is added: {shown}; `facetrail up` reads it, `facetrail camera list` shows how it does")
