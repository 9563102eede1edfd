"""`facetrail web`: the pages alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, WebHostFlag, WebPortFlag, web_section
from dashboards.cli.session import open_session
from dashboards.cli.system.pages import tell_pages

if TYPE_CHECKING:
    from pipeline.control.database import Control

EXAMPLES = examples(
    ("facetrail web --port 8400", "beside `facetrail up --no-pages`"),
    ("FACETRAIL_REDIS_URL=redis://server facetrail web --host 0.0.0.0", "in a container of its own"),
)


def register(app: typer.Typer, panel: str) -> None:
    """Add `web`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(web)


def web(host: WebHostFlag = None, port: WebPortFlag = None, data: DataFlag = None) -> None:
    """Show the pages of the data folder until Ctrl-C, without any worker; `facetrail up` shows them by itself.

    It uses FACETRAIL_REDIS_URL, or the server of a Facetrail that runs on the data folder.
    """
    from dashboards.web.__main__ import show_pages
    from dashboards.web.security.addresses import pages_url
    from workers.stack.logs import log_to

    session = open_session(data=data, web=web_section(host, port))
    log_to(None)

    def tell(control: Control, port: int) -> None:
        tell_pages(control, pages_url(session.settings.web, port))

    show_pages(session.settings, tell)
