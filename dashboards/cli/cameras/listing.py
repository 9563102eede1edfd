"""`facetrail camera list`: the cameras there are, and how they are doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from dashboards.cli.cameras.choosing import cameras_of
from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import Session, open_database, open_session

if TYPE_CHECKING:
    from pipeline.cameras.configured import Camera
    from pipeline.control.live.camera_states import CameraState

EXAMPLES = examples(
    ("facetrail camera list", "which cameras there are, and what is wrong with which"),
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
    """`file` for a camera of the settings, `database` for one that was added by a command."""
    state: str
    """`connected`, `away`, `not read` when nobody has looked after it for some seconds, or `disabled`."""
    since: datetime | None
    problem: str | None
    camera_fps: float | None
    """Pictures a second that it sends."""
    n_samples: int | None
    """Of this connection, as the following two."""
    n_dropped: int | None
    n_failed: int | None
    lag_s: float | None


def register(group: typer.Typer) -> None:
    """Add `camera list`."""
    group.command("list", epilog=EXAMPLES)(show)


def show(data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """List the cameras with how they are doing: those of the settings, then those that were added. No passwords."""
    session = open_session(data=data)
    states = _states(session)
    rows = [_row(session, camera, states.get(camera.name)) for camera in cameras_of(session)]
    if as_json:
        emit_json({"cameras": rows})
    elif rows:
        _print(session, rows)
    else:
        say(
            "There are no cameras yet: `facetrail camera add demo file:clip.mp4` adds one; or name some under "
            "`cameras:` in facetrail.yaml, such as\n" + SNIPPET
        )


SNIPPET = """
cameras:
  front_door:
    url: rtsp://viewer@192.0.2.10:554/stream1   # FACETRAIL_CAMERA_FRONT_DOOR_PASSWORD has the password
"""


def _states(session: Session) -> dict[str, CameraState]:
    from pipeline.control.live.camera_states import CameraStates

    if not session.has_database:
        return {}
    with open_database(session) as control:
        return CameraStates(control).by_name()


def _row(session: Session, camera: Camera, found: CameraState | None) -> CameraRow:
    from pipeline.cameras.listing import Standing, standing_of

    address, standing = camera.address, standing_of(found, datetime.now(UTC), enabled=camera.enabled)
    state = found if standing in {Standing.CONNECTED, Standing.AWAY} else None
    return CameraRow(
        name=camera.name,
        address=str(address),
        kind=address.kind.value,
        enabled=camera.enabled,
        rtsp_transport=address.rtsp_transport.value,
        fps=camera.options.sampling.fps,
        origin="file" if camera.name in session.settings.cameras else "database",
        state=standing.value,
        since=state.since if state else None,
        problem=state.problem if state else None,
        camera_fps=state.fps if state else None,
        n_samples=state.n_samples if state else None,
        n_dropped=state.n_dropped if state else None,
        n_failed=state.n_failed if state else None,
        lag_s=state.lag_s if state else None,
    )


def _print(session: Session, rows: list[CameraRow]) -> None:
    from rich.markup import escape

    numbers = ("samples/s", "pictures/s", "dropped", "failed")
    made = table("camera", "address", "state", "since", *numbers, "problem", right=numbers)
    for row in rows:
        made.add_row(
            escape(row.name),
            escape(row.address),
            row.state,
            "" if row.since is None else f"{row.since.astimezone(session.zone):%Y-%m-%d %H:%M:%S}",
            "every" if row.fps is None else f"{row.fps:g}",
            "" if row.camera_fps is None else f"{row.camera_fps:g}",
            *(_share(count, row.n_samples) for count in (row.n_dropped, row.n_failed)),
            escape(row.problem or ""),
        )
    answers().print(made)


def _share(count: int | None, n_samples: int | None) -> str:
    return "" if count is None or not n_samples else f"{count / n_samples:.1%}"
