"""Admins add, switch and remove cameras; those of the settings file stay as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.web.access import Role
from dashboards.web.site import Site
from pipeline.config import CameraSettings, WebSettings, load_settings
from pipeline.control.audit import AuditLog
from pipeline.control.live.cameras import Cameras
from pipeline.encoders.manifest import weights_dir
from pipeline.options import DetectionOptions
from pipeline.video.writing import write_video
from tests.dashboards.web.conftest import Browse
from tests.dashboards.web.live.test_pages import add_camera
from tests.pipeline.video.clips import draw_frames

DOOR = {"name": "door", "address": "rtsp://ada@192.0.2.1/x", "password": "se cret/@"}


def test_added_camera_is_listed_without_its_password(browse: Browse, site: Site) -> None:
    answer = browse(Role.ADMIN).post("/live/cameras", data=DOOR)

    (camera,) = Cameras(site.control).list()
    assert (camera.name, camera.url) == ("door", "rtsp://ada:se%20cret%2F%40@192.0.2.1/x")
    assert "rtsp://ada:***@192.0.2.1/x" in answer.text
    assert "cret" not in answer.text
    assert [(entry.action, entry.about) for entry in AuditLog(site.control).read()] == [("camera add", "door")]


@pytest.mark.parametrize("role", [Role.ANALYST])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/live/cameras"),
        ("POST", "/live/cameras/test"),
        ("POST", "/live/cameras/door/disable"),
        ("DELETE", "/live/cameras/door"),
    ],
)
def test_only_admins_change_cameras(browse: Browse, site: Site, role: Role, method: str, path: str) -> None:
    add_camera(site.control)

    assert browse(role).request(method, path, data=DOOR).status_code == 403
    assert [camera.enabled for camera in Cameras(site.control).list()] == [True]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entered", "status"),
    [
        ({"address": "file:/etc/passwd"}, 403),
        ({"address": "FILE:///etc/passwd"}, 403),
        ({"address": "concat:/etc/passwd"}, 400),
        ({"address": "rtsp://"}, 400),
        ({"name": "Front door"}, 400),
        ({"name": "f_0123456789abcdef"}, 400),
        ({"name": ""}, 422),
    ],
)
def test_what_cannot_be_a_camera_is_refused(browse: Browse, site: Site, entered: dict[str, str], status: int) -> None:
    answer = browse(Role.ADMIN).post("/live/cameras", data={"name": "door", "address": "rtsp://192.0.2.1/x", **entered})

    assert answer.status_code == status
    assert Cameras(site.control).list() == []


def test_second_camera_of_a_name_is_refused(browse: Browse, site: Site) -> None:
    add_camera(site.control)

    answer = browse(Role.ADMIN).post("/live/cameras", data=DOOR)

    assert answer.status_code == 400
    assert "already" in answer.text


def test_camera_is_disabled_enabled_and_removed(browse: Browse, site: Site) -> None:
    add_camera(site.control)
    client = browse(Role.ADMIN)

    assert "disabled" in client.post("/live/cameras/door/disable").text
    assert not Cameras(site.control).list()[0].enabled
    client.post("/live/cameras/door/enable")
    assert Cameras(site.control).list()[0].enabled
    assert "No camera yet" in client.delete("/live/cameras/door").text
    assert Cameras(site.control).list() == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/live/cameras/gate/disable"), ("DELETE", "/live/cameras/gate")])
def test_camera_of_the_settings_file_is_changed_there(browse: Browse, site: Site, method: str, path: str) -> None:
    settings = load_settings(data=site.data_dir, cameras={"gate": CameraSettings.of("rtsp://192.0.2.2/v")})
    client = browse(Role.ADMIN, on=replace(site, settings=settings))

    assert client.request(method, path).status_code == 400
    assert "From the settings file" in client.get("/live/cameras").text


@pytest.mark.slow
def test_trial_shows_what_a_camera_sends(browse: Browse, site: Site, tmp_path: Path, weights_cache: Path) -> None:
    clip = tmp_path / "door.mp4"
    write_video(clip, draw_frames(62), 25)
    weights_dir(site.data_dir).symlink_to(weights_cache)
    settings = load_settings(
        data=site.data_dir, web=WebSettings(footage_roots=(tmp_path,)), detection=DetectionOptions(detector="yunet")
    )

    trial = browse(Role.ADMIN, on=replace(site, settings=settings)).post(
        "/live/cameras/test", data={"name": "", "address": f"file:{clip}"}
    )

    assert trial.status_code == 200
    assert "data:image/jpeg;base64," in trial.text
    assert "25.0 declared" in trial.text


@pytest.mark.slow
def test_trial_of_a_camera_that_is_not_there_says_why(browse: Browse) -> None:
    answer = browse(Role.ADMIN).post("/live/cameras/test", data={"address": "rtsp://ada:secret@127.0.0.1:9/x"})

    assert answer.status_code == 502
    assert "nothing listens there" in answer.text
    assert "secret" not in answer.text
