"""`facetrail users`: who may use the pages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import Session, open_database, open_session
from pipeline.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.control.accounts.roles import Role
    from pipeline.control.accounts.values import User
    from pipeline.control.database import Control

LIST_EXAMPLES = examples(("facetrail users list", "everybody, with roles"))
ADD_EXAMPLES = examples(
    ("facetrail users add grace --role analyst", "prints a one-time link, by which she chooses her password"),
    ("facetrail users add ada --role admin --stdin < password.txt", "with a password, for scripts"),
)
PASSWORD_EXAMPLES = examples(("facetrail users password ada", "asks for the new one; all her sessions end"))
ROLE_EXAMPLES = examples(("facetrail users role grace admin", "viewer, analyst or admin"))
REMOVE_EXAMPLES = examples(("facetrail users remove grace", "with all sessions and tokens"))
LINK_EXAMPLES = examples(
    ("facetrail users link", "the link for the very first account, made anew"),
    ("facetrail users link grace", "a link by which she chooses another password"),
)

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with.")]
StdinFlag = Annotated[bool, typer.Option("--stdin", help="Read the password from stdin: its first line.")]


def register(app: typer.Typer, panel: str) -> None:
    """Add `users` and its commands."""
    group = typer.Typer(
        help="Who may use the pages: users, roles, passwords.", no_args_is_help=True, rich_markup_mode="rich"
    )
    group.command("list", epilog=LIST_EXAMPLES)(list_users)
    group.command("add", epilog=ADD_EXAMPLES)(add)
    group.command("password", epilog=PASSWORD_EXAMPLES)(password)
    group.command("role", epilog=ROLE_EXAMPLES)(role)
    group.command("remove", epilog=REMOVE_EXAMPLES)(remove)
    group.command("link", epilog=LINK_EXAMPLES)(link)
    app.add_typer(group, name="users", rich_help_panel=panel)


def list_users(data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """List everybody who may sign in."""
    from pipeline.control.accounts.users import Users

    session = open_session(data=data)
    with open_database(session) as control:
        users = Users(control).list()
    if as_json:
        emit_json({"users": [_document(user) for user in users]})
        return
    shown = table("name", "role", "state", "signed in")
    for user in users:
        shown.add_row(user.name, user.role.word, _state(user), _moment(user.signed_in_at, session))
    answers().print(shown if users else "nobody yet; `facetrail users link` makes the link for the first account")


def add(
    name: NameArgument,
    as_role: Annotated[str, typer.Option("--role", help="viewer, analyst or admin.")] = "viewer",
    stdin: StdinFlag = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a user, who chooses a password by a one-time link; or with a password from stdin."""
    from datetime import UTC, datetime

    from pipeline.control.accounts.links import OneTimeLinks
    from pipeline.control.accounts.users import Users

    session, now = open_session(data=data), datetime.now(UTC)
    hashed = _hashed(name, _password_from(stdin=True)) if stdin else None
    with open_database(session) as control:
        user = Users(control).add(name, _role(as_role), hashed, now)
        _note(control, "add user", f"user {user.name}, {user.role.word}")
        secret = None if stdin else OneTimeLinks(control).for_user(user.user_id, now)
    _tell(f"{name} is added", session, secret, {"user": _document(user)}, as_json=as_json)


def password(name: NameArgument, stdin: StdinFlag = False, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Give a user another password; all sessions of the user end."""
    from pipeline.control.accounts.users import Users

    session = open_session(data=data)
    with open_database(session) as control:
        user = Users(control).named(name)
        Users(control).set_password(user.user_id, _hashed(user.name, _password_from(stdin=stdin)))
        _note(control, "change password", f"user {user.name}")
    _tell(f"{user.name} has another password", session, None, {"user": user.name}, as_json=as_json)


def role(
    name: NameArgument,
    to: Annotated[str, typer.Argument(help="viewer, analyst or admin.", metavar="ROLE")],
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a user another role; all sessions of the user end."""
    from pipeline.control.accounts.users import Users

    session = open_session(data=data)
    with open_database(session) as control:
        user = Users(control).named(name)
        Users(control).set_role(user.user_id, _role(to))
        _note(control, "change role", f"user {user.name}, {user.role.word} to {to}")
    _tell(f"{user.name} is {to} now", session, None, {"user": user.name, "role": to}, as_json=as_json)


def remove(name: NameArgument, data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """Forget a user with all sessions and tokens; what was done stays in the audit log."""
    from pipeline.control.accounts.users import Users

    session = open_session(data=data)
    with open_database(session) as control:
        user = Users(control).named(name)
        Users(control).remove(user.user_id)
        _note(control, "remove user", f"user {user.name}, {user.role.word}")
    _tell(f"{user.name} is removed", session, None, {"user": user.name}, as_json=as_json)


def link(
    name: Annotated[str | None, typer.Argument(help="Whose password; nobody: the very first account.")] = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a one-time link: for the very first account, or by which a user chooses another password."""
    from datetime import UTC, datetime

    from pipeline.control.accounts.links import OneTimeLinks
    from pipeline.control.accounts.users import Users

    session, now = open_session(data=data), datetime.now(UTC)
    with open_database(session) as control:
        user = Users(control).named(name) if name else None
        secret = OneTimeLinks(control).for_user(user.user_id, now) if user else OneTimeLinks(control).for_set_up(now)
        if secret is None:
            raise InputError("there are users already; `facetrail users link NAME` makes one for a user")
        _note(control, "make password link", f"user {user.name}" if user else "the first account")
    _tell("it works once", session, secret, {"user": user.name if user else None}, as_json=as_json)


def _tell(words: str, session: Session, secret: str | None, document: dict[str, object], *, as_json: bool) -> None:
    address = _address(session, secret) if secret else None
    if as_json:
        emit_json({**document, "link": address})
        return
    say(words)
    if address is not None:
        answers().print(address, markup=False, soft_wrap=True)


def _address(session: Session, secret: str) -> str:
    from dashboards.web.security.addresses import pages_url, set_up_url
    from dashboards.web.server.standing import answering_pages

    web = session.settings.web
    return set_up_url(answering_pages(session.data_dir, web) or pages_url(web, web.port), secret)


def _document(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role.word,
        "state": _state(user),
        "second_factor": user.face_person_id is not None,
        "created_at": user.created_at,
        "signed_in_at": user.signed_in_at,
    }


def _state(user: User) -> str:
    if user.is_disabled:
        return "shut out"
    return "active" if user.password_hash else "link not used"


def _moment(at: datetime | None, session: Session) -> str:
    return at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M") if at else "never"


def _role(word: str) -> Role:
    from pipeline.control.accounts.roles import Role

    found = Role.of(word)
    if found is None:
        raise InputError(f"there is no role {word!r}; there are {', '.join(one.word for one in Role)}")
    return found


def _password_from(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))


def _hashed(name: str, chosen: str) -> str:
    from dashboards.web.security.entering.passwords import hash_password, password_fault

    fault = password_fault(chosen, name)
    if fault:
        raise InputError(f"the password {fault}")
    return hash_password(chosen)


def _note(control: Control, action: str, detail: str) -> None:
    from pipeline.control.audit import AuditLog, current_user

    AuditLog(control).append(action, "", who=current_user(), detail=detail)
