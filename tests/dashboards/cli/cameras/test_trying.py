"""`facetrail camera test` says what a camera sends, or why it sends nothing."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from tests.dashboards.cli.conftest import Run
from tests.dashboards.cli.test_documented_json import PAGE
from tests.rtsp.protocol import Login
from tests.rtsp.running import RtspServer


@pytest.fixture(scope="module")
def podium(open_data: Path) -> Path:
    """A man at a podium, 844x614, 15 pictures a second."""
    return open_data / "videos" / "obama_podium.mp4"


@pytest.mark.slow
def test_camera_of_the_settings_is_watched_and_its_face_found(facetrail: Run, tmp_path: Path, podium: Path) -> None:
    with RtspServer.of(podium, login=Login("viewer", "s3cret")) as server:
        url = server.url.replace("//", "//viewer@")
        (tmp_path / "facetrail.yaml").write_text(f"cameras: {{door: {{url: '{url}'}}}}")
        said = facetrail(
            "camera",
            "test",
            "door",
            "--seconds",
            2,
            "--snapshot",
            "door.jpg",
            "--json",
            FACETRAIL_CAMERA_DOOR_PASSWORD="s3cret",  # noqa: S106 - of a server of ours
        )

    seen = said.json
    assert (said.code, seen["width"], seen["height"], seen["codec"]) == (0, 844, 614, "h264")
    assert seen["measured_fps"] == pytest.approx(15, rel=0.1)
    assert len(seen["faces"]) == 1
    assert cv2.imread(str(tmp_path / "door.jpg")).shape == (614, 844, 3)
    assert "s3cret" not in f"{said}"
    line = next(line for line in PAGE.read_text().splitlines() if "`camera test CAMERA`" in line)
    assert [key for key in seen if f"`{key}`" not in line] == []


@pytest.mark.slow
def test_file_is_tried_as_a_camera_and_its_end_is_told(facetrail: Run, podium: Path) -> None:
    said = facetrail("camera", "test", f"file:{podium}", "--seconds", 0.6, "--no-detect")

    assert said.code == 0
    assert "844x614 h264" in said.out
    assert "15.00 pictures/s declared" in said.out


@pytest.mark.parametrize(
    ("camera", "code", "said"),
    [
        ("door", 2, "there is no camera 'door'"),
        ("concat:/etc/passwd", 2, "must begin with"),
        ("rtsp://viewer:s3cret@127.0.0.1:1/live", 4, "nothing listens"),
        ("file:nowhere.mp4", 4, "no such file"),
    ],
)
def test_camera_that_cannot_be_read_says_why(facetrail: Run, camera: str, code: int, said: str) -> None:
    answer = facetrail("camera", "test", camera)

    assert answer.code == code
    assert said in answer.err
    assert "s3cret" not in f"{answer}"


def test_wrong_password_is_said_and_not_shown(facetrail: Run, podium: Path) -> None:
    with RtspServer.of(podium, login=Login("viewer", "s3cret")) as server:
        answer = facetrail("camera", "test", server.url_as("viewer", "wr0ng"), "--json")

    assert (answer.code, answer.json["error"]["kind"]) == (4, "SourceRefused")
    assert "wr0ng" not in f"{answer}"


def test_snapshot_that_could_not_be_written_is_refused_before_the_camera_is_asked(facetrail: Run) -> None:
    answer = facetrail("camera", "test", "rtsp://127.0.0.1:1/live", "--snapshot", "door.gif")

    assert answer.code == 2
    assert ".jpg" in answer.err
