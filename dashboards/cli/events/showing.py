"""`facetrail events`: what was told of the sightings at live cameras, and what is being told now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.flags import DataFlag, JsonFlag, ZoneFlag
from dashboards.cli.output import warn
from dashboards.cli.server import find_server
from dashboards.cli.session import Session, open_database, open_existing
from pipeline.errors import TransportLost

if TYPE_CHECKING:
    from dashboards.cli.events.following import EventFilter
    from workers.wire.event_log import EventLog

LOOK_S = 2.0
"""Between two looks for a server that was lost, in seconds."""


def show(
    ctx: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is told from now on.")] = False,
    camera: Annotated[
        list[str] | None, typer.Option("--camera", help="Only this camera; repeatable.", metavar="NAME")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="Only this person: name or person id.", metavar="NAME")
    ] = None,
    last: Annotated[int, typer.Option(help="Begin with so many of those told before.", min=0, max=1000)] = 20,
    data: DataFlag = None,
    time_zone: ZoneFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the events of live cameras: sightings that begin (new), change (update) and end.

    With --follow until Ctrl-C, and with --json then one document a line. Following a person is written to the audit
    log.
    """
    if ctx.invoked_subcommand is not None:
        return
    from dashboards.cli.events.following import following, newest
    from dashboards.cli.events.lines import print_events, print_lines

    session = open_existing(data=data, time_zone=time_zone)
    wanted = _wanted(session, camera, person)
    with _open_log(session) as log:
        before = newest(log, wanted, last)
        if not follow:
            print_events(before.events, session.zone, as_json=as_json)
            return
        print_lines(before.events, session.zone, as_json=as_json)
        for event in following(log, wanted, before, partial(_await_server, session)):
            print_lines([event], session.zone, as_json=as_json)


def _wanted(session: Session, cameras: list[str] | None, person: str | None) -> EventFilter:
    """What to show; raises `NotFound` for somebody whom nobody knows, and notes who is looked for."""
    from dashboards.cli.events.following import EventFilter
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.people import People

    if person is None:
        return EventFilter(frozenset(cameras or ()))
    with open_database(session) as control:
        person_id = People(control).person(person).person_id
        AuditLog(control).append("events", person_id, who=current_user())
    return EventFilter(frozenset(cameras or ()), person_id)


def _await_server(session: Session, error: TransportLost) -> None:
    """A server that was lost is started again by the Facetrail that runs; raises `error` when none does."""
    if find_server(session) is None:
        raise error
    warn(f"{error}; waiting for the server")
    time.sleep(LOOK_S)


@contextmanager
def _open_log(session: Session) -> Iterator[EventLog]:
    from workers.event_streams import RedisEventLog
    from workers.main import server_url

    log = RedisEventLog(server_url(session.settings))
    try:
        yield log
    finally:
        log.close()
