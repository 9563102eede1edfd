"""`facetrail camera list` shows the cameras of the settings and no password."""

from __future__ import annotations

from pathlib import Path

from tests.dashboards.cli.conftest import Run

SETTINGS = """
cameras:
  front_door: {url: 'rtsp://viewer:s3cret@cam/live?token=s3cret'}
  yard: {url: 'device:0', enabled: false}
"""


def test_no_cameras_say_how_to_name_some(facetrail: Run) -> None:
    said = facetrail("camera", "list")

    assert (said.code, said.out) == (0, "")
    assert "facetrail.yaml" in said.err


def test_cameras_are_listed_without_passwords(facetrail: Run, tmp_path: Path) -> None:
    (tmp_path / "facetrail.yaml").write_text(SETTINGS)

    listed, shown, document = (
        facetrail("camera", "list"),
        facetrail("config", "show"),
        facetrail("camera", "list", "--json").json,
    )

    assert [(row["name"], row["kind"], row["enabled"]) for row in document["cameras"]] == [
        ("front_door", "rtsp", True),
        ("yard", "device", False),
    ]
    assert "rtsp://viewer:***@cam/live?token=***" in listed.out
    assert "s3cret" not in f"{listed} {shown} {document}"


def test_wrong_camera_is_said_by_name(facetrail: Run, tmp_path: Path) -> None:
    (tmp_path / "facetrail.yaml").write_text("cameras: {Door: {url: 'rtsp://cam/live'}}")

    said = facetrail("camera", "list")

    assert said.code == 2
    assert "cameras.Door" in said.err
