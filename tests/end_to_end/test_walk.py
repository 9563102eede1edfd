"""What a new user does first, by the pages alone, in a real browser on a real `facetrail up`, with no manual."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pipeline.sample.making import Sample
from tests.end_to_end.commands import make_folder
from tests.end_to_end.walking import PASSWORD, Walker, started
from tests.rtsp.running import RtspServer

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FIRST_WORK_MS = 60_000
"""Longest wait for what needs models, which processes load when they start, in milliseconds."""
DAY = "2026-03-02"
OBAMA, BIDEN = "Barack Obama", "Joe Biden"
PLAYS = (
    "video => new Promise((done) => { video.ontimeupdate = () => video.currentTime > 0.2 && done(); video.play(); })"
)
CLOSED = (
    "/live",
    "/timeline",
    "/people",
    "/unknowns",
    "/footage",
    "/attendance",
    "/system",
    "/search",
    "/who",
    "/users",
)


@pytest.fixture
def link(weights_cache: Path, tmp_path: Path) -> Iterator[str]:
    """What `facetrail up` printed on an empty data folder."""
    with started(make_folder(tmp_path / "data", weights_cache)) as printed:
        yield printed


@pytest.fixture
def walker(chromium: Browser, link: str) -> Iterator[Walker]:
    """Somebody who follows the link; no page may complain in its console."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(FIRST_WORK_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(link)
    yield Walker(page)
    context.close()
    assert complaints == []


@pytest.fixture
def door(sample: Sample) -> Iterator[RtspServer]:
    """The sample as a camera."""
    with RtspServer.of(sample.video) as server:
        yield server


def test_new_user_gets_from_the_printed_link_to_everything(walker: Walker, sample: Sample, door: RtspServer) -> None:
    expect.set_options(timeout=FIRST_WORK_MS)
    make_first_account(walker)
    enrol(walker, sample)
    submit_footage(walker, sample)
    look_at_evidence(walker)
    name_the_unknown(walker)
    compare_attendance(walker)
    add_camera(walker, door)
    search_by_face(walker, sample)
    ask_who_it_is(walker, sample)
    find_all_well(walker)
    leave(walker)


def make_first_account(walker: Walker) -> None:
    walker.fills("Your name", "ada")
    walker.fills("Password", PASSWORD)
    walker.fills("The same again", PASSWORD)
    walker.presses("Make the account")
    expect(walker.page.get_by_role("heading", name="First steps")).to_be_visible()

    walker.signs_out()
    walker.fills("Name", "ada")
    walker.fills("Password", PASSWORD)
    walker.presses("Sign in")


def enrol(walker: Walker, sample: Sample) -> None:
    walker.opens("People")
    walker.follows("New person")
    walker.fills("Name", BIDEN)
    walker.page.locator("input[type=file]").set_input_files(sorted((sample.gallery / BIDEN).iterdir()))
    while not is_taken(walker):  # right after the start it is refused, with the advice to try again
        pass
    expect(walker.page.get_by_role("heading", name="1 of 1 picture taken")).to_be_visible()


def is_taken(walker: Walker) -> bool:
    with walker.page.expect_response("**/people") as answered:
        walker.presses("Enrol")
    return answered.value.ok


def submit_footage(walker: Walker, sample: Sample) -> None:
    """Watched to its end on the page that it was dropped on."""
    page = walker.page
    walker.opens("Footage")
    page.get_by_text("When it was recorded, and how closely to look").click()
    walker.fills("It begins at", f"{DAY}T08:00:00")
    page.evaluate("window.wasNeverLoadedAgain = true")
    page.locator("#files").set_input_files(sample.video)
    line = page.locator("article", has_text=sample.video.name)
    expect(line.get_by_text("Done", exact=True)).to_be_visible()
    expect(line.get_by_text("2 unknown")).to_be_visible()
    assert page.evaluate("window.wasNeverLoadedAgain")
    walker.follows(sample.video.name)


