"""Asking the user to agree to the terms of weights, once; whoever cannot answer is told what to type instead."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.exits import ExitCode
from dashboards.cli.output import say

if TYPE_CHECKING:
    from pipeline.encoders.manifest import ManifestEntry

AcceptFlag = Annotated[
    bool, typer.Option("--accept-licence", help="Agree to the terms of these weights, in your own name, once.")
]


def agree_to_terms(entry: ManifestEntry, weights_dir: Path, *, accept: bool) -> None:
    """Have the terms of an entry agreed to: by the flag, before, or by answering now.

    Raises `WeightsError`, with what to type, where nobody can answer; a no leaves with 1.
    """
    from pipeline.control.audit import current_user
    from pipeline.encoders.local.terms import accept_terms, is_usable, require_terms

    if is_usable(entry, weights_dir):
        return
    say(f"{entry.name} ({entry.licence}): {entry.terms}")
    if not accept:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            require_terms(entry, weights_dir)
        if not typer.confirm("Do you agree?", default=False, err=True):
            raise typer.Exit(ExitCode.NO)
    accept_terms(entry, weights_dir, by=current_user(), at=datetime.now(UTC))
    say(f"agreed; it is written down in {weights_dir}")
