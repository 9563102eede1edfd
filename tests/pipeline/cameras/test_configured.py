"""Cameras come from the settings with their passwords from the environment, and never show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.cameras.configured import Camera, camera_named, configured_cameras, join_cameras
from pipeline.config import CameraSettings, load_settings
from pipeline.errors import NotFound, SettingsError
from pipeline.options import AnalysisOptions
from pipeline.video.live.connecting.address import RtspTransport

OPTIONS = AnalysisOptions()


def make_camera(url: str = "rtsp://admin@cam/live", *, name: str = "door", **more: Any) -> Camera:
    environment = more.pop("environment", {})
    return configured_cameras({name: CameraSettings(url=url, **more)}, OPTIONS, environment)[0]


def test_no_cameras_are_none() -> None:
    assert configured_cameras({}, OPTIONS, {}) == ()


def test_camera_has_options_of_its_own_above_the_others() -> None:
    camera = make_camera(sampling={"fps": 2}, detection={"min_face_size": 40}, rtsp_transport="udp")

    assert (camera.options.sampling.fps, camera.options.sampling.gate) == (2, True)
    assert camera.options.detection.min_face_size == 40
    assert camera.address.rtsp_transport is RtspTransport.UDP


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        ("rtsp://admin:${DOOR}@cam/live", {"DOOR": "p@ss/word"}),
        ("rtsp://admin@cam/live", {"FACETRAIL_CAMERA_DOOR_PASSWORD": "p@ss/word"}),
        ("rtsp://admin:***@cam/live", {"FACETRAIL_CAMERA_DOOR_PASSWORD": "p@ss/word"}),
    ],
)
def test_password_comes_from_the_environment(url: str, environment: dict[str, str]) -> None:
    camera = make_camera(url, environment=environment)

    assert camera.address.target == "rtsp://admin:p%40ss%2Fword@cam/live"
    assert "word" not in repr(camera)


@pytest.mark.parametrize(
    ("name", "url", "more", "said"),
    [
        ("Door", "rtsp://cam/live", {}, "lower case"),
        ("f_0123456789abcdef", "rtsp://cam/live", {}, "lower case"),
        ("door", "rtsp://admin:${NOWHERE}@cam/live", {}, "NOWHERE"),
        ("door", "rtsp://admin:***@cam/live", {}, "FACETRAIL_CAMERA_DOOR_PASSWORD"),
        ("door", "concat:/etc/passwd", {}, "must begin with"),
        ("door", "rtsp://cam/live", {"sampling": {"speed": 1}}, "there are fps"),
        ("door", "rtsp://cam/live", {"sampling": {"fps": 0}}, "between"),
        ("door", "rtsp://cam/live", {"sampling": {"fps": "fast"}}, r"sampling: .*got `str` - at `\$.fps`"),
        ("door", "rtsp://cam/live", {"detection": {"tilt": "sideways"}}, "detection: .*'sideways'"),
    ],
)
def test_wrong_camera_is_named_with_what_is_wrong(name: str, url: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=f"cameras.{name}.*{said}"):
        make_camera(url, name=name, **more)


def test_camera_in_file_and_database_stops_the_start() -> None:
    with pytest.raises(SettingsError, match=r"door: .*remove one"):
        join_cameras([make_camera()], [make_camera()])


def test_cameras_of_file_and_database_are_joined() -> None:
    joined = join_cameras([make_camera()], [make_camera(name="yard")])

    assert [camera.name for camera in joined] == ["door", "yard"]
    assert camera_named(joined, "yard").name == "yard"


def test_unknown_camera_lists_those_there_are() -> None:
    with pytest.raises(NotFound, match="the cameras are: door"):
        camera_named([make_camera()], "yard")


def test_settings_show_no_password_and_hand_it_to_our_own_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "facetrail.yaml"
    file.write_text("cameras:\n  door: {url: 'rtsp://admin:s3cret@cam/live?token=s3cret', sampling: {fps: 2}}\n")
    monkeypatch.setenv("FACETRAIL_CONFIG", str(file))
    settings = load_settings()

    environment = settings.environment()
    monkeypatch.delenv("FACETRAIL_CONFIG")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert "s3cret" not in f"{settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert load_settings().cameras == settings.cameras


def test_unknown_key_of_a_camera_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"cameras\.door\.colour"):
        load_settings(cameras={"door": {"url": "rtsp://cam/live", "colour": "red"}})
