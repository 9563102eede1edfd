"""Wrong footage and wrong flags end in one sentence, before anything is started."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Files of many kinds, none of which can be analysed."""
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("not a video\n" * 100)
    (tmp_path / "folder").mkdir()
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 8000, "NONE", ""))
        sound.writeframes(bytes(16000))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["missing.mp4", "empty.mp4", "text.mp4", "folder", "sound.wav", "*.webm"])
@pytest.mark.parametrize("command", ["analyze", "submit"])
def test_file_that_cannot_be_analysed_is_named(facetrail: Run, inputs: Path, command: str, name: str) -> None:
    said = facetrail(command, name)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: ")
    assert name.replace("*", "") in said.err
    assert not (inputs / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--fps", "often"], "--fps 'often' is neither a number"),
        (["--fps", "0"], "sampling.fps is 0.0; it must lie between"),
        (["--start-time", "noon"], "--start-time 'noon' is no date and time"),
        (["--min-face", "3"], "detection.min_face_size is 3; it must lie between"),
        (["--time-zone", "Mars"], "time zone 'Mars' is unknown"),
        (["--wrong"], "--wrong"),
    ],
)
def test_wrong_flag_is_named_with_what_would_be_right(
    facetrail: Run, inputs: Path, flags: list[str], words: str
) -> None:
    said = facetrail("analyze", "text.mp4", *flags)

    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_every_unreadable_file_is_named(facetrail: Run, inputs: Path) -> None:
    said = facetrail("analyze", "empty.mp4", "sound.wav", "--json")

    assert said.json["error"]["kind"] == "SourceUnreadable"
    assert "empty.mp4" in said.err
    assert "sound.wav" in said.err


def test_nothing_to_wait_for_is_said(facetrail: Run, open_data: Path) -> None:
    said = facetrail("submit", open_data / "videos" / "obama_podium.mp4", "--wait")

    assert said.code == 2
    assert "facetrail up" in said.err


@pytest.mark.parametrize(
    ("gallery", "words"), [("nowhere", "there is no gallery folder nowhere"), ("folder", "folder has no pictures")]
)
def test_gallery_that_holds_nothing_is_refused(
    facetrail: Run, inputs: Path, open_data: Path, gallery: str, words: str
) -> None:
    said = facetrail("analyze", open_data / "videos" / "obama_podium.mp4", "--gallery", gallery)

    assert said.code == 2
    assert words in said.err


@pytest.mark.slow
def test_encoder_that_nobody_knows_is_refused_with_those_there_are(facetrail: Run, open_data: Path) -> None:
    said = facetrail("analyze", open_data / "videos" / "obama_podium.mp4", "--encoder", "wizard")

    assert said.code == 2
    assert "sface" in said.err
    assert facetrail("submit", open_data / "videos" / "obama_podium.mp4").code == 0


@pytest.mark.slow
def test_submitted_file_waits_for_workers(facetrail: Run, open_data: Path) -> None:
    said = facetrail("submit", open_data / "videos" / "obama_podium.mp4", "--json")

    assert said.code == 0
    assert said.json["jobs"][0]["state"] == "queued"
    assert "facetrail up" in said.err


@pytest.mark.slow
def test_copies_of_a_file_are_one_source_and_both_are_named(facetrail: Run, inputs: Path, open_data: Path) -> None:
    for name in ("first.mp4", "second.mp4"):
        (inputs / name).symlink_to(open_data / "videos" / "obama_podium.mp4")

    said = facetrail("submit", "first.mp4", "second.mp4", "--json")

    assert [job["label"] for job in said.json["jobs"]] == ["second.mp4"]
    assert "first.mp4 and second.mp4 are the same footage" in said.err
