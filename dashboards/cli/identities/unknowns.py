"""`facetrail unknowns`: who was seen and has no name; naming, merging and ignoring them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing
from pipeline.errors import InputError, NotFound

if TYPE_CHECKING:
    from pipeline.control.correcting.relabelling import RelabelProgress
    from pipeline.control.database import Control
    from pipeline.people.enrolling import JudgedPicture
    from pipeline.sightings.catalogue.catalogue import Catalogue
    from pipeline.sightings.rows import SightingRow

UnknownsArgument = Annotated[list[str], typer.Argument(help="Ids such as unknown-0001.", metavar="UNKNOWN...")]
LIST_EXAMPLES = examples(("facetrail unknowns", "seen most often first, with whom they may be"))
UNDO_HINT = "`facetrail unknowns undo {}` takes it back"


def register(app: typer.Typer, panel: str) -> None:
    """Add `unknowns` with its commands."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode="rich")
    group.callback(epilog=LIST_EXAMPLES)(unknowns)
    group.command("list", epilog=LIST_EXAMPLES)(show)
    named = examples(("facetrail unknowns name unknown-0001 --as 'Ada Lovelace'", "enrols the best faces seen"))
    group.command("name", epilog=named)(name)
    merged = examples(("facetrail unknowns merge unknown-0004 unknown-0001", "the last one's id stays"))
    group.command("merge", epilog=merged)(merge)
    group.command("ignore", epilog=examples(("facetrail unknowns ignore unknown-0007", "out of the list")))(ignore)
    group.command("not-a-face", epilog=examples(("facetrail unknowns not-a-face unknown-0009", "out of the record")))(
        not_a_face
    )
    group.command("undo", epilog=examples(("facetrail unknowns undo 12", "as the command that did it says")))(undo)
    app.add_typer(group, name="unknowns", rich_help_panel=panel)