def look_at_evidence(walker: Walker) -> None:
    page = walker.page
    walker.follows("Timeline")
    page.locator(".timeline-bar").first.click()
    expect(page.get_by_role("heading", name="unknown-0001")).to_be_visible()
    walker.presses("Show the clip")
    page.locator("#clip video").evaluate(PLAYS)


def name_the_unknown(walker: Walker) -> None:
    page = walker.page
    walker.follows("unknown-0001 among the unknowns")
    page.wait_for_url("**/unknowns?*")  # with its scripts, without which a button does nothing
    page.locator("[data-group=unknown-0001]").get_by_role("button", name="New person").click()
    page.get_by_role("dialog").get_by_label("Name").fill(OBAMA)
    page.get_by_role("dialog").get_by_role("button", name="Name", exact=True).click()
    expect(page.locator(".past")).to_contain_text(f"2 sightings are now {OBAMA}")
    page.locator(".past").get_by_role("link", name="Timeline").click()
    expect(page.locator(".timeline-bar")).to_have_count(2)
    expect(page.get_by_role("heading", name="2 sightings in this time")).to_be_visible()


def compare_attendance(walker: Walker) -> None:
    page = walker.page
    walker.opens("Attendance")
    walker.follows("Month")
    page.wait_for_url("**view=month*")
    walker.fills("A day of it", DAY)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**day={DAY}*")
    page.wait_for_load_state()
    line = page.locator(".att-grid tbody tr", has_text=OBAMA)
    shown = [line.locator("th a").inner_text(), *(text.strip() for text in line.locator(".att-cell").all_inner_texts())]
    page.get_by_text("Download").click()
    with page.expect_download() as downloading:
        walker.follows("As shown, CSV")
    [header, row] = csv.reader(io.StringIO(downloading.value.path().read_text()))
    assert header[3] == DAY
    assert [row[0], *row[2:33]] == shown
    assert "P" in shown[2]


def add_camera(walker: Walker, door: RtspServer) -> None:
    """Tried first; then its people come up on the live page by themselves."""
    page = walker.page
    walker.opens("Live")
    walker.follows("Add a camera")
    walker.fills("Name", "door")
    walker.fills("Address", door.url)
    walker.presses("Try it first")
    expect(page.get_by_text("It can be read.")).to_be_visible()
    walker.presses("Add")
    expect(page.locator(".camera", has_text="door")).to_contain_text("connected")
    walker.opens("Live")
    page.evaluate("window.wasNeverLoadedAgain = true")
    expect(page.locator(".sighting", has_text=OBAMA).first).to_be_visible()
    assert page.evaluate("window.wasNeverLoadedAgain")


def search_by_face(walker: Walker, sample: Sample) -> None:
    walker.opens("Search by face")
    walker.page.locator("input[type=file]").set_input_files(sorted((sample.gallery / OBAMA).iterdir()))
    expect(walker.page.get_by_role("heading", name="Seen ")).to_be_visible()
    expect(walker.page.locator(".hit", has_text=OBAMA).first).to_be_visible()


def ask_who_it_is(walker: Walker, sample: Sample) -> None:
    walker.opens("Who is it?")
    walker.page.locator("[data-who-file]").set_input_files(sorted((sample.gallery / OBAMA).iterdir()))
    expect(walker.page.locator(".who-face", has_text=OBAMA)).to_contain_text("known")


def find_all_well(walker: Walker) -> None:
    """On a busy machine the camera's pictures that were left out may want a look; nothing is broken."""
    walker.opens("System")
    expect(walker.page.locator("#health-title")).to_have_text(re.compile("^All (is well|works; one thing)"))


def leave(walker: Walker) -> None:
    page = walker.page
    face = page.url.split("/system")[0] + "/live/pictures/door.jpg"
    walker.signs_out()
    assert page.request.get(face).status == 401
    for path in CLOSED:
        page.goto(face.replace("/live/pictures/door.jpg", path))
        expect(page).to_have_url(re.compile("/sign-in"))
