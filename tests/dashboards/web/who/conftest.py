"""A site whose pictures are examined by somebody who says what a test wants, with two people enrolled."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from dashboards.web.access import Role, Visitor
from dashboards.web.app import create_app
from dashboards.web.rendering import site_of
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.site import Site
from pipeline.config import load_settings
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.control.gallery.records import NewReference
from tests.builders_examined import ENCODER, GivenAsker, make_png, make_vector
from tests.dashboards.web.conftest import NO_SERVER, TOKEN, make_visitor

ADA, GRACE = 0, 1
"""The axes along which their faces point."""


@pytest.fixture
def asker() -> GivenAsker:
    return GivenAsker()


@pytest.fixture
def asked_site(site: Site, asker: GivenAsker) -> Site:
    """Ada Lovelace and Grace Hopper are enrolled."""
    site.control.encoder(ENCODER)
    for name, axis in (("Ada Lovelace", ADA), ("Grace Hopper", GRACE)):
        image = make_png(shade=axis)
        digest = hashlib.sha256(image).hexdigest()
        reference = NewReference(
            encoder=ENCODER,
            embedding=make_vector(axis),
            quality=0.9,
            image_sha256=digest,
            image=image,
            image_suffix=".png",
        )
        People(site.control).enrol(name, [reference])
    return dataclasses.replace(site, asker=asker)


class Doorkeeper:
    """Takes everybody with an analyst's mark for an analyst, and looks for the sessions of others."""

    def visitor(self, request: Request) -> Visitor | None:
        if "x-analyst" in request.headers:
            return make_visitor(Role.ANALYST)
        return AccountDoorkeeper(site_of(request).control).visitor(request)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """One application for all tests of a file, since its first answer takes long; each test gives it its site."""
    settings = load_settings(data=tmp_path_factory.mktemp("first"), time_zone="UTC")
    control = open_control(settings.data)
    yield create_app(Site(settings, control, NO_SERVER), Doorkeeper())
    control.close()


@pytest.fixture
def analyst(application: FastAPI, asked_site: Site) -> Iterator[TestClient]:
    """The browser of an analyst, on the site with two people."""
    application.state.site = asked_site
    client = TestClient(application, headers={CSRF_HEADER: TOKEN, "x-analyst": "1"}, follow_redirects=False)
    yield client
    client.close()
