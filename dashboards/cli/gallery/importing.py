"""`facetrail gallery import`: people from an archive, or from a store of face vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.gallery.phases import following
from dashboards.cli.output import answers, emit_json, say, warn
from dashboards.cli.session import Session, open_database, open_session
from pipeline.errors import InputError, NotFound
from pipeline.galleries.value_forms import ValueForm

if TYPE_CHECKING:
    from dashboards.cli.gallery.phases import Follow
    from pipeline.control.gallery.moving import Moved
    from pipeline.galleries.vectors import Duplicate, Refused, VectorPeople

EXAMPLES = examples(
    ("facetrail gallery import people.zip", "what `facetrail gallery export` wrote, in another data folder"),
    (
        "facetrail gallery import faces.lmdb --values raw-float32 --names names.csv --encoder facenet-128",
        "the store of a face-login system: decimal ids and vectors",
    ),
)
ARCHIVE_BEGINS = b"PK"
SHOWN = 20
"""Faults that are listed in a terminal; `--json` has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What an import came to."""

    gallery_version: int
    encoder: str
    people_added: int
    references_added: int
    references_known: int
    """Enrolled before."""
    refused: tuple[Refused, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()


def register(app: typer.Typer) -> None:
    """Add `import`."""
    app.command("import", epilog=EXAMPLES)(take_in)


def take_in(
    file: Annotated[Path, typer.Argument(help="An archive, or an LMDB store (a folder or a file).", metavar="FILE")],
    values: Annotated[
        ValueForm | None,
        typer.Option("--values", help="An LMDB store's vectors: raw-float32 or comma-text.", metavar="FORM"),
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", help="CSV of id,name for an LMDB store (else id-<key>).", metavar="CSV")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option("--encoder", help="The encoder that made the vectors of a store.", metavar="NAME")
    ] = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Enrol everybody of an archive or of an LMDB store as one new version of the gallery; again changes nothing.

    An archive keeps ids, names and pictures, and is taken whole or refused. A store holds a vector for each decimal id:
    who made the vectors must be named, and nothing is guessed. Its people have no pictures, so that another encoder can
    never encode them again. Leaves with 3 when entries of a store could not be used.
    """
    is_archive = _is_archive(file)
    if is_archive and (values is not None or names is not None or encoder is not None):
        raise InputError(f"{file} is an archive, which says everything itself: leave --values, --names, --encoder out")
    session = open_session(data=data, encoding=None if encoder is None else {"encoder": encoder})
    if is_archive:
        done = _import_archive(session, file)
    else:
        if values is None or encoder is None:
            raise InputError(
                f"{file} is no archive of `facetrail gallery export`; if it is an LMDB store, which does not say what "
                "is in it, give --values FORM and --encoder NAME"
            )
        done = _import_store(session, file, values, names)
    if as_json:
        emit_json(done)
    else:
        _print_import(done)
    raise typer.Exit(ExitCode.PARTIAL if done.refused else ExitCode.OK)


def _is_archive(file: Path) -> bool:
    if not file.exists():
        raise NotFound(f"there is no {file}")
    if file.is_dir():
        return False
    with file.open("rb") as content:
        return content.read(len(ARCHIVE_BEGINS)) == ARCHIVE_BEGINS


def _import_archive(session: Session, file: Path) -> Import:
    from pipeline.galleries.importing import import_archive

    with open_database(session) as control, following() as follow:
        moved = import_archive(control, file, follow)
        return _import(moved, control.encoder(None))


def _import_store(session: Session, file: Path, form: ValueForm, names: Path | None) -> Import:
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.galleries.importing import check_folder_encoder, enrol_people
    from pipeline.galleries.vectors import read_names

    encoder = session.settings.encoding.encoder
    dimensions = encoder_entry(encoder, session.weights_dir).dimensions
    listed = {} if names is None else read_names(names)
    with open_database(session) as control, following() as follow:
        check_folder_encoder(control, encoder)
        found = _read_store(file, form, dimensions, listed, encoder, follow)
        moved = enrol_people(control, encoder, found.people, f"from a store of {form.value} vectors", follow)
    say("references from a store have no pictures: another encoder can never encode these people again")
    return _import(moved, encoder, found)


def _read_store(
    file: Path, form: ValueForm, dimensions: int, names: dict[str, str], encoder: str, follow: Follow
) -> VectorPeople:
    from pipeline.galleries.lmdb_store import open_store
    from pipeline.galleries.vectors import people_of

    with open_store(file) as store:
        total = len(store)
        entries = store.entries(form, dimensions)
        found = people_of(entries, names, encoder, lambda done: follow("reading vectors", done, total))
    if not found.people:
        first = f" (key {found.refused[0].key}: {found.refused[0].reason})" if found.refused else ""
        raise InputError(f"{file} has no vector that can be used{first}")
    return found


def _import(moved: Moved, encoder: str, found: VectorPeople | None = None) -> Import:
    return Import(
        gallery_version=moved.gallery_version,
        encoder=encoder,
        people_added=moved.people_added,
        references_added=moved.references_added,
        references_known=moved.references_known,
        refused=found.refused if found else (),
        duplicates=found.duplicates if found else (),
    )


def _print_import(done: Import) -> None:
    known = f", {done.references_known} were there before" if done.references_known else ""
    answers().print(
        f"{done.people_added} people and {done.references_added} references by {done.encoder} are new{known}; "
        f"gallery version {done.gallery_version}"
    )
    for refused in done.refused[:SHOWN]:
        warn(f"key {refused.key} was left out: {refused.reason}")
    for duplicate in done.duplicates[:SHOWN]:
        counts = "it counts once" if duplicate.is_same_person else "two people share it, who cannot be told apart"
        warn(f"key {duplicate.key} has the same vector as {duplicate.same_as}: {counts}")
    n_hidden = sum(max(0, len(faults) - SHOWN) for faults in (done.refused, done.duplicates))
    if n_hidden:
        warn(f"and {n_hidden} more, which --json lists")
    if done.references_added:
        say("sightings recorded so far keep their names until `facetrail relabel`")
