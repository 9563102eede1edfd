"""A small record behind the API, and programs of every role; pictures are examined by somebody who knows the answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboards.web.access import Role
from dashboards.web.app import create_app
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.site import Site
from pipeline.config import load_settings
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import Users
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from tests.builders import RUN
from tests.builders_examined import GivenAsker, make_examined, make_examined_face, make_vector
from tests.builders_recording import make_reference, make_seen, open_world, submit
from tests.dashboards.web.conftest import NO_SERVER

Ask = Callable[..., TestClient]


@pytest.fixture(scope="package")
def api_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada is enrolled and was seen twice, a stranger twice, another one once; there is a user, the admin."""
    world = open_world(tmp_path_factory.mktemp("api") / "record")
    People(world.control).enrol("Ada", [make_reference(0)])
    world.record = submit(world.control, RUN)
    looks = enumerate((0, 1, 0, 1, 2))
    world.commit(9, *(make_seen(number, person, 20.0 * number) for number, person in looks))
    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())
    world.finish()
    Users(world.control).add("root", Role.ADMIN, "a hash that no password has", datetime.now(UTC))
    world.control.close()
    return world.data_dir


@pytest.fixture(scope="module")
def api_site(api_record: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy of the record."""
    data = tmp_path_factory.mktemp("api") / "data"
    shutil.copytree(api_record, data)
    control = open_control(data)
    asker = GivenAsker(make_examined(make_examined_face(make_vector(3))))
    yield Site(load_settings(data=data, time_zone="UTC"), control, NO_SERVER, asker=asker)
    control.close()


@pytest.fixture(scope="module")
def tokens(api_site: Site) -> dict[Role, str]:
    """A token for each role."""
    root, now = Users(api_site.control).named("root"), datetime.now(UTC)
    return {role: ApiTokens(api_site.control).make(root, role.word, role, now, None) for role in Role}


@pytest.fixture(scope="module")
def app(api_site: Site) -> FastAPI:
    """The application, which knows its visitors by their tokens."""
    return create_app(api_site, AccountDoorkeeper(api_site.control))


@pytest.fixture(scope="module")
def ask(app: FastAPI, tokens: dict[Role, str]) -> Iterator[Ask]:
    """Makes the client of a program with a role; None is nobody."""
    opened: list[TestClient] = []

    def make(role: Role | None = Role.ADMIN) -> TestClient:
        headers = {} if role is None else {"Authorization": f"Bearer {tokens[role]}"}
        client = TestClient(app, headers=headers, follow_redirects=False)
        opened.append(client.__enter__())
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)
