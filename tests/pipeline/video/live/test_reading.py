"""A connection to a real server, through everything that cameras do to us."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import SourceLost
from pipeline.options import SamplingOptions
from pipeline.schemas import LeftOut, SampleState
from pipeline.video.live.account import Fate
from pipeline.video.live.connecting.address import RtspTransport, parse_address
from pipeline.video.live.reading import LiveReader, ReadingLimits, ThreadLedger
from tests.pipeline.video.clips import MakeClip, draw_frames
from tests.pipeline.video.live.live_pictures import (
    FPS,
    RUN,
    cells_of,
    near,
    read_to_end,
    read_until,
    reading,
    take_chunks,
)
from tests.rtsp.mjpeg import MjpegServer
from tests.rtsp.playlists import serving_folder, write_playlist
from tests.rtsp.running import RtspServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("transport", RtspTransport)
def test_camera_is_read_as_chunks_on_a_grid(clip: Path, transport: RtspTransport) -> None:
    before = datetime.now(UTC)
    with RtspServer.of(clip) as server, reading(near(server.url, transport=transport)) as reader:
        chunks = take_chunks(reader, 5)

    cells, arrivals = cells_of(chunks), [chunk.arrived_at for chunk in chunks if chunk.arrived_at]
    assert [chunk.number for chunk in chunks] == [0, 1, 2, 3, 4]
    assert [cell.index for cell in cells] == list(range(10))
    assert all(round(cell.media_s * FPS) == cell.index for cell in cells)
    assert {(chunk.run, chunk.frame_size_wh) for chunk in chunks} == {(RUN, (320, 180))}
    assert len(arrivals) == 5
    assert before < min(arrivals) <= max(arrivals) < datetime.now(UTC)
    assert arrivals == sorted(arrivals)


def test_camera_says_what_it_is(clip: Path) -> None:
    before = datetime.now(UTC)
    with RtspServer.of(clip) as server:
        address = near(server.url)
        with LiveReader(address, SamplingOptions(), ThreadLedger(), threading.Event()) as reader:
            info = reader.open()

    assert (info.size_wh, info.codec, info.declared_fps) == ((320, 180), "h264", 25)
    assert before - timedelta(seconds=1) < info.connected_at <= datetime.now(UTC)


def test_mjpeg_over_http_is_read() -> None:
    with MjpegServer(list(draw_frames(10, (320, 180)))) as server, reading(near(server.url)) as reader:
        chunks = take_chunks(reader, 3)

    assert [frame.size_wh for chunk in chunks for frame in chunk.frames][:2] == [(320, 180)] * 2


def test_hls_is_read_at_the_pace_of_its_pictures(clip: Path, tmp_path: Path) -> None:
    write_playlist(clip, tmp_path / "live.m3u8")
    with serving_folder(tmp_path) as url, reading(near(f"{url}/live.m3u8")) as reader:
        begin_s = reader._now()
        cells = cells_of(take_chunks(reader, 6))
        took_s = reader._now() - begin_s

    assert [cell.index for cell in cells] == list(range(12))
    assert took_s > 0.9


def test_file_is_played_at_its_own_pace_and_then_lost(make_clip: MakeClip) -> None:
    path = make_clip("second.mp4", 25, size_wh=(320, 180))
    with reading(parse_address(f"file:{path}")) as reader:
        begin = reader._now()
        chunks, ended, _ = read_to_end(reader)
        took_s = reader._now() - begin

    assert took_s > 0.8
    assert len(cells_of(chunks)) == pytest.approx(10, abs=1)
    assert ended.n_chunks == chunks[-1].number + 1


def test_killed_server_ends_the_run_and_is_a_loss(clip: Path) -> None:
    with RtspServer.of(clip) as server, reading(near(server.url)) as reader:
        take_chunks(reader, 1)
        server.kill()
        _, ended, lost = read_to_end(reader)

    assert ended.problem == str(lost)
    assert "ended the connection" in str(lost)


def test_frozen_camera_is_given_up_and_its_silence_is_told(clip: Path) -> None:
    with RtspServer.of(clip) as server, reading(near(server.url, read_timeout_s=1.5)) as reader:
        take_chunks(reader, 1)
        server.behaviour.frozen = True
        chunks, _, lost = read_to_end(reader)
        counts = reader.counts()

    assert "no answer in time" in str(lost)
    assert counts.cells[Fate.SILENT] >= 10
    assert (chunks[-1].samples[-1].state, chunks[-1].samples[-1].reason) == (SampleState.FAILED, LeftOut.SILENT)


def test_garbage_is_told_as_failed_and_reading_goes_on(clip: Path) -> None:
    with RtspServer.of(clip) as server, reading(near(server.url)) as reader:
        take_chunks(reader, 1)
        server.behaviour.garbage = 8
        read_until(reader, lambda chunk: any(cell.state is SampleState.FAILED for cell in chunk.samples))
        after = read_until(reader, lambda chunk: len(chunk.frames) == len(chunk.samples))
        counts = reader.counts()

    assert after[-1].frames
    assert counts.n_damaged > 0
    assert counts.cells[Fate.DAMAGED] > 0


def test_bytes_that_are_no_protocol_leave_a_grid_without_gaps(clip: Path) -> None:
    chunks = []
    with RtspServer.of(clip) as server, reading(near(server.url, read_timeout_s=1.0)) as reader:
        take_chunks(reader, 1)
        server.behaviour.babble = True
        with suppress(SourceLost):  # FFmpeg finds its way back, or it does not
            chunks = take_chunks(reader, 10)

    assert [cell.index for cell in cells_of(chunks)] == list(range(2, 2 + len(cells_of(chunks))))


def test_camera_may_change_the_size_of_its_pictures(clip: Path, wide_clip: Path) -> None:
    with RtspServer.of(clip) as server, reading(near(server.url)) as reader:
        before = take_chunks(reader, 1)
        server.switch(wide_clip)
        after = read_until(reader, lambda chunk: chunk.frame_size_wh == (480, 270))

    assert before[0].frame_size_wh == (320, 180)
    assert {frame.size_wh for frame in after[-1].frames} == {(480, 270)}
    assert any(cell.starts_shot for cell in cells_of(after))


def test_stop_ends_the_run_without_a_problem_even_when_the_camera_is_silent(clip: Path) -> None:
    stop = threading.Event()
    with RtspServer.of(clip) as server, reading(near(server.url, read_timeout_s=1.0), stop=stop) as reader:
        server.behaviour.frozen = True
        stop.set()
        *_, ended = reader.read(RUN)

    assert ended.problem is None  # type: ignore[union-attr]


def test_thread_that_hangs_is_left_behind_and_counted(clip: Path) -> None:
    ledger, limits = ThreadLedger(), ReadingLimits(grace_s=-9.8)  # hangs long before its own timeouts
    with RtspServer.of(clip) as server:
        server.behaviour.frozen = True
        reader = LiveReader(near(server.url), SamplingOptions(), ledger, threading.Event(), limits)

        with pytest.raises(SourceLost, match="hangs"), reader:
            reader.open()

        (left,) = ledger.living()
        server.kill()
        left.join(10)
    assert ledger.living() == []


def test_slow_taker_loses_the_oldest_and_every_cell_is_told(clip: Path) -> None:
    limits = ReadingLimits(kept_bytes=2 * 320 * 180 * 3 // 2)
    with RtspServer.of(clip, loop=False) as server, reading(near(server.url), limits=limits) as reader:
        reader._thread.join(20)  # nothing is taken until the camera is through
        chunks, *_ = read_to_end(reader)
        counts = reader.counts()

    dropped = [cell for cell in cells_of(chunks) if cell.state is SampleState.DROPPED]
    assert counts.n_cells == len(cells_of(chunks))
    assert counts.in_state(SampleState.DROPPED) == len(dropped)
    assert counts.cells[Fate.SLOWED] > 0
    assert counts.cells[Fate.NO_CREDIT] > 0
    assert Counter(cell.reason for cell in dropped) == {
        LeftOut(fate.value): counts.cells[fate] for fate in (Fate.SLOWED, Fate.NO_CREDIT)
    }
    assert sum(len(chunk.frames) for chunk in chunks) <= 2
