"""Every route is a page or in the API; none answers to nobody, and who only looks can change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from dashboards.web.access import Role
from dashboards.web.api.description import role_of
from dashboards.web.api.reference import PAGE
from dashboards.web.api.routes import OPERATIONS
from dashboards.web.security.gate import OPEN_PAGES, SAFE_METHODS
from dashboards.web.security.incoming.limits import is_for_half
from tests.dashboards.web.api.conftest import Ask

FILLED = {
    "{number}": "0",
    "{form}": "csv",
    "{kind}": "mp4",
    "{sha256}": "0" * 64,
    "{arrival_id}": "1",
    "{change_id}": "1",
    "{relabelling_id}": "1",
    "{request_id}": "1",
    "{token_id}": "1",
    "{name}": "door",
}
OWN = ("/account", "/first-steps", "/sign-out")
"""Everybody may change what is their own."""
HARMLESS = "/sightings/{sighting_id}/clip"
"""Having a clip cut to look at it changes nothing of the record."""


def routes_of(app: FastAPI) -> Iterator[tuple[str, str, APIRoute]]:
    """Every method and path of the application, with its route."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.route, APIRoute):
            for method in sorted(context.methods or ()):
                yield method, context.path or "", context.route


def address(path: str) -> str:
    """The path with something in the place of its parameters."""
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return "/".join("x1" if part.startswith("{") else part for part in path.split("/"))


def is_open(path: str) -> bool:
    """Whether it is there for those who want to sign in."""
    return path in OPEN_PAGES or is_for_half(path)


@pytest.mark.slow
def test_every_route_is_a_page_or_is_described(app: FastAPI) -> None:
    described = set(app.openapi()["paths"])

    in_api = {path for _, path, _ in routes_of(app) if path.startswith(OPERATIONS.prefix + "/")}
    assert in_api == described
    assert all(route.include_in_schema == (path in described) for _, path, route in routes_of(app) if path in described)


def test_no_route_answers_to_nobody(app: FastAPI, ask: Ask) -> None:
    nobody = ask(None)

    answered = [
        (method, path)
        for method, path, _ in routes_of(app)
        if not is_open(path) and nobody.request(method, address(path)).status_code != 401
    ]
    assert answered == []


def test_every_change_needs_more_than_a_viewer(app: FastAPI) -> None:
    open_to_all = [
        (method, path)
        for method, path, route in routes_of(app)
        if method not in SAFE_METHODS and not is_open(path) and (role_of(route) or Role.VIEWER) is Role.VIEWER
    ]

    assert [each for each in open_to_all if not each[1].startswith(OWN) and each[1] != HARMLESS] == []


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST])
def test_a_small_role_is_refused_whatever_it_sends(app: FastAPI, ask: Ask, role: Role) -> None:
    client: TestClient = ask(role)
    above = [(method, path) for method, path, route in routes_of(app) if (role_of(route) or role) > role]

    assert above
    assert {client.request(method, address(path)).status_code for method, path in above} == {403}


def test_operations_have_names_roles_and_words(app: FastAPI) -> None:
    operations = [one for methods in app.openapi()["paths"].values() for one in methods.values()]

    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["description"] and operation["tags"] and operation["x-role"] for operation in operations)
    assert all({"401"} <= operation["responses"].keys() for operation in operations)


def test_page_of_the_api_shows_every_operation(app: FastAPI, ask: Ask) -> None:
    shown = ask(Role.VIEWER).get(PAGE).text

    names = [one["operationId"] for methods in app.openapi()["paths"].values() for one in methods.values()]
    assert [name for name in names if f'id="{name}"' not in shown] == []
    assert "curl" in shown
