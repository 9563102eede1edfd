"""`facetrail camera add`, `remove`, `enable`, `disable`: cameras without a settings file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run

ADDRESS = "rtsp://viewer:s3cret@192.0.2.1/live"


def listed(facetrail: Run) -> list[tuple[str, str, str]]:
    rows = facetrail("camera", "list", "--json").json["cameras"]
    return [(row["name"], row["origin"], row["state"]) for row in rows]


@pytest.mark.slow
def test_added_camera_is_listed_until_it_is_removed(facetrail: Run) -> None:
    said = facetrail("camera", "add", "door", ADDRESS, "--json")

    assert said.json["camera"] == {"name": "door", "address": "rtsp://viewer:***@192.0.2.1/live", "enabled": True}
    assert listed(facetrail) == [("door", "database", "not read")]
    assert facetrail("camera", "disable", "door", "--json").json == {"camera": "door", "change": "disabled"}
    assert listed(facetrail) == [("door", "database", "disabled")]
    assert facetrail("camera", "enable", "door").code == 0
    assert facetrail("camera", "remove", "door").code == 0
    assert listed(facetrail) == []


def test_password_is_nowhere_in_plain_text_and_its_key_is_the_owners(facetrail: Run, tmp_path: Path) -> None:
    facetrail("camera", "add", "door", ADDRESS)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    (key,) = [path for path in files if path.name == "camera.key"]

    assert not any(b"s3cret" in path.read_bytes() for path in files)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_file_is_kept_by_its_whole_path(facetrail: Run, tmp_path: Path) -> None:
    facetrail("camera", "add", "demo", "file:clip.mp4")

    (row,) = facetrail("camera", "list", "--json").json["cameras"]

    assert row["address"] == f"file:{Path.cwd() / 'clip.mp4'}"


def test_name_that_is_taken_or_impossible_is_refused(facetrail: Run, tmp_path: Path) -> None:
    (tmp_path / "facetrail.yaml").write_text("cameras: {yard: {url: 'device:0'}}")

    assert facetrail("camera", "add", "yard", "device:1").code == 2
    assert facetrail("camera", "add", "f_0123456789abcdef", "device:1").code == 2
    assert facetrail("camera", "add", "desk", "ftp://x").code == 2
    assert facetrail("camera", "remove", "nobody").code == 2
    assert facetrail("camera", "remove", "yard").code == 2


def test_camera_in_file_and_database_is_said_until_one_is_removed(facetrail: Run, tmp_path: Path) -> None:
    facetrail("camera", "add", "yard", "device:1")
    (tmp_path / "facetrail.yaml").write_text("cameras: {yard: {url: 'device:0'}}")

    said = facetrail("camera", "list")

    assert said.code == 2
    assert "remove one of them" in said.err
    assert facetrail("camera", "remove", "yard").code == 0
    assert listed(facetrail) == [("yard", "file", "not read")]
