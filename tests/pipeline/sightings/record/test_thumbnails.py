"""Thumbnails lie where their tracks say, and go with them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pipeline.sightings.record.store import Store
from pipeline.sightings.record.thumbnails import stage_thumb_moves, stage_thumbs, thumb_ref
from pipeline.sightings.recording.rows import moved_track
from pipeline.sightings.rows import Clock, TrackRow
from tests.builders import RUN, START, make_track_row


def keep(data_dir: Path, track: TrackRow, *jpegs: bytes) -> None:
    with Store(data_dir).staging() as staging:
        stage_thumbs(staging, data_dir, track, jpegs)
        staging.publish()


def move(data_dir: Path, *tracks: TrackRow) -> None:
    with Store(data_dir).staging() as staging:
        stage_thumb_moves(staging, data_dir, RUN.source_id, tracks)
        staging.publish()


def thumbs(data_dir: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data_dir)): path.read_bytes() for path in (data_dir / "thumbs").rglob("*.jpg")}


def test_track_without_thumbnails_leaves_nothing(tmp_path: Path) -> None:
    keep(tmp_path, make_track_row("t_1"))

    assert thumbs(tmp_path) == {}


def test_thumbnails_are_numbered_from_the_best(tmp_path: Path) -> None:
    keep(tmp_path, make_track_row("t_1"), b"best", b"second")

    assert thumbs(tmp_path) == {
        thumb_ref(RUN.source_id, START, "t_1", 0): b"best",
        thumb_ref(RUN.source_id, START, "t_1", 1): b"second",
    }


def test_thumbnails_follow_their_track_to_another_day(tmp_path: Path) -> None:
    track = make_track_row("t_1")
    keep(tmp_path, track, b"best")
    later = START + timedelta(days=1)

    move(tmp_path, moved_track(track, later, Clock.ARGUMENT))

    assert thumbs(tmp_path) == {thumb_ref(RUN.source_id, later, "t_1", 0): b"best"}


def test_thumbnails_of_tracks_that_are_gone_go(tmp_path: Path) -> None:
    keep(tmp_path, make_track_row("t_1"), b"one")
    keep(tmp_path, make_track_row("t_2"), b"two")

    move(tmp_path, make_track_row("t_2"))

    assert list(thumbs(tmp_path).values()) == [b"two"]


def test_other_sources_thumbnails_stay(tmp_path: Path) -> None:
    keep(tmp_path, make_track_row("t_1"), b"one")

    with Store(tmp_path).staging() as staging:
        stage_thumb_moves(staging, tmp_path, "f_other", [])
        staging.publish()

    assert list(thumbs(tmp_path).values()) == [b"one"]
