"""What is told on a real server reaches browsers as it is told; after a break they are told what they missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.events.events import encode_event
from pipeline.sightings.rows import Status
from tests.builders_events import make_event
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.dashboards.web.live.test_pages import add_camera
from tests.dashboards.web.live.test_shots import ADA, picture, scene
from workers.event_streams import RedisEventLog
from workers.live.view_streams import RedisViews
from workers.wire.event_log import EVENTS

pytestmark = pytest.mark.slow

TIMEOUT_S = 20.0


@pytest.fixture
def client(site: Site, redis_url: str) -> Iterator[httpx.Client]:
    """Somebody signed in, on pages with that server behind them."""
    app = create_app(replace(site, redis_url=redis_url), FixedDoorkeeper(make_visitor()))
    with serving(app, WebSettings(port=0)) as url, httpx.Client(base_url=url, timeout=TIMEOUT_S) as made:
        yield made


def card_of(lines: Iterator[str]) -> str:
    """The next card of a stream of events, up to the place after it, which ends it."""
    card: list[str] = []
    for line in lines:
        card.append(line)
        if line.startswith("id:"):
            return "\n".join(card)
    pytest.fail("the stream ended")


def test_sighting_is_told_as_it_happens_and_again_to_who_missed_it(client: httpx.Client, log: RedisEventLog) -> None:
    with client.stream("GET", "/live/events") as stream:
        lines = stream.iter_lines()
        log.append(EVENTS, encode_event(make_event(status=Status.KNOWN, person_name="Ada <3", thumb_jpeg=b"face")))
        first = card_of(lines)
    log.append(EVENTS, encode_event(make_event(sighting_id="s_2")))
    place = first.rpartition("id: ")[2]

    with client.stream("GET", "/live/events", headers={"Last-Event-ID": place}) as stream:
        missed = card_of(stream.iter_lines())

    assert 'id="card-s_1"' in first
    assert "Ada &lt;3" in first
    assert 'id="card-s_2"' in missed
    assert "card-s_1" not in missed
    assert client.get("/live/faces/s_1").content == b"face"
    assert "A sighting that goes on" in client.get("/sightings/s_1").text  # the record has it once it is over


def test_pictures_of_a_camera_come_with_the_faces_in_them(client: httpx.Client, site: Site, redis_url: str) -> None:
    views = RedisViews(redis_url)
    add_camera(site.control)
    with client.stream("GET", "/live/pictures?camera=door") as stream:
        views.show(picture(1))
        views.show(scene(1, ADA))
        shot = b""
        for part in stream.iter_bytes():
            shot += part
            if b"picture 1" in shot:
                break

    assert b'"name":"Ada"' in shot
    assert views.wanted_width("door") == 1280
    assert client.get("/live/pictures/door.jpg").content == b"picture 1"
    views.close()