def unknowns(ctx: typer.Context, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Who was seen and has no name: list, name, merge, ignore. Without a command it lists."""
    if ctx.invoked_subcommand is None:
        show(data=data, as_json=as_json)
    elif data is not None or as_json:
        raise InputError(f"give the options after the command: facetrail unknowns {ctx.invoked_subcommand} ...")


def show(
    ignored: Annotated[bool, typer.Option("--ignored", help="Those who are ignored, and no others.")] = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """List the unknown people, seen most often first, with whom they may be."""
    from dataclasses import asdict

    from pipeline.people.unknown_groups import NO_PROPOSAL, list_groups, proposals_for

    session = open_existing(data=data)
    with open_database(session) as control:
        session = adopt_encoder(session, control)
        groups = list_groups(control, _catalogue(session), ignored=ignored)
        settings = session.settings
        proposals = proposals_for(control, groups, settings.encoding.encoder, settings.identity)
    rows = [(group, proposals.get(group.unknown_id, NO_PROPOSAL)) for group in groups]
    if as_json:
        emit_json({"unknowns": [{**asdict(group), **asdict(proposal)} for group, proposal in rows]})
        return
    made = table("unknown", "sightings", "first seen", "last seen", "may be", right=("sightings",))
    for group, proposal in rows:
        likely = [proposal.nearest] if proposal.nearest and proposal.is_likely else []
        may_be = ", ".join(f"{each.name} ({each.score:.2f})" for each in (*likely, *proposal.same_as))
        seen = (f"{at.astimezone(session.zone):%Y-%m-%d %H:%M:%S}" for at in (group.first_seen, group.last_seen))
        made.add_row(group.unknown_id, str(group.n_sightings), *seen, may_be)
    answers().print(made if rows else "nobody unknown is in the record")


def name(
    unknown: UnknownsArgument,
    person: Annotated[str, typer.Option("--as", help="Name or id of somebody enrolled, or a new name.")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say who unknown people are: the best of their faces become pictures of the person, and the past follows."""
    from pipeline.control.audit import current_user
    from pipeline.people.naming import Naming, name_sightings

    session = open_existing(data=data)
    with open_database(session) as control:
        session = adopt_encoder(session, control)
        rows = _sightings(session, control, unknown)
        faces, encoder = _judged(session, rows), session.settings.encoding.encoder
        naming = Naming(person=person.strip(), sightings=rows, faces=faces, encoder=encoder)
        named = name_sightings(control, naming, who=current_user())
        progress = _relabel(session, control)
    if as_json:
        emit_json({"named": named, "n_sightings": len(rows), "n_changed": progress.n_changed})
        return
    sentence = f"{len(rows)} sightings are now {named.name}, of whom {named.n_images} pictures were taken"
    answers().print(sentence, markup=False)
    say(UNDO_HINT.format(named.change_id))


def merge(unknown: UnknownsArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Let unknown people be one: the last one named keeps the id, the others become aliases."""
    from pipeline.control.audit import current_user
    from pipeline.control.gallery.unknowns import Unknowns

    session = open_existing(data=data)
    with open_database(session) as control:
        change_id = Unknowns(control).merge(unknown, into=unknown[-1], who=current_user())
        progress = _relabel(session, control)
    _report(change_id, progress, f"{len(unknown)} unknown people are {unknown[-1]} now", as_json=as_json)


def ignore(unknown: UnknownsArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Let unknown people be out of the list; their sightings stay in the record."""
    from pipeline.control.audit import current_user
    from pipeline.control.gallery.unknowns import Unknowns

    with open_database(open_existing(data=data)) as control:
        change_id = Unknowns(control).ignore(unknown, who=current_user())
    _report(change_id, None, f"{', '.join(unknown)}: ignored", as_json=as_json)


def not_a_face(unknown: UnknownsArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Say that these show no faces: their sightings go from the record, and from every count."""
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.correcting.changes import ChangeKind
    from pipeline.control.correcting.corrections import Corrections, Said
    from pipeline.people.naming import said_of

    session = open_existing(data=data)
    with open_database(session) as control:
        rows = _sightings(session, control, unknown)
        said = said_of(rows, Said.NOT_A_FACE)
        change_id = Corrections(control).say_all(said, who=current_user(), kind=ChangeKind.NOT_A_FACE)
        AuditLog(control).append("correct", "", who=current_user(), detail=f"{', '.join(unknown)}: not a face")
        progress = _relabel(session, control)
    _report(change_id, progress, f"{len(rows)} sightings are not in the record any more", as_json=as_json)


def undo(
    change: Annotated[int, typer.Argument(help="The number that the command gave.", metavar="CHANGE")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Take back what was said of unknown people or sightings, here or on the pages; the past follows."""
    from datetime import UTC, datetime

    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.correcting.changes import Changes

    session = open_existing(data=data)
    with open_database(session) as control:
        undone = Changes(control).undo(change, datetime.now(UTC))
        detail = undone.kind.value
        AuditLog(control).append("undo", undone.undo.person_id or "", who=current_user(), detail=detail)
        progress = _relabel(session, control)
    _report(change, progress, f"{progress.n_changed} sightings changed", as_json=as_json)


def _report(change_id: int, progress: RelabelProgress | None, sentence: str, *, as_json: bool) -> None:
    if as_json:
        emit_json({"change_id": change_id, "n_changed": progress.n_changed if progress else 0})
        return
    answers().print(sentence, markup=False)
    say(UNDO_HINT.format(change_id))


def _catalogue(session: Session) -> Catalogue:
    """All of the record, read."""
    from pipeline.sightings.catalogue.catalogue import Catalogue

    catalogue = Catalogue(session.data_dir)
    catalogue.refresh()
    return catalogue


def _sightings(session: Session, control: Control, unknown_ids: list[str]) -> list[SightingRow]:
    from pipeline.people.unknown_groups import sightings_of

    rows = sightings_of(_catalogue(session), unknown_ids)
    missing = sorted(set(unknown_ids) - {row.person_id for row in rows})
    if missing:
        raise NotFound(f"no sighting is of {missing[0]!r}; `facetrail unknowns list` lists them")
    return rows


def _judged(session: Session, rows: list[SightingRow]) -> list[JudgedPicture]:
    """The best faces, examined in a process of its own."""
    from dashboards.cli.identities.examining import Photo, examine_photos
    from dashboards.cli.identities.looking import models_of
    from dashboards.cli.progress import waiting
    from pipeline.people.enrolling import JudgedPicture
    from pipeline.people.naming import best_faces

    faces = best_faces(session.data_dir, rows)
    photos = tuple(Photo(str(place), session.data_dir / face.thumb_ref) for place, face in enumerate(faces))
    with waiting("looking at the faces"):
        reports = list(examine_photos(photos, models_of(session, session.settings.encoding.encoder)))
    return [JudgedPicture(report, face.content) for report, face in zip(reports, faces, strict=True)]


def _relabel(session: Session, control: Control) -> RelabelProgress:
    from dashboards.cli.identities.relabel import relabel_past

    return relabel_past(session, control)
