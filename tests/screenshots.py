"""The pictures of docs/pages.md: `make screenshots` runs the sample through a real stack and photographs the pages.

Only the sample's portraits, which anybody may show, appear in them.
"""

from __future__ import annotations

import argparse
import shutil
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboards.web.app import create_app
from dashboards.web.asking import asker_for
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import Settings, WebSettings, load_settings
from pipeline.control.database import Control
from pipeline.sample.making import Sample, make_sample
from tests.conftest import REPOSITORY
from tests.dashboards.web.conftest import FixedDoorkeeper, make_visitor
from tests.end_to_end.commands import Folder, Said, make_folder
from tests.end_to_end.live_stack import live_stack, wait_until
from tests.rtsp.running import RtspServer
from workers.asks.ask_streams import RedisAsks

PICTURES = REPOSITORY / "docs" / "pictures"
COLOURS = (192, 128, 96, 64)
"""Of a picture's palette, the first that makes it small enough."""
MOST_BYTES = 150_000
WAIT_MS = 60_000
IS_LOADED = """(video) => video.readyState >= 2 || new Promise((done) => {
  video.onloadeddata = done;
  video.preload = "auto";
})"""
STANDS_STILL = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => null)))"""
HAS_PICTURES = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";  // one below the fold would never be decoded
  return image.decode().catch(() => null);
}))"""
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
WEEK = "2026-03-02"
BEGINS = ("20260302_085500", "20260302_171000", "20260303_092500", "20260303_172000", "20260304_085800")
"""When the footage of the entrance began, as its files are called."""
OFFICE = {
    "shifts": {"office": {"start": "09:00", "end": "17:00", "late_grace_min": 10, "half_day_below_h": 5}},
    "roster": [{"shift": "office", "first_day": WEEK, "last_day": "2026-03-04"}],
    "least_coverage": 0,  # a clip stands for a day here
}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what is opened, in which window and theme, and what has to be seen before it is taken."""

    name: str
    path: str
    size: str
    theme: str
    arrange: Callable[[Page, Sample], None]

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.size}-{self.theme}.png"


def _live(page: Page, sample: Sample) -> None:
    page.locator("[data-camera=entrance] .face-box-known").first.wait_for(state="attached")
    page.locator(".sighting", has_text="Barack Obama").first.wait_for()


def _evidence(page: Page, sample: Sample) -> None:
    page.locator(".timeline-bar.is-known").first.click()
    page.get_by_role("button", name="Show the clip").click()
    page.locator("#clip video[poster]").evaluate(IS_LOADED)


def _search(page: Page, sample: Sample) -> None:
    page.locator("input[type=file]").set_input_files(sample.gallery / "Barack Obama" / "obama.jpg")
    page.locator(".hit").first.wait_for()


def _who(page: Page, sample: Sample) -> None:
    page.locator("[data-who-file]").set_input_files(sample.gallery / "Barack Obama" / "obama.jpg")
    page.locator(".who-face").first.wait_for()


def _seen(selector: str) -> Callable[[Page, Sample], None]:
    return lambda page, sample: page.locator(selector).first.wait_for()


OF_THE_RECORD = (
    Shot("timeline", f"/timeline?from={WEEK}T08:54:55Z&to={WEEK}T08:55:25Z", "desktop", "light", _evidence),
    Shot("unknowns", "/unknowns", "desktop", "light", _seen("[data-group]")),
    Shot("attendance", f"/attendance?view=week&day={WEEK}", "desktop", "light", _seen(".att-grid tbody tr")),
    Shot("search", "/search", "phone", "dark", _search),
    Shot("who", "/who", "desktop", "dark", _who),
)
WITH_A_CAMERA = (
    Shot("live", "/live", "desktop", "dark", _live),
    Shot("live", "/live", "phone", "light", _live),
    Shot("system", "/system", "phone", "light", _seen("#now .health-good")),
)
"""Taken once the networks are loaded, so that the camera's first pictures are not left out."""


def main() -> None:
    """Make all pictures anew; leaves with 1 when there is no Chromium."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--weights", type=Path, default=Path("data/weights"), help="where models are, or are fetched to"
    )
    weights: Path = parser.parse_args().weights.resolve()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("make screenshots: there is no Chromium on PATH (Debian: apt install chromium)")
    weights.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sample = make_sample(Path(folder) / "sample", weights)
        data = _record(Path(folder), sample, weights)
        with RtspServer.of(sample.video) as entrance, _pages(data.data) as url:
            _take(browser, url, OF_THE_RECORD, sample)
            _done(data.run("camera", "add", "entrance", entrance.url))
            _take(browser, url, WITH_A_CAMERA, sample)
        browser.close()


def _record(folder: Path, sample: Sample, weights: Path) -> Folder:
    """An entrance with some days of footage."""
    data = make_folder(folder / "data", weights)
    _done(data.run("analyze", *_footage(folder, sample), "--gallery", sample.gallery))
    return data


def _done(said: Said) -> None:
    if said.code:
        sys.exit(said.err)


@contextmanager
def _pages(data: Path) -> Iterator[str]:
    settings = load_settings(data=data, time_zone="UTC", attendance=OFFICE)
    with live_stack(data, {}) as running:
        asks = RedisAsks(running.stack.url)
        wait_until(asks.n_examiners, WAIT_MS / 1000, "the networks are loaded")
        asks.close()
        yield from _served(settings, running.control, running.stack.url)


def _take(browser: Browser, url: str, shots: Sequence[Shot], sample: Sample) -> None:
    for shot in shots:
        (PICTURES / shot.file_name).write_bytes(_small(_taken(browser, url, shot, sample)))


def _served(settings: Settings, control: Control, redis_url: str) -> Iterator[str]:
    site = Site(settings, control, redis_url, asker=asker_for(settings, control, redis_url))
    with serving(create_app(site, FixedDoorkeeper(make_visitor())), WebSettings(port=0)) as url:
        yield url


def _footage(folder: Path, sample: Sample) -> list[Path]:
    """The sample as recordings of several days; a `free` box at the end of each makes them different files."""
    made = []
    for number, begins in enumerate(BEGINS, start=1):
        path = folder / f"entrance_{begins}.mp4"
        path.write_bytes(sample.video.read_bytes() + struct.pack(">I4s", 8 + number, b"free") + bytes(number))
        made.append(path)
    return made


def _taken(browser: Browser, url: str, shot: Shot, sample: Sample) -> bytes:
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if shot.theme == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(url + shot.path)
    shot.arrange(page, sample)
    page.evaluate(HAS_PICTURES)
    page.evaluate(STANDS_STILL)
    taken = page.screenshot()
    context.close()
    return taken


def _small(png: bytes) -> bytes:
    """The same picture with a palette, which makes it as small as a page may get without looking poor."""
    picture, small = Image.open(BytesIO(png)).convert("RGB"), b""
    for colours in COLOURS:
        buffer = BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        small = buffer.getvalue()
        if len(small) <= MOST_BYTES:
            break
    return small


if __name__ == "__main__":
    main()
