"""The live page and what belongs to it, for those who are signed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dashboards.web.access import Role
from dashboards.web.site import Site
from pipeline.config import CameraSettings, load_settings
from pipeline.control.audit import AuditLog
from pipeline.control.database import Control
from pipeline.control.live.camera_states import CameraState, CameraStates
from pipeline.control.live.cameras import Cameras, StoredCamera
from pipeline.video.live.connecting.address import RtspTransport
from tests.dashboards.web.conftest import Browse


def add_camera(control: Control, name: str = "door", url: str = "rtsp://ada:secret@192.0.2.1/x") -> None:
    Cameras(control).add(
        StoredCamera(
            name=name,
            url=url,
            enabled=True,
            rtsp_transport=RtspTransport.TCP,
            added_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
    )


def report(control: Control, *, is_connected: bool, problem: str | None = None, name: str = "door") -> None:
    now = datetime.now(UTC)
    CameraStates(control).report(
        CameraState(name=name, is_connected=is_connected, since=now, problem=problem, updated_at=now, fps=25)
    )


def test_page_without_cameras_says_how_to_add_one(browse: Browse) -> None:
    page = browse(Role.ADMIN).get("/live").text

    assert "No camera yet" in page
    assert "/live/cameras?add=1" in page


def test_viewer_is_told_whom_to_ask_for_a_camera(browse: Browse) -> None:
    page = browse(Role.VIEWER).get("/live").text

    assert "somebody with the role admin" in page


def test_page_says_that_nothing_can_arrive_without_the_workers(browse: Browse) -> None:
    assert "facetrail up" in browse(Role.VIEWER).get("/live").text


def test_every_camera_has_a_place_on_the_wall(browse: Browse, site: Site) -> None:
    add_camera(site.control)
    add_camera(site.control, "yard")
    report(site.control, is_connected=True)

    page = browse(Role.VIEWER).get("/live").text

    assert page.count('class="tile"') == 2
    assert "camera=door&amp;camera=yard" in page
    assert "25 pictures/s" in page


def test_one_camera_is_asked_for_in_the_address(browse: Browse, site: Site) -> None:
    add_camera(site.control)
    add_camera(site.control, "yard")

    page = browse(Role.VIEWER).get("/live?camera=yard&state=known").text

    assert page.count('class="tile"') == 1
    assert 'data-pictures="/live/pictures?camera=yard"' in page
    assert "camera=yard&amp;state=known" in page


def test_states_tell_what_is_wrong_with_a_camera(browse: Browse, site: Site) -> None:
    add_camera(site.control)
    report(site.control, is_connected=False, problem="nothing listens there")

    states = browse(Role.VIEWER).get("/live/states").text

    assert 'id="state-door"' in states
    assert 'data-standing="away"' in states
    assert "nothing listens there" in states


def test_looking_for_a_person_is_written_down(browse: Browse, site: Site) -> None:
    browse(Role.VIEWER).get("/live?person=p_1")

    (entry,) = AuditLog(site.control).read()
    assert (entry.action, entry.about, entry.who) == ("live", "p_1", "ada")


@pytest.mark.parametrize("path", ["/live/faces/s_1", "/live/faces/..%2f..%2fx"])
def test_face_of_nobody_is_not_found(browse: Browse, path: str) -> None:
    assert browse(Role.VIEWER).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/live/events", "/live/pictures?camera=door", "/live/pictures/door.jpg", "/live/faces/s"]
)
def test_nobody_gets_no_stream_and_no_picture(browse: Browse, path: str) -> None:
    assert browse(None).get(path).status_code == 401


@pytest.mark.parametrize("path", ["/live/pictures?camera=nowhere", "/live/pictures/nowhere.jpg"])
def test_camera_that_there_is_not_shows_nothing(browse: Browse, path: str) -> None:
    assert browse(Role.VIEWER).get(path).status_code == 404


def test_passwords_are_never_shown(browse: Browse, site: Site) -> None:
    add_camera(site.control)
    settings = load_settings(
        data=site.data_dir, cameras={"gate": CameraSettings.of("http://bob:nobodys@192.0.2.2/v?token=nobodys")}
    )

    page = browse(Role.ADMIN, on=replace(site, settings=settings)).get("/live/cameras").text

    assert "rtsp://ada:***@192.0.2.1/x" in page
    assert "http://bob:***@192.0.2.2/v?token=***" in page
    assert "secret" not in page
    assert "nobodys" not in page
