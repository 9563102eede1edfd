"""A real Chromium with a camera, real workers and real faces: enrol oneself, be known, and sign in by the face."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, Playwright, expect

from dashboards.web.app import create_app
from dashboards.web.asking import asker_for
from dashboards.web.security.entering.doorkeeper import AccountDoorkeeper
from dashboards.web.server.serving import serving
from dashboards.web.site import Site
from pipeline.config import WebSettings, load_settings
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.users import Users
from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.identity.answers import judge_pair
from pipeline.identity.enrolment import ReferenceReport, ReferenceStatus
from pipeline.identity.policies import policy_in_effect
from pipeline.sample.making import Sample
from tests.dashboards.web.who.camera_film import write_camera_film
from workers.stack.running import running_stack

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PASSWORD = "a long walk by the sea"  # noqa: S105 # of no one
READY_MS = 30_000
"""The first picture of a process takes long."""


@pytest.fixture(scope="module")
def real_site(tmp_path_factory: pytest.TempPathFactory, weights_cache: Path) -> Iterator[Site]:
    """An empty data folder with workers on it, and an admin."""
    data = tmp_path_factory.mktemp("who") / "data"
    data.mkdir()
    (data / "weights").symlink_to(weights_cache, target_is_directory=True)
    web = WebSettings(port=0, face_sign_in=True)
    settings = load_settings(data=data, time_zone="UTC", ingests=1, web=web.model_dump())
    control = open_control(data)
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    Users(control).add("ada", Role.ADMIN, hashed, datetime.now(UTC))
    with running_stack(settings) as stack:
        yield Site(settings, control, stack.url, asker=asker_for(settings, control, stack.url))
    control.close()


@pytest.fixture(scope="module")
def photographs(sample: Sample) -> tuple[Path, Path]:
    """Two photographs of one person: straight ahead, and aside."""
    pictures = sample.video.parent / ".pictures"
    return next(pictures.rglob("obama.jpg")), next(pictures.rglob("obama2.jpg"))


@pytest.fixture(scope="module")
def filmed(
    chromium_path: str,
    playwright: Playwright,
    tmp_path_factory: pytest.TempPathFactory,
    photographs: tuple[Path, Path],
) -> Iterator[Browser]:
    """A Chromium whose camera sees the film."""
    film = tmp_path_factory.mktemp("film") / "camera.y4m"
    write_camera_film(film, *photographs)
    fakes = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    arguments = ["--no-sandbox", "--disable-gpu", *fakes, f"--use-file-for-fake-video-capture={film}"]
    browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
    yield browser
    browser.close()


@pytest.fixture
def page(real_site: Site, filmed: Browser) -> Iterator[Page]:
    """A page on the served site; nobody is signed in."""
    with serving(create_app(real_site, AccountDoorkeeper(real_site.control)), real_site.settings.web) as url:
        opened = filmed.new_page(base_url=url)
        opened.set_default_timeout(READY_MS)
        yield opened
        opened.close()


def test_picture_that_is_asked_about_as_soon_as_the_stack_runs_is_answered(
    real_site: Site, photographs: tuple[Path, Path]
) -> None:
    assert real_site.asker.faces(photographs[0].read_bytes()).message() == "one face"


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_somebody_enrols_with_the_camera_is_known_by_it_and_signs_in_by_the_face(page: Page, real_site: Site) -> None:
    sign_in(page)
    page.goto("/who/enrol")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".who-step.is-done")).to_have_count(3, timeout=READY_MS)
    page.get_by_label("Name").fill("Barack Obama")
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_text(re.compile("Barack Obama is enrolled, with [23] pictures"))).to_be_visible()

    page.goto("/who")
    page.get_by_role("button", name="This camera").click()
    page.get_by_role("button", name="Ask who this is").click()
    expect(page.locator(".who-face h2")).to_have_text("Barack Obama")
    asked = [entry.action for entry in AuditLog(real_site.control).read()]
    assert asked[0] == "identify"

    person = People(real_site.control).person("Barack Obama")
    Users(real_site.control).set_face(Users(real_site.control).named("ada").user_id, person.person_id)
    page.context.clear_cookies()
    sign_in(page)
    page.wait_for_url("**/sign-in/face*")
    page.get_by_role("button", name="Show my face").click()
    page.wait_for_url(re.compile(r"/(live|)$"))
    assert AuditLog(real_site.control).read()[0].detail == "password and face"


def compared(site: Site, one: ReferenceReport, other: ReferenceReport) -> str:
    """The verdict on two pictures, by what ships with the encoder."""
    assert one.embedding is not None
    assert other.embedding is not None
    policy = policy_in_effect(site.control, site.encoder, site.settings.identity).policy
    return judge_pair(float(one.embedding @ other.embedding), policy, site.encoder).verdict


def test_pictures_are_judged_by_the_workers_as_by_enrolment(real_site: Site, open_data: Path) -> None:
    friends = open_data / "gallery" / "friends"
    one, other, stranger = (
        real_site.asker.reference((friends / name).read_bytes())
        for name in ("ross_geller/01.jpg", "ross_geller/03.jpg", "joey_tribbiani/05.jpg")
    )

    assert real_site.asker.reference(b"no picture").status is ReferenceStatus.UNREADABLE
    assert compared(real_site, one, other) == "same"
    assert compared(real_site, one, stranger) == "different"
