"""`facetrail watch` on real folders."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.video.writing import write_video
from tests.dashboards.cli.conftest import Run
from tests.pipeline.video.clips import draw_frames


def test_once_takes_what_is_whole_and_tells_of_each_file_once(facetrail: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_video(folder / "good.mp4", draw_frames(20), 10)
    (folder / "bad.mp4").write_bytes(b"no video")
    watch = ("watch", "in", "--once", "--settle", 0, "--rotation", 0)

    first = facetrail(*watch, "--json")
    second = facetrail(*watch, "--json")

    states = {Path(line["path"]).name: line["state"] for line in map(json.loads, first.out.splitlines())}
    assert (first.code, states) == (3, {"good.mp4": "taken", "bad.mp4": "refused"})
    assert (second.code, second.out) == (0, "")


def test_folder_to_move_to_must_not_be_watched_itself(facetrail: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    assert facetrail("watch", "in", "--once", "--move-to", "in/done").code == 2


def test_folder_that_is_not_there_is_named(facetrail: Run) -> None:
    said = facetrail("watch", "away", "--once")

    assert (said.code, "away" in said.err) == (2, True)
