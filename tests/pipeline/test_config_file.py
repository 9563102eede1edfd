"""A settings file that cannot be read is named, with the line at which it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config_file import read_settings_file
from pipeline.errors import SettingsError


@pytest.mark.parametrize("content", ["", "# all is by default\n", "---\n"])
def test_file_that_says_nothing_has_no_values(tmp_path: Path, content: str) -> None:
    (tmp_path / "facetrail.yaml").write_text(content)

    assert read_settings_file(tmp_path / "facetrail.yaml") == {}
    assert read_settings_file(tmp_path / "none.yaml") == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"cameras:\n  door: {url: 'x'\n  yard: [", "line 3: "),
        (b"\tdetectors: 3", "line 1: found character"),
        (b"just words", "names with values"),
        (b"- 1", "names with values"),
        (b"time_zone: \xff", "UTF-8"),
        (b"time_zone: \x00", "no YAML"),
        (b"cameras:\n  door: {url: 'x'}\n  yard: {url: 'y'}\n  door: {url: 'z'}\n", "line 4: door stands here twice"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "facetrail.yaml"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=rf"facetrail\.yaml.*{words}"):
        read_settings_file(file)


def test_what_several_cameras_share_may_be_merged_in(tmp_path: Path) -> None:
    file = tmp_path / "facetrail.yaml"
    file.write_text("a: &shared {fps: 2}\nb: {<<: *shared, gate: false}\nc: {<<: *shared, fps: 3}\n")

    assert read_settings_file(file) == {"a": {"fps": 2}, "b": {"fps": 2, "gate": False}, "c": {"fps": 3}}
