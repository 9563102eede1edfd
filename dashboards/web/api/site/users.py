"""Users and their tokens over the API, for admins. No answer holds a secret: links and tokens are made on the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field

from dashboards.web.access import AdminVisitor
from dashboards.web.accounts import changing
from dashboards.web.api.problems import problems
from dashboards.web.api.values import ID, ApiBody, ApiValue, Moment, RoleWord
from dashboards.web.failures import Conflict
from dashboards.web.rendering import site_of
from dashboards.web.site import Site
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import Users
from pipeline.control.accounts.values import User
from pipeline.errors import InputError, NotFound

router = APIRouter(tags=["site"], prefix="/users")

USER_NAME = r"^[^\s/\x00-\x1f\x7f]([^/\x00-\x1f\x7f]{0,62}[^\s/\x00-\x1f\x7f])?$"

UserId = Annotated[str, Path(pattern=ID, description="The user's id.", examples=["u_0123456789abcdef"])]
TokenId = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of the token.")]


class UserValue(ApiValue):
    """Somebody who may sign in."""

    user_id: str
    name: str
    role: RoleWord
    is_disabled: bool
    has_password: bool
    """Whether a password was chosen; without one the user waits for a one-time link, made on the page of users."""
    asks_for_face: bool
    """Whether signing in asks for the user's face, too."""
    created_at: Moment
    signed_in_at: Moment | None


class UsersList(ApiValue):
    """Everybody who may sign in, by name."""

    users: tuple[UserValue, ...]


class NewUser(ApiBody):
    """Somebody who is to sign in."""

    name: Annotated[str, Field(pattern=USER_NAME, examples=["grace"])]
    role: Annotated[RoleWord, Field(strict=False)] = RoleWord.VIEWER


class UserChanges(ApiBody):
    """What is to be otherwise; what is left out or null stays."""

    role: Annotated[RoleWord, Field(strict=False)] | None = None
    """The user has to sign in again."""
    is_disabled: bool | None = None
    """Whether the user is shut out; sessions and tokens open nothing then."""


class TokenValue(ApiValue):
    """A token of a program; the token itself is shown once, when it is made."""

    token_id: int
    name: str
    role: RoleWord
    made_at: Moment
    expires_at: Moment | None
    """Null for one that never ends."""
    used_at: Moment | None


class TokensList(ApiValue):
    """A user's tokens, by name, with those that ran out."""

    tokens: tuple[TokenValue, ...]


@router.get("", operation_id="list_users")
def list_users(request: Request, _visitor: AdminVisitor) -> UsersList:
    """Everybody who may sign in."""
    return UsersList(users=tuple(_user(user) for user in Users(site_of(request).control).list()))


@router.post("", operation_id="add_user", status_code=201, responses=problems(409))
def add_user(request: Request, visitor: AdminVisitor, body: NewUser) -> UserValue:
    """Add a user without a password. The one-time link to choose one is made on the page of users, and shown there."""
    site = site_of(request)
    if Users(site.control).find(body.name) is not None:
        raise Conflict(f"there is a user {body.name} already")
    role = Role.of(body.role.value) or Role.VIEWER
    return _user(changing.add_user(site, body.name, role, None, who=visitor.name))


@router.patch("/{user_id}", operation_id="change_user", responses=problems(404, 409))
def change_user(request: Request, visitor: AdminVisitor, user_id: UserId, body: UserChanges) -> UserValue:
    """Give a user another role, shut one out, or let one in again. There is always an admin left who can sign in."""
    site = site_of(request)
    _known(site, user_id)
    try:
        if body.role is not None:
            changing.set_role(site, user_id, Role.of(body.role.value) or Role.VIEWER, who=visitor.name)
        if body.is_disabled is not None:
            changing.set_disabled(site, user_id, is_disabled=body.is_disabled, who=visitor.name)
    except InputError as error:
        raise Conflict(str(error)) from error
    return _user(_known(site, user_id))


@router.delete("/{user_id}", operation_id="remove_user", status_code=204, responses=problems(404, 409))
def remove_user(request: Request, visitor: AdminVisitor, user_id: UserId) -> None:
    """Forget a user with sessions and tokens; what was done stays in the audit log."""
    site = site_of(request)
    _known(site, user_id)
    try:
        changing.remove_user(site, user_id, who=visitor.name)
    except InputError as error:
        raise Conflict(str(error)) from error


@router.get("/{user_id}/tokens", operation_id="list_tokens", responses=problems(404))
def list_tokens(request: Request, _visitor: AdminVisitor, user_id: UserId) -> TokensList:
    """A user's tokens: what they may, and when they were used."""
    site = site_of(request)
    found = ApiTokens(site.control).of_user(_known(site, user_id).user_id)
    return TokensList(
        tokens=tuple(
            TokenValue(
                token_id=token.token_id,
                name=token.name,
                role=RoleWord(token.role.word),
                made_at=token.made_at,
                expires_at=token.expires_at,
                used_at=token.used_at,
            )
            for token in found
        )
    )


@router.delete("/{user_id}/tokens/{token_id}", operation_id="revoke_token", status_code=204, responses=problems(404))
def revoke_token(request: Request, visitor: AdminVisitor, user_id: UserId, token_id: TokenId) -> None:
    """Let a token open nothing any more."""
    site = site_of(request)
    user = _known(site, user_id)
    if token_id not in {token.token_id for token in ApiTokens(site.control).of_user(user_id)}:
        raise NotFound(f"{user.name} has no token {token_id}")
    ApiTokens(site.control).revoke(user_id, token_id)
    changing.note(site, visitor.name, "revoke token", f"number {token_id} of {user.name}")


def _known(site: Site, user_id: str) -> User:
    return Users(site.control).with_id(user_id)


def _user(user: User) -> UserValue:
    return UserValue(
        user_id=user.user_id,
        name=user.name,
        role=RoleWord(user.role.word),
        is_disabled=user.is_disabled,
        has_password=user.password_hash is not None,
        asks_for_face=user.face_person_id is not None,
        created_at=user.created_at,
        signed_in_at=user.signed_in_at,
    )
