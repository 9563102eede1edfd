"""A camera that is entered is checked and complete before it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cameras.entry import enter_camera
from pipeline.config import CameraSettings, Settings, load_settings
from pipeline.control.live.cameras import StoredCamera
from pipeline.errors import InputError, SettingsError
from pipeline.video.live.connecting.address import RtspTransport


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of a file that names one camera."""
    return load_settings(data=tmp_path, cameras={"gate": CameraSettings.of("rtsp://192.0.2.2/v")})


def enter(settings: Settings, name: str, address: str, password: str | None = None) -> StoredCamera:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return enter_camera(name, address, password=password, rtsp_transport=RtspTransport.UDP, settings=settings, at=at)


def test_password_goes_into_the_address(settings: Settings) -> None:
    camera = enter(settings, "door", "rtsp://ada@192.0.2.1/x", "a/b@c")

    assert (camera.url, camera.enabled) == ("rtsp://ada:a%2Fb%40c@192.0.2.1/x", True)
    assert camera.rtsp_transport is RtspTransport.UDP


def test_file_is_kept_with_its_whole_path(settings: Settings) -> None:
    assert enter(settings, "demo", "file:clip.mp4").url == f"file:{Path('clip.mp4').resolve()}"


@pytest.mark.parametrize(
    ("name", "address"), [("Front door", "rtsp://192.0.2.1/x"), ("door", "ftp://192.0.2.1/x"), ("door", "rtsp://")]
)
def test_what_cannot_be_read_is_refused(settings: Settings, name: str, address: str) -> None:
    with pytest.raises(SettingsError):
        enter(settings, name, address)


def test_name_of_a_camera_of_the_file_is_refused(settings: Settings) -> None:
    with pytest.raises(InputError, match="settings file"):
        enter(settings, "gate", "rtsp://192.0.2.1/x")
