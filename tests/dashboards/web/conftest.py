"""The pages on a data folder: asked directly, or served to a real Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from dashboards.web.access import Role, Visitor
from dashboards.web.app import create_app
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.site import Site
from pipeline.config import load_settings
from pipeline.control.database import open_control

TOKEN = "a token of the session"  # noqa: S105 # of no session
NO_SERVER = "redis://127.0.0.1:9/0"

Browse = Callable[..., TestClient]


class FixedDoorkeeper:
    """Takes everybody for one visitor, or for nobody."""

    def __init__(self, visitor: Visitor | None) -> None:
        self._visitor = visitor

    def visitor(self, request: Request) -> Visitor | None:
        return self._visitor


def make_visitor(role: Role = Role.ADMIN, name: str = "ada") -> Visitor:
    """A person who has signed in."""
    return Visitor(name=name, role=role, csrf_token=TOKEN)


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was made once, to be copied: making one takes four times as long."""
    folder = tmp_path_factory.mktemp("empty")
    open_control(folder).close()
    return folder


@pytest.fixture
def site(empty_data: Path, tmp_path: Path) -> Iterator[Site]:
    """An empty data folder in UTC, with no server behind it."""
    settings = load_settings(data=tmp_path / "data", time_zone="UTC")
    shutil.copytree(empty_data, settings.data)
    control = open_control(settings.data)
    yield Site(settings, control, NO_SERVER)
    control.close()


@pytest.fixture
def browse(site: Site) -> Iterator[Browse]:
    """Makes a client that is signed in with a role, on `site` or on another one; None is nobody."""
    opened: list[TestClient] = []

    def make(role: Role | None = Role.ADMIN, on: Site | None = None) -> TestClient:
        app = create_app(on or site, FixedDoorkeeper(None if role is None else make_visitor(role)))
        client = TestClient(app, headers={CSRF_HEADER: TOKEN}, follow_redirects=False)
        opened.append(client.__enter__())
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)
