"""The times of a camera's pictures, from a real server."""

from __future__ import annotations

import threading
import time
from itertools import islice
from pathlib import Path

import pytest

from pipeline.video.live.connecting.address import parse_address
from pipeline.video.live.connecting.stream import open_camera
from tests.pipeline.video.clips import draw_frames
from tests.rtsp.mjpeg import MjpegServer
from tests.rtsp.playlists import serving_folder, write_playlist


def test_pictures_of_a_camera_without_a_clock_were_taken_when_they_come() -> None:
    server = MjpegServer(list(draw_frames(4, (64, 48))), fps=20)
    with server, open_camera(parse_address(server.url), time.monotonic) as stream:
        moments = [live.moment for live in islice(stream.read(threading.Event(), lambda: None), 3)]

    assert [moment.lag_s for moment in moments] == [0.0, 0.0, 0.0]
    assert [moment.captured_s for moment in moments] == [moment.arrived_s for moment in moments]


@pytest.mark.slow
def test_hls_whose_clock_begins_anew_goes_on_at_its_pace(clip: Path, tmp_path: Path) -> None:
    write_playlist(clip, tmp_path / "old.m3u8", begin_s=70)
    write_playlist(clip, tmp_path / "new.m3u8")
    old, new = ((tmp_path / name).read_text().splitlines() for name in ("old.m3u8", "new.m3u8"))
    begin = next(number for number, line in enumerate(old) if line.startswith("#EXTINF"))
    (tmp_path / "anew.m3u8").write_text("\n".join([*old[: begin + 2], "#EXT-X-DISCONTINUITY", *new[begin:]]))
    stop = threading.Event()
    patience = threading.Timer(5, stop.set)
    patience.start()

    with serving_folder(tmp_path) as url, open_camera(parse_address(f"{url}/anew.m3u8"), time.monotonic) as stream:
        pictures = list(islice(stream.read(stop, lambda: None), 45))
    patience.cancel()

    assert len(pictures) == 45
