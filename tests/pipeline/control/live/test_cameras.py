"""Cameras that were entered by a command: kept with their passwords encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.live.camera_secrets import KEY_NAME
from pipeline.control.live.camera_states import CameraState, CameraStates
from pipeline.control.live.cameras import Cameras, StoredCamera
from pipeline.errors import InputError, NotFound, SettingsError
from pipeline.video.live.connecting.address import RtspTransport
from tests.control_databases import open_database

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DOOR = StoredCamera(
    name="door", url="rtsp://viewer:s3cret@cam/live", enabled=True, rtsp_transport=RtspTransport.UDP, added_at=AT
)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def test_camera_comes_back_as_it_was_entered(control: Control) -> None:
    Cameras(control).add(DOOR)

    assert Cameras(control).list() == [DOOR]


def test_name_is_taken_once_and_unknown_names_are_said(control: Control) -> None:
    Cameras(control).add(DOOR)

    with pytest.raises(InputError):
        Cameras(control).add(DOOR)
    with pytest.raises(NotFound):
        Cameras(control).remove("yard")


@pytest.mark.parametrize("key", [None, b"another"])
def test_lost_key_is_said(control: Control, tmp_path: Path, key: bytes | None) -> None:
    Cameras(control).add(DOOR)
    (tmp_path / KEY_NAME).unlink()
    if key is not None:
        (tmp_path / KEY_NAME).write_bytes(key)

    with pytest.raises(SettingsError, match=KEY_NAME):
        Cameras(control).list()


def test_latest_state_of_a_camera_stands(control: Control) -> None:
    states = CameraStates(control)
    for problem in ("no answer", None):
        states.report(CameraState(name="door", is_connected=False, since=AT, problem=problem, updated_at=AT))

    assert states.by_name() == {
        "door": CameraState(name="door", is_connected=False, since=AT, problem=None, updated_at=AT)
    }
