"""A real Chromium whose connection breaks in the middle of an upload, and that then loads the page anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from dashboards.web.app import create_app
from dashboards.web.security.incoming.limits import UPLOADS
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings
from pipeline.control.work.arrivals import Arrivals
from pipeline.intake.unfinished import UnfinishedUploads
from pipeline.video.writing import write_video
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.pipeline.video.clips import draw_frames

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CHUNK_BYTES = 16 * 1024 * 1024
FREE_BYTES = 2 * CHUNK_BYTES


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with some room behind it (a box `free`, ISO 14496-12), so that it takes three requests to send."""
    path = tmp_path_factory.mktemp("video") / "door.mp4"
    write_video(path, draw_frames(20), 10)
    with path.open("ab") as file:
        file.write(FREE_BYTES.to_bytes(4, "big") + b"free")
        file.truncate(file.tell() + FREE_BYTES - 8)
    return path


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """The page of footage, on a phone."""
    app = create_app(site, FixedDoorkeeper(make_visitor()))
    with serving(app, WebSettings(port=0)) as url:
        opened = chromium.new_page(base_url=url, viewport={"width": 390, "height": 844})
        opened.goto("/footage")
        yield opened
        opened.close()


def offsets_of(page: Page) -> list[str]:
    """Where each request with bytes begins, as they are sent from now on."""
    offsets: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(request.headers["upload-offset"])

    page.on("request", note)
    return offsets


class BadLine:
    """Breaks the connection that brings the second part, once, and each that brings the third one."""

    def __init__(self) -> None:
        self._n_broken = 0

    def handle(self, route: Route) -> None:
        part = int(route.request.headers.get("upload-offset", "0")) // CHUNK_BYTES
        if part == 2 or (part == 1 and not self._n_broken):
            self._n_broken += 1
            route.abort("connectionreset")
        else:
            route.continue_()


def test_upload_goes_on_after_a_broken_connection_and_after_a_reload(page: Page, site: Site, video: Path) -> None:
    offsets = offsets_of(page)
    page.route(f"**{UPLOADS}/*", BadLine().handle)
    with page.expect_request(lambda request: request.headers.get("upload-offset") == str(2 * CHUNK_BYTES)):
        page.locator("#files").set_input_files(video)
    expect(page.get_by_text("The connection was lost")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()

    page.unroute_all()
    page.reload()
    expect(page.get_by_text("Choose the file again")).to_be_visible()
    page.locator("#files").set_input_files(video)

    expect(page.get_by_text("has come and is looked into")).to_be_visible(timeout=20_000)
    (arrival,) = Arrivals(site.control).waiting()
    assert (arrival.label, arrival.path.stat().st_size) == ("door.mp4", video.stat().st_size)
    assert [int(offset) // CHUNK_BYTES for offset in dict.fromkeys(offsets)] == [0, 1, 2]
    assert offsets.count("0") == 1
    assert UnfinishedUploads(site.data_dir / "footage").listed() == []
