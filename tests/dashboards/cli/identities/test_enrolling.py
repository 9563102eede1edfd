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
