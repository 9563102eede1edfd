"""A record with Ada, who was seen twice, and a stranger; and somebody who says what pictures show."""

from __future__ import annotations

import dataclasses

import pytest

from dashboards.web.site import Site
from pipeline.control.gallery.people import People
from tests.builders import RUN
from tests.builders_examined import GivenAsker
from tests.builders_recording import make_reference, make_seen, open_world, submit

ADA, STRANGER, NOBODY = 0, 1, 2
"""Whose face is which."""
FIRST_OF_ADA = "s_0000000000000001"


@pytest.fixture
def asker() -> GivenAsker:
    return GivenAsker()


@pytest.fixture
def seen_site(site: Site, asker: GivenAsker) -> Site:
    """The pages of that record."""
    world = open_world(site.data_dir)
    People(world.control).enrol("Ada", [make_reference(ADA)])
    world.record = submit(world.control, RUN)
    world.commit(9, make_seen(1, ADA, 0.0), make_seen(2, STRANGER, 10.0), make_seen(3, ADA, 20.0))
    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())
    world.finish()
    world.control.close()
    return dataclasses.replace(site, asker=asker)
