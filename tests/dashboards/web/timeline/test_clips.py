"""Clips are cut once, told apart by content, refused when the footage is another, and forgotten when there are many."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from dashboards.web.timeline.clip_orders import ClipOrder
from dashboards.web.timeline.clips import ClipDesk, ClipState
from dashboards.web.timeline.cutter import carry_out
from pipeline.video.identity import footage_source_id
from pipeline.video.writing import write_video
from tests.pipeline.video.clips import draw_frames


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of drawn pictures."""
    path = tmp_path_factory.mktemp("footage") / "drawn.mp4"
    write_video(path, draw_frames(50), 25)
    return path


@pytest.fixture
def footage(drawn: Path, tmp_path: Path) -> Path:
    """The same in a file of the test's own."""
    return Path(shutil.copy(drawn, tmp_path / "footage.mp4"))


def make_order(folder: Path, footage: Path, key: str = "clip") -> ClipOrder:
    """An order for a second of footage."""
    return ClipOrder(
        key=key,
        folder=str(folder),
        source_id=footage_source_id(footage),
        footage=str(footage),
        start_s=0.0,
        end_s=1.0,
        rotation=None,
        faces=(),
    )


def wait_for(desk: ClipDesk, key: str) -> ClipState:
    """The state once nothing is on its way."""
    done = threading.Event()
    desk._worker.submit(done.set)  # behind all orders
    assert done.wait(20)
    return desk.clip(key)


def test_clip_is_cut_and_found_again(tmp_path: Path, footage: Path) -> None:
    desk = ClipDesk(tmp_path / "clips", carry_out)
    order = make_order(tmp_path / "clips", footage)

    assert desk.order(order).is_coming
    assert wait_for(desk, "clip").video == tmp_path / "clips" / "clip.mp4"
    assert desk.order(order).video


def test_changed_footage_is_told(tmp_path: Path, footage: Path) -> None:
    order = make_order(tmp_path, footage)
    footage.write_bytes(footage.read_bytes() + b"more")
    desk = ClipDesk(tmp_path, carry_out)

    desk.order(order)

    assert "has changed since" in (wait_for(desk, "clip").problem or "")


def test_footage_that_went_away_is_told(tmp_path: Path, footage: Path) -> None:
    order = make_order(tmp_path, footage)
    footage.unlink()
    desk = ClipDesk(tmp_path, carry_out)

    desk.order(order)

    assert "no longer where it was" in (wait_for(desk, "clip").problem or "")


def test_clips_looked_at_longest_ago_are_forgotten(tmp_path: Path, footage: Path) -> None:
    desk = ClipDesk(tmp_path / "clips", carry_out, most_bytes=1)
    desk.order(make_order(tmp_path / "clips", footage, "first"))

    assert wait_for(desk, "first") == ClipState()


@pytest.mark.slow
def test_broken_footage_ends_the_cutter_and_not_the_pages(tmp_path: Path) -> None:
    footage = tmp_path / "broken.mp4"
    footage.write_bytes(b"no video")
    desk = ClipDesk(tmp_path)

    desk.order(make_order(tmp_path, footage))

    assert "no video" in (wait_for(desk, "clip").problem or "")
