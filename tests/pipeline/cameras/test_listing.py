"""Cameras are listed without their passwords, with how each is doing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.cameras.listing import SILENT, Standing, listed_cameras, standing_of
from pipeline.config import CameraSettings, load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.live.camera_secrets import KEY_NAME
from pipeline.control.live.camera_states import CameraState, CameraStates
from pipeline.control.live.cameras import Cameras, StoredCamera
from pipeline.video.live.connecting.address import RtspTransport

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_control(tmp_path)
    yield opened
    opened.close()


def make_state(*, is_connected: bool = True, age: timedelta = timedelta(0), n_dropped: int = 0) -> CameraState:
    return CameraState(
        name="door",
        is_connected=is_connected,
        since=NOW - timedelta(hours=1),
        problem=None,
        updated_at=NOW - age,
        n_samples=10,
        n_dropped=n_dropped,
    )


@pytest.mark.parametrize(
    ("state", "enabled", "standing"),
    [
        (None, True, Standing.NOT_READ),
        (None, False, Standing.DISABLED),
        (make_state(), False, Standing.DISABLED),
        (make_state(), True, Standing.CONNECTED),
        (make_state(is_connected=False), True, Standing.AWAY),
        (make_state(age=SILENT * 2), True, Standing.NOT_READ),
    ],
)
def test_standing_is_what_was_said_last_unless_nobody_says_anything(
    state: CameraState | None, enabled: bool, standing: Standing
) -> None:
    assert standing_of(state, NOW, enabled=enabled) is standing


def test_no_cameras_are_none(control: Control) -> None:
    assert listed_cameras(control, load_settings(data=control.data_dir), NOW) == []


def test_cameras_of_the_file_come_first_and_no_password_is_shown_or_needed(control: Control) -> None:
    url = "rtsp://ada:secret@192.0.2.1/x"
    Cameras(control).add(
        StoredCamera(name="door", url=url, enabled=True, rtsp_transport=RtspTransport.TCP, added_at=NOW)
    )
    (control.data_dir / KEY_NAME).unlink()
    settings = load_settings(
        data=control.data_dir, cameras={"yard": CameraSettings.of("http://bob:${YARD}@192.0.2.2/v")}
    )

    yard, door = listed_cameras(control, settings, NOW)

    assert (yard.name, yard.address, yard.is_from_file) == ("yard", "http://bob:***@192.0.2.2/v", True)
    assert (door.name, door.address, door.is_from_file) == ("door", "rtsp://ada:***@192.0.2.1/x", False)


def test_listed_camera_says_since_when_and_what_was_left_out(control: Control) -> None:
    CameraStates(control).report(make_state(n_dropped=5))
    settings = load_settings(data=control.data_dir, cameras={"door": CameraSettings.of("rtsp://192.0.2.1/x")})

    (door,) = listed_cameras(control, settings, NOW)

    assert (door.standing, door.since, door.dropped_share) == (Standing.CONNECTED, NOW - timedelta(hours=1), 0.5)
