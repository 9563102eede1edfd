"""`facetrail people`: who is enrolled; renaming, merging and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.gallery.drop import drop
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import open_database, open_existing
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.control.gallery.records import Person

PersonArgument = Annotated[str, typer.Argument(help="Name or person id.", metavar="PERSON")]
LIST_EXAMPLES = examples(("facetrail people", "who is enrolled, with how many pictures"))
RELABEL_HINT = "sightings recorded so far keep their names until `facetrail relabel`"


def register(app: typer.Typer, panel: str) -> None:
    """Add `people` with its commands."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode="rich")
    group.callback(epilog=LIST_EXAMPLES)(people)
    group.command("list", epilog=LIST_EXAMPLES)(show)
    group.command("rename", epilog=examples(("facetrail people rename joey 'Joey Tribbiani'", "the person id stays")))(
        rename
    )
    group.command(
        "remove", epilog=examples(("facetrail people remove p_0123456789ab", "takes the person out of the gallery"))
    )(remove)
    merged = examples(("facetrail people merge 'A. Lovelace' 'Ada Lovelace'", "the second one is left"))
    group.command("merge", epilog=merged)(merge)
    dropped = examples(("facetrail people drop-image 'Ada Lovelace' 3f2a9c01d4e5", "as `facetrail gallery drop` does"))
    group.command("drop-image", epilog=dropped)(drop)
    app.add_typer(group, name="people", rich_help_panel=panel)


def people(ctx: typer.Context, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Who is enrolled: list, rename, merge, remove. Without a command it lists."""
    if ctx.invoked_subcommand is None:
        show(data, as_json)
    elif data is not None or as_json:
        raise InputError(f"give the options after the command: facetrail people {ctx.invoked_subcommand} ...")


def show(data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """List the people enrolled, with their pictures."""
    from pipeline.control.gallery.people import People

    with open_database(open_existing(data=data)) as control:
        enrolled = People(control).list_people()
        version = People(control).gallery_version()
    if as_json:
        emit_json({"gallery_version": version, "people": enrolled})
        return
    made = table("person", "pictures", "enrolled", "person id", right=("pictures",))
    for person in enrolled:
        made.add_row(person.name, str(len(person.references)), f"{person.created_at:%Y-%m-%d}", person.person_id)
    answers().print(made)
    answers().print(f"{len(enrolled)} enrolled, gallery version {version}")


def rename(
    person: PersonArgument,
    name: Annotated[str, typer.Argument(help="The new name.", metavar="NAME")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a person another name; the person id stays."""
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.people import People

    with open_database(open_existing(data=data)) as control:
        renamed = People(control).rename(person, name)
        AuditLog(control).append("rename", renamed.person_id, who=current_user())
    _report(renamed, f"{person} is now called {renamed.name}", as_json=as_json)


def remove(person: PersonArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Take a person out of the gallery; their pictures and past sightings stay."""
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.people import People

    with open_database(open_existing(data=data)) as control:
        removed = People(control).remove(person)
        AuditLog(control).append("remove", removed.person_id, who=current_user())
    _report(removed, f"{removed.name} is no longer enrolled", as_json=as_json)


def merge(
    person: PersonArgument,
    into: Annotated[str, typer.Argument(help="Who it is: name or id of somebody enrolled.", metavar="INTO")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Let one person be another: pictures move, the first name goes, its person id leads to the other."""
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.control.gallery.merging import merge_people

    with open_database(open_existing(data=data)) as control:
        merged = merge_people(control, person, into)
        AuditLog(control).append("merge", merged.person_id, who=current_user(), detail=merged.merged_id)
    if as_json:
        emit_json({"merged": merged})
        return
    answers().print(f"{merged.merged_name} is {merged.name} now; {merged.n_images} pictures moved", markup=False)
    say(RELABEL_HINT)


def _report(person: Person, sentence: str, *, as_json: bool) -> None:
    if as_json:
        emit_json({"person": person})
        return
    answers().print(sentence, markup=False)
    say(RELABEL_HINT)
