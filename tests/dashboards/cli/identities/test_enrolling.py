"""A gallery folder goes into the control database, picture by picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.conftest import Run

UNREADABLE = Path("/proc/self/mem")
"""A file that even root cannot read from its beginning."""


@pytest.mark.slow
@pytest.mark.skipif(not UNREADABLE.exists(), reason="only Linux has a file that nobody can read")
def test_picture_that_cannot_be_read_does_not_stop_the_others(
    facetrail: Run, tmp_path: Path, weights_cache: Path, open_data: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weights").symlink_to(weights_cache)
    (tmp_path / "people" / "Ada").mkdir(parents=True)
    (tmp_path / "people" / "Ada" / "1.jpg").symlink_to(UNREADABLE)
    (tmp_path / "people" / "Ada" / "2.jpg").symlink_to(open_data / "gallery" / "obama" / "barack_obama" / "01.jpg")

    said = facetrail("enroll", "people", "--json")

    assert said.code == 3
    assert [image["verdict"] for image in said.json["images"]] == ["unreadable", "enrolled"]


@pytest.mark.slow
def test_folder_whose_name_nobody_can_have_does_not_stop_the_others(
    facetrail: Run, tmp_path: Path, weights_cache: Path, open_data: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weights").symlink_to(weights_cache)
    for name in ("A\nda", "Bob", "unknown-0001"):
        (tmp_path / "people" / name).mkdir(parents=True)
        (tmp_path / "people" / name / "1.jpg").symlink_to(open_data / "gallery" / "obama" / "barack_obama" / "01.jpg")

    said = facetrail("enroll", "people", "--json")

    assert said.code == 3
    assert {image["person"]: image["verdict"] for image in said.json["images"]} == {
        "A\\nda": "bad_name",
        "Bob": "enrolled",
        "unknown-0001": "bad_name",
    }


def test_gallery_of_impossible_names_is_refused_without_looking_at_a_picture(facetrail: Run, tmp_path: Path) -> None:
    (tmp_path / "people" / " Ada").mkdir(parents=True)
    (tmp_path / "people" / " Ada" / "1.jpg").write_bytes(b"")

    said = facetrail("enroll", "people")

    assert said.code == 2
    assert "the folder's name cannot be a person's name: it must not be empty, nor begin" in " ".join(said.err.split())
