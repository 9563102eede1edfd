"""`facetrail up`: server and workers that stay."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, MetricsFlag, WebHostFlag, WebPortFlag, web_section
from dashboards.cli.output import say
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session
from dashboards.cli.system.pages import PagesTeller
from pipeline.errors import InputError, PipelineError

if TYPE_CHECKING:
    from workers.stack.running import RunningStack
    from workers.stack.supervisor import StackHealth

LOOK_EVERY_S = 0.5
CAMERA_PREFIX = "camera-"
"""Of the names of processes that read cameras."""
EXAMPLES = examples(
    ("facetrail up", "until Ctrl-C; `facetrail submit VIDEO` gives it work"),
    ("FACETRAIL_DETECTORS=4 facetrail up --data office", "more detectors, another data folder"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `up`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(up)


def up(
    host: WebHostFlag = None,
    port: WebPortFlag = None,
    pages: Annotated[bool, typer.Option("--pages/--no-pages", help="Show pages in the browser.")] = True,
    data: DataFlag = None,
    metrics_port: MetricsFlag = None,
) -> None:
    """Run the server, the workers and the pages on the data folder until Ctrl-C, and work off what was submitted.

    The pages are at http://127.0.0.1:8321; the first start prints a link to set up the first account with.
    Ctrl-C or SIGTERM finish what is in hand; the next start goes on from there.
    """
    from dashboards.web.server.beside import web_children
    from workers.metrics.endpoint import showing
    from workers.stack.intake import with_intake
    from workers.stack.running import FoundStack, running_stack

    session = open_session(data=data, metrics_port=metrics_port, web=web_section(host, port, pages=pages))
    with open_database(session) as control:
        session = adopt_encoder(session, control)
    stop, teller = _stop_on_sigterm(), PagesTeller(session)
    besides = with_intake(session.settings, web_children(session.settings))
    with running_stack(session.settings, besides=besides) as stack:
        if isinstance(stack, FoundStack):
            raise InputError(f"a Facetrail runs on {session.data_dir} already; `facetrail status` shows it")
        with showing(session.settings, stack) as shown:
            if shown is not None:
                say(f"metrics at http://{session.settings.metrics_host}:{shown}/metrics")
            say(f"running on {session.data_dir}; logs in {session.data_dir / 'logs'}; Ctrl-C stops")
            _stay(session, stack, stop, teller)
        say("stopping; what is in hand is finished first")
    say("stopped")


def _stay(session: Session, stack: RunningStack, stop: threading.Event, teller: PagesTeller) -> None:
    try:
        told: frozenset[str] = frozenset()
        while not stop.wait(LOOK_EVERY_S):
            health = stack.health()
            if health.problem is not None:
                raise PipelineError(f"the work cannot go on: {health.problem}; logs are in {session.data_dir / 'logs'}")
            told = _tell_children(health, told)
            teller.look()
    except KeyboardInterrupt:
        return


def _tell_children(health: StackHealth, told: frozenset[str]) -> frozenset[str]:
    """Tell of cameras that are read now, and of those that cannot be; what was told before is not told again."""
    now = frozenset(
        f"{child.name} cannot work: {child.problem}" if child.problem else f"{child.name} is read"
        for child in health.children
        if not child.is_vital and (child.problem or child.name.startswith(CAMERA_PREFIX))
    )
    for line in sorted(now - told):
        say(line)
    return now


def _stop_on_sigterm() -> threading.Event:
    import signal

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop
