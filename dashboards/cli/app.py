"""The command `facetrail`: its groups and commands, put together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.examples import as_written
from dashboards.cli.exits import MEANINGS
from dashboards.cli.guard import DEBUG_VARIABLE, GuardedGroup, is_debug

CONFIG_VARIABLE = "FACETRAIL_CONFIG"
QUIET_TENSORFLOW = ("TF_CPP_MIN_LOG_LEVEL", "2")
"""Errors only: TensorFlow otherwise tells every user about its build."""
EPILOG = as_written("[bold]Exit codes[/]\n" + "\n".join(f"{code:>5}  {text}" for code, text in MEANINGS.items()))


def build_app() -> typer.Typer:
    """All commands below one."""
    from dashboards.cli import cameras, events, footage, gallery, identities, models, record, system, training

    app = typer.Typer(
        cls=GuardedGroup, rich_markup_mode="rich", pretty_exceptions_enable=False, no_args_is_help=True, epilog=EPILOG
    )
    app.callback()(settle)
    for room in (footage, cameras, events, record, identities, gallery, models, training, system):
        room.register(app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"facetrail {_installed_version()}")
        raise typer.Exit


def _installed_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("facetrail")
    except PackageNotFoundError:
        return "(run from its sources)"


def settle(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error happened (FACETRAIL_DEBUG=1).")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="The YAML file of settings (else FACETRAIL_CONFIG, facetrail.yaml).")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version, and leave.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Who was seen, where, from when to when: from recorded footage to a record that can be asked.

    Start with [bold]facetrail analyze VIDEO --gallery PEOPLE[/], where PEOPLE
    holds a folder of pictures for each person.
    """
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"
    if not is_debug():
        os.environ.setdefault(*QUIET_TENSORFLOW)
    if config is not None:
        os.environ[CONFIG_VARIABLE] = str(config)
