"""`facetrail camera list`: the cameras of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from dashboards.cli.cameras.choosing import cameras_of
from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import open_session

if TYPE_CHECKING:
    from pipeline.cameras import Camera

EXAMPLES = examples(
    ("facetrail camera list", "the cameras under `cameras:` in facetrail.yaml"),
    ("facetrail camera list --json | jq -r '.cameras[].name'", "for scripts"),
)


@dataclass(frozen=True, slots=True)
class CameraRow:
    """One camera as it is listed."""

    name: str
    address: str
    """Without its password."""
    kind: str
    enabled: bool
    rtsp_transport: str
    fps: float | None
    """Samples a second."""
    origin: str


def register(group: typer.Typer) -> None:
    """Add `camera list`."""
    group.command("list", epilog=EXAMPLES)(show)


def show(data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """List the cameras of the settings, in their order. Passwords are not shown."""
    rows = [_row(camera) for camera in cameras_of(open_session(data=data))]
    if as_json:
        emit_json({"cameras": rows})
    elif rows:
        _print(rows)
    else:
        say("There are no cameras yet: name some under `cameras:` in facetrail.yaml, such as\n" + SNIPPET)


SNIPPET = """
cameras:
  front_door:
    url: rtsp://viewer@192.0.2.10:554/stream1   # FACETRAIL_CAMERA_FRONT_DOOR_PASSWORD has the password
"""


def _row(camera: Camera) -> CameraRow:
    address = camera.address
    return CameraRow(
        name=camera.name,
        address=str(address),
        kind=address.kind.value,
        enabled=camera.enabled,
        rtsp_transport=address.rtsp_transport.value,
        fps=camera.options.sampling.fps,
        origin="file",
    )


def _print(rows: list[CameraRow]) -> None:
    from rich.markup import escape

    made = table("camera", "address", "state", "samples/s", right=("samples/s",))
    for row in rows:
        state = "enabled" if row.enabled else "disabled"
        made.add_row(escape(row.name), escape(row.address), state, "every" if row.fps is None else f"{row.fps:g}")
    answers().print(made)
