"""`facetrail camera view`: its page, its pictures, its video."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboards.cli.cameras.view_page import Newest, page_at
from pipeline.sample.making import Sample
from pipeline.video.files.source import probe_source
from tests.dashboards.cli.conftest import Run


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    parts = urlsplit(address)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    connection.close()
    return answer.status, dict(answer.getheaders())


@pytest.mark.slow
def test_key_of_the_address_is_good_once_and_becomes_a_cookie() -> None:
    with page_at("127.0.0.1", 0, Newest()) as address:
        key = f"/?{urlsplit(address).query}"
        assert ask(address, "/")[0] == 403

        status, headers = ask(address, key)

        cookie = headers["Set-Cookie"].partition(";")[0]
        assert (status, ask(address, key)[0], ask(address, "/", Cookie=cookie)[0]) == (303, 403, 200)


@pytest.mark.slow
def test_page_is_not_there_for_another_name_of_this_machine() -> None:
    with page_at("127.0.0.1", 0, Newest()) as address:
        assert ask(address, "/", Host="evil.example")[0] == 421


def test_wrong_targets_are_refused_before_anything_is_loaded(facetrail: Run, tmp_path: Path) -> None:
    assert facetrail("camera", "view", "device:0", "--out", "a.mp4", "--out-dir", "b").code == 2
    assert facetrail("camera", "view", "device:0", "--out", "a.txt").code == 2
    assert facetrail("camera", "view", "device:0", "--out", tmp_path / "away" / "a.mp4").code == 2


@pytest.mark.slow
def test_file_becomes_a_video_with_the_people_of_a_gallery_named(
    facetrail: Run, sample: Sample, weights_cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weights").symlink_to(weights_cache, target_is_directory=True)

    said = facetrail(
        "camera",
        "view",
        sample.video,
        "--gallery",
        sample.gallery,
        "--fps",
        2,
        "--seconds",
        8,
        "--out",
        "named.mp4",
        "--json",
    )

    assert (said.code, said.json["n_frames"]) == (0, 16)
    assert said.json["people"]
    assert probe_source(tmp_path / "named.mp4", 1920).duration_s == pytest.approx(8, abs=0.6)
