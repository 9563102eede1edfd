"""`facetrail worker`: work on stages in this process, on this host or another."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, MetricsFlag
from dashboards.cli.output import say
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session

CAMERA = "camera"
INTAKE = "intake"
EXAMPLES = examples(
    ("FACETRAIL_REDIS_URL=rediss://:secret@server facetrail worker detector encoder", "on another host"),
    ("facetrail worker detector", "one more detector beside `facetrail up`"),
    ("facetrail worker camera", "all enabled cameras, where the data folder is"),
    ("facetrail worker camera front_door yard", "two of them"),
    ("facetrail worker intake", "looks into uploads and watched folders, where the data folder is"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `worker`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(worker)


def worker(
    stages: Annotated[
        list[str],
        typer.Argument(
            help="ingest, detector, encoder, asks, aggregator, events; intake; or camera, and which ones.",
            metavar="STAGE...",
        ),
    ],
    data: DataFlag = None,
    metrics_port: MetricsFlag = None,
) -> None:
    """Work on stages until told to stop: detector, encoder and asks anywhere, the others where the data folder is.

    It uses FACETRAIL_REDIS_URL, or the server of a Facetrail that runs on the data folder. Several stages share one
    TensorFlow. Ctrl-C or SIGTERM finish what is in hand; nothing is lost either way.
    """
    from workers.main import check_stages, run_stages
    from workers.stack.logs import log_to

    session = open_session(data=data, metrics_port=metrics_port)
    if stages[0] == CAMERA:
        _read_cameras(session, stages[1:])
        return
    if stages == [INTAKE]:
        _take_in(session)
        return
    check_stages(stages)
    log_to(None)
    say(f"working on {', '.join(stages)}; Ctrl-C stops")
    run_stages(stages, session.settings)


def _take_in(session: Session) -> None:
    from workers.footage.intake import run_intake
    from workers.main import server_url
    from workers.stack.logs import log_to

    log_to(None)
    say("taking in uploads, choices, and what comes into watched folders; Ctrl-C stops")
    run_intake(session.settings, server_url(session.settings))


def _read_cameras(session: Session, names: list[str]) -> None:
    from workers.live.camera_main import run_cameras
    from workers.stack.logs import log_to

    with open_database(session) as control:
        session = adopt_encoder(session, control)
    log_to(None)
    which = ", ".join(names) or "all cameras that are enabled"
    say(f"reading {which}; logs in {session.data_dir / 'logs'}; Ctrl-C stops")
    run_cameras(names, session.settings)
