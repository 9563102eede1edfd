"""`facetrail camera remove`, `enable` and `disable`: for cameras that were added by a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import emit_json, say
from dashboards.cli.session import open_database, open_existing
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.control.live.cameras import Cameras

REMOVE_EXAMPLES = examples(("facetrail camera remove demo", "it is read no more; what was seen by it stays"))
ENABLE_EXAMPLES = examples(("facetrail camera enable demo", "read it again"))
DISABLE_EXAMPLES = examples(("facetrail camera disable demo", "keep it, and do not read it"))

NameArgument = Annotated[str, typer.Argument(help="A camera that was added by `camera add`.")]


def register(group: typer.Typer) -> None:
    """Add `camera remove`, `camera enable` and `camera disable`."""
    group.command("remove", epilog=REMOVE_EXAMPLES)(remove)
    group.command("enable", epilog=ENABLE_EXAMPLES)(enable)
    group.command("disable", epilog=DISABLE_EXAMPLES)(disable)


def remove(name: NameArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Forget a camera and its password; a running `facetrail up` ends reading it. What was seen by it stays."""
    _change(name, data, lambda cameras: cameras.remove(name))
    _tell(name, "removed", as_json=as_json)


def enable(name: NameArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Let a camera be read."""
    _change(name, data, lambda cameras: cameras.set_enabled(name, enabled=True))
    _tell(name, "enabled", as_json=as_json)


def disable(name: NameArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Keep a camera, and do not read it."""
    _change(name, data, lambda cameras: cameras.set_enabled(name, enabled=False))
    _tell(name, "disabled", as_json=as_json)


def _change(name: str, data: DataFlag, change: Callable[[Cameras], None]) -> None:
    from pipeline.control.live.cameras import Cameras

    session = open_existing(data=data)
    with open_database(session) as control:
        cameras = Cameras(control)
        is_added = any(entry.name == name for entry in cameras.entries())  # one in both can be removed here
        if name in session.settings.cameras and not is_added:
            raise InputError(f"{name} is a camera of the settings file, and is changed there")
        change(cameras)


def _tell(name: str, change: str, *, as_json: bool) -> None:
    if as_json:
        emit_json({"camera": name, "change": change})
    else:
        say(f"{name} is {change}")
