"""In a real browser on a running stack: pictures move, faces are named, and sightings arrive without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboards.web.app import create_app
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import CameraSettings, WebSettings, load_settings
from pipeline.sample.making import Sample
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.end_to_end.commands import make_folder
from tests.end_to_end.live_stack import live_stack, wait_until
from tests.rtsp.running import RtspServer

pytestmark = [pytest.mark.slow, pytest.mark.browser]

START_MS = 90_000
"""Longest wait for models, in milliseconds."""
SOON_S = 20


@pytest.fixture(scope="module")
def door(sample: Sample) -> Iterator[RtspServer]:
    """The sample as a camera."""
    with RtspServer.of(sample.video) as server:
        yield server


@pytest.fixture(scope="module")
def url(
    door: RtspServer, sample: Sample, weights_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The pages of a stack with a camera and a dead one, on which the sample's people are enrolled."""
    folder = make_folder(tmp_path_factory.mktemp("live") / "data", weights_cache)
    assert folder.run("enroll", sample.gallery).code == 0
    cameras = {
        "door": CameraSettings(url=door.url, read_timeout_s=2),
        "gone": CameraSettings(url="rtsp://127.0.0.1:9/live"),
    }
    settings = load_settings(data=folder.data, cameras=cameras, time_zone="UTC")
    with live_stack(folder.data, cameras) as running:
        app = create_app(Site(settings, running.control, running.stack.url), FixedDoorkeeper(make_visitor()))
        with serving(app, WebSettings(port=0)) as address:
            yield address


@pytest.fixture(scope="module")
def page(chromium: Browser, url: str) -> Iterator[Page]:
    """The live page, opened before anybody was seen and never loaded again."""
    opened = chromium.new_page(viewport={"width": 1440, "height": 900})
    opened.goto(f"{url}/live")
    opened.evaluate("window.wasNotReloaded = true")
    yield opened
    opened.close()


def n_shots(page: Page) -> int:
    """Pictures of the door that the page has drawn."""
    return int(page.locator("[data-camera=door]").get_attribute("data-shots") or 0)


def test_sighting_arrives_without_a_reload(page: Page) -> None:
    page.locator(".sighting .who-name", has_text="Barack Obama").first.wait_for(timeout=START_MS)

    card = page.locator(".sighting", has_text="Barack Obama").first
    assert "door" in card.inner_text()
    assert page.request.get(card.locator("a").evaluate("(link) => link.href")).ok  # while it goes on, and afterwards
    assert page.evaluate("window.wasNotReloaded")


def test_picture_moves_and_faces_in_it_are_named(page: Page) -> None:
    before = n_shots(page)

    wait_until(lambda: n_shots(page) >= before + 3, SOON_S, "three more pictures of the door")
    page.locator("[data-camera=door] .face-box-known", has_text="Barack Obama").first.wait_for(
        state="attached", timeout=SOON_S * 1000
    )


def test_dead_camera_says_so(page: Page) -> None:
    page.locator("#state-gone b", has_text="No picture since").wait_for(timeout=SOON_S * 1000)


def test_camera_that_went_away_shows_its_last_picture_grey(
    page: Page, chromium: Browser, door: RtspServer, url: str
) -> None:
    door.kill()
    page.locator("#state-door[data-standing=away] b").wait_for(timeout=SOON_S * 1000)

    later = chromium.new_page()
    later.goto(f"{url}/live?camera=door")
    wait_until(lambda: n_shots(later) >= 1, SOON_S, "the door's last picture")

    picture = later.locator("[data-camera=door] canvas")
    assert "grayscale" in picture.evaluate("(canvas) => getComputedStyle(canvas).filter")
    later.close()
