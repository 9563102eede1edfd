"""The description of the API in OpenAPI: what FastAPI knows of it, with roles, problems and how to sign in."""

from __future__ import annotations

from typing import Any, get_args

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from dashboards.web.access import AdminVisitor, AnalystVisitor, AnyVisitor, Role
from dashboards.web.api.problems import Problem, problem_answer
from dashboards.web.security.entering.cookies import PLAIN_NAME
from dashboards.web.security.gate import CSRF_HEADER, SAFE_METHODS

ABOUT = """Everything that Facetrail's pages can do, for programs.

**Signing in.** Make a token under *Account*, and send it with each request: `Authorization: Bearer ft_...`. A token has
a role (viewer, analyst, admin), and may do no more than its user. Pages of this site use their session's cookie, and
send its token in `X-CSRF-Token` with each change.

**Lists** come page by page: `limit` says how many, `next_cursor` is to be sent as `cursor` for the next page, which the
header `Link` names, too. What comes in meanwhile moves nothing.

**Times** are ISO 8601, in UTC. Scores are cosine similarities, -1 to 1: higher is more alike.

**Problems** are `application/problem+json` (RFC 9457); `detail` says what is wrong, and what would be right.

**The past follows.** Whoever changes people or sightings gets a `relabelling_id`: `/api/v1/relabellings/{id}` says how
far the record is with it. Most changes have a `change_id`, by which they can be taken back.
"""
TAGS = {
    "people": "Those who are enrolled, with their reference pictures.",
    "unknowns": "Those who were seen and are not enrolled: `unknown-0001` and so on.",
    "sightings": "Visits of one person at one source, with the evidence they rest on; and corrections of them.",
    "timeline": "Who was there when, in equal stretches of time.",
    "changes": "How far the record has followed a change, and taking changes back.",
    "footage": "Files: submitting them, following them, stopping them and going on.",
    "uploads": "Sending files so that a broken connection loses nothing: tus 1.0.0, for any of its clients.",
    "jobs": "Runs over footage and cameras, and what could not be analysed.",
    "cameras": "Live cameras.",
    "events": "Sightings at live cameras as they happen.",
    "faces": "Questions about pictures: who is it, is it that person, where was this face.",
    "attendance": "Who was present, late or absent on which day, and whether the cameras watched.",
    "system": "How everything that runs is doing, and deliveries that were given up.",
    "site": "Oneself, users, tokens and the audit log.",
}
ROLE_OF = {
    get_args(kind)[1].dependency: role
    for kind, role in ((AnyVisitor, Role.VIEWER), (AnalystVisitor, Role.ANALYST), (AdminVisitor, Role.ADMIN))
}
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token, made under Account; it begins with `ft_`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": PLAIN_NAME,
        "description": f"A page's session; each change carries its token in `{CSRF_HEADER}`.",
    },
}


def described(app: FastAPI, router: APIRouter) -> dict[str, Any]:
    """The description of the routes of `router`; made once."""
    if app.openapi_schema is None:
        tags = [{"name": name, "description": words} for name, words in TAGS.items()]
        made = get_openapi(title="Facetrail", version=app.version, description=ABOUT, routes=router.routes, tags=tags)
        _add_common(made)
        for context in iter_route_contexts(router.routes):
            if isinstance(context.route, APIRoute):
                _complete(made["paths"].get(context.path, {}), context.route)
        app.openapi_schema = made
    return app.openapi_schema


def role_of(route: APIRoute) -> Role | None:
    """The smallest role that may use a route; None when it does not say."""
    calls = (dependency.call for dependency in route.dependant.dependencies)
    return next((ROLE_OF[call] for call in calls if call in ROLE_OF), None)


def _add_common(made: dict[str, Any]) -> None:
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = SCHEMES
    made["security"] = [{name: []} for name in SCHEMES]


def _complete(operations: dict[str, Any], route: APIRoute) -> None:
    """Say of the route's operations which role they need, and what all of them may answer."""
    role = role_of(route) or Role.VIEWER
    for method in route.methods or ():
        operation = operations.get(method.lower())
        if operation is not None:
            operation["x-role"] = role.word
            operation["description"] = f"{operation.get('description', '')}\n\nNeeds the role **{role.word}**.".strip()
            statuses = _statuses(operation, method, role)
            operation["responses"].update((str(status), problem_answer(status)) for status in statuses)


def _statuses(operation: dict[str, Any], method: str, role: Role) -> list[int]:
    has_body = "requestBody" in operation
    is_change = method not in SAFE_METHODS
    asks = has_body or bool(operation.get("parameters"))
    wanted = {401: True, 403: is_change or role > Role.VIEWER, 413: has_body, 422: asks}
    return [status for status, is_wanted in wanted.items() if is_wanted]
