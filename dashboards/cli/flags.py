"""The options that many commands share, each with one name, one meaning and one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.guard import JSON_KEY


def _remember_json(ctx: typer.Context, value: bool) -> bool:
    ctx.meta[JSON_KEY] = value
    return value


JsonFlag = Annotated[
    bool,
    typer.Option(
        "--json", help="One JSON document on stdout and nothing else.", callback=_remember_json, is_eager=True
    ),
]
DataFlag = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder (else FACETRAIL_DATA, facetrail.yaml, or ./data).", metavar="DIR"),
]
ZoneFlag = Annotated[
    str | None,
    typer.Option("--time-zone", help="Zone of the days and times shown, such as Europe/Berlin (else the system's)."),
]
PersonFlag = Annotated[
    str | None, typer.Option("--person", help="Only this person: name, person id, or an unknown-0001.", metavar="NAME")
]
SourceFlag = Annotated[
    list[str] | None,
    typer.Option(
        "--source", help="Only this source: id, the start of one, or file name; repeatable.", metavar="SOURCE"
    ),
]
FromFlag = Annotated[
    str | None,
    typer.Option(
        "--from", help="From this day or moment on: 2026-05-01, 2026-05-01T09:30, today, yesterday.", metavar="WHEN"
    ),
]
ToFlag = Annotated[
    str | None,
    typer.Option("--to", help="Up to this moment, or to the end of this day.", metavar="WHEN"),
]
EncoderFlag = Annotated[
    str | None,
    typer.Option("--encoder", help="The face encoder; fixed for a data folder when it is made.", metavar="NAME"),
]
MetricsFlag = Annotated[
    int | None,
    typer.Option("--metrics-port", help="Answer Prometheus at this port: /metrics and /health.", metavar="PORT"),
]
FpsFlag = Annotated[
    str | None,
    typer.Option(
        "--fps", help="Samples a second of media time, or 'every' for every frame (default 5).", metavar="N|every"
    ),
]
StartFlag = Annotated[
    str | None,
    typer.Option(
        "--start-time",
        help="When the footage began, such as 2026-05-01T09:30+02:00 (no offset: your time zone). "
        "Otherwise from its metadata, its file name, or, marked as a guess, its modification time.",
        metavar="ISO",
    ),
]
KeyframesFlag = Annotated[
    bool, typer.Option("--keyframes-only", help="Look at keyframes only: coarse, and cheap on long footage.")
]
NoGateFlag = Annotated[bool, typer.Option("--no-gate", help="Search faces also in samples in which nothing moved.")]
MinFaceFlag = Annotated[
    int | None,
    typer.Option("--min-face", help="Smallest face in pixels (default: height / 18, at least 20).", metavar="PIXELS"),
]
DetectorFlag = Annotated[
    str | None,
    typer.Option(
        "--detector",
        help="The face detector: mtcnn (default), or yunet, which sees more in the dark and in profile.",
        metavar="NAME",
    ),
]
TiltFlag = Annotated[
    str | None,
    typer.Option("--tilt", help="'any' also finds faces turned every way, at several times the cost.", metavar="MODE"),
]
RotationFlag = Annotated[
    str | None,
    typer.Option(
        "--rotation",
        help="Degrees counter-clockwise that make the footage upright: 0, 90, 180, 270 (default: it is found out).",
        metavar="DEGREES|auto",
    ),
]
WebHostFlag = Annotated[
    str | None,
    typer.Option("--host", help="The address the pages listen at (default 127.0.0.1: this machine only)."),
]
WebPortFlag = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="The port of the pages (default 8321; 0: a free one).")
]


def web_section(host: str | None, port: int | None, *, pages: bool = True) -> dict[str, object] | None:
    """What flags say of the pages; None when they say nothing."""
    given = {"host": host, "port": port, "enabled": None if pages else False}
    return {name: value for name, value in given.items() if value is not None} or None
