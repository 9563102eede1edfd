"""The process of the pages: `python -m dashboards.web [--log FILE]`, with its settings from the environment.

Exit codes: 0 after SIGTERM, 2 wrong settings, 3 a server is away, 4 the data folder cannot be read, 1 anything else.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings, load_settings
from pipeline.errors import PipelineError
from workers.__main__ import exit_code
from workers.stack.logs import log_to

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.control.database import Control


def main() -> None:
    """Show the pages of the settings' data folder until it is time to leave."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.web", description=__doc__)
    parser.add_argument("--log", type=Path, help="write the log here, and not to the terminal")
    log_to(parser.parse_args().log)
    try:
        show_pages(load_settings())
    except PipelineError as error:
        with contextlib.suppress(OSError):  # on a full disk the exit code must do
            print(error, file=sys.stderr)
        sys.exit(exit_code(error))


def show_pages(settings: Settings, on_bound: Callable[[Control, int], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; raises `SettingsError` when the address cannot be had or no server is known.

    `on_bound` is told the port as soon as connections are taken.
    """
    from dashboards.web.asking import asker_for
    from dashboards.web.attendance.readiness import begin
    from dashboards.web.site import Site
    from pipeline.control.database import open_control
    from workers.main import server_url

    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    url = server_url(settings)
    control = open_control(settings.data, database_url)
    try:
        site = Site(settings, control, url, asker=asker_for(settings, control, url))
        site.catalogue.begin()  # while the first visitor still signs in
        begin(site, datetime.now(UTC))
        _answer(site, on_bound)
    finally:
        control.close()


def _answer(site: Site, on_bound: Callable[[Control, int], None] | None) -> None:
    from dashboards.web.app import create_app
    from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
    from dashboards.web.server.serving import bound_socket, serve
    from dashboards.web.server.standing import noted

    app = create_app(site, AccountDoorkeeper(site.control))
    gc.freeze()  # code and routes stay: to look through them for garbage, as every third large answer did, takes 0.1 s
    with bound_socket(site.settings.web) as listening:
        listening.listen()
        port = listening.getsockname()[1]
        if on_bound is not None:
            on_bound(site.control, port)
        with noted(site.data_dir, port):
            serve(app, listening, site.settings.web)


if __name__ == "__main__":
    main()
