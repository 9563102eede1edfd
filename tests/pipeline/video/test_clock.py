import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.video.clock import begin_by_modification, parse_file_name, wall_clock_start

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2024, 6, 1, tzinfo=UTC)
LAST_SECOND = datetime(2024, 1, 31, 22, 59, 59, tzinfo=UTC)


CLIP = "cam1_20240131_235959.mp4"


@pytest.mark.parametrize(
    "name",
    [
        "20240131_235959.mp4",
        "2024-01-31_23-59-59.mkv",
        "2024-01-31T22.59.59Z.ts",
        "2024-01-31T23:59:59+01:00.ts",
        "VID_20240131_235959.mp4",
        "PXL_20240131_235959123.mp4",
        "WhatsApp Video 2024-01-31 at 23.59.59.mp4",
        "Screen Recording 2024-01-31 at 23.59.59.mov",
        "ch01_20240131235959.dav",
        "cam-4711_2024.01.31-23.59.59_0001.avi",
        "1706741999.mp4",
        "1706741999000.mp4",
    ],
)
def test_usual_file_names_tell_the_moment(name: str) -> None:
    assert parse_file_name(name, BERLIN).replace(microsecond=0) == LAST_SECOND  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["", "clip.mp4", "GOPR1234.MP4", "20241331_235959.mp4", "20240131_250000.mp4", "12.mp4"]
)
def test_other_file_names_tell_nothing(name: str) -> None:
    assert parse_file_name(name, BERLIN) is None


def test_argument_comes_before_everything() -> None:
    argument = datetime(2020, 1, 1, 1)  # noqa: DTZ001 - a zone is assumed

    start = wall_clock_start(CLIP, NOW, argument, BERLIN, at_worst=NOW, now=NOW)

    assert start == (datetime(2020, 1, 1, tzinfo=UTC), "argument")


def test_metadata_comes_before_the_file_name() -> None:
    created_at = datetime(2024, 3, 1, tzinfo=timezone(timedelta(hours=2)))

    start = wall_clock_start(CLIP, created_at, None, UTC, at_worst=NOW, now=NOW)

    assert start == (created_at.astimezone(UTC), "metadata")


@pytest.mark.parametrize("created_at", [None, datetime(1970, 1, 1, tzinfo=UTC), datetime(2036, 2, 7, tzinfo=UTC)])
def test_clock_that_was_never_set_is_not_believed(created_at: datetime | None) -> None:
    start = wall_clock_start(CLIP, created_at, None, BERLIN, at_worst=NOW, now=NOW)

    assert start == (LAST_SECOND, "filename")


def test_modification_tells_when_nothing_else_does() -> None:
    assert wall_clock_start("clip.mp4", None, None, BERLIN, at_worst=NOW, now=NOW) == (NOW, "mtime")


def test_modification_is_the_end_of_the_recording(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    os.utime(clip, (NOW.timestamp(), NOW.timestamp()))

    assert begin_by_modification(clip, duration_s=60) == NOW - timedelta(minutes=1)
