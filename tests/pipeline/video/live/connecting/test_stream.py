"""The times of a camera's pictures, from a real server."""

from __future__ import annotations

import threading
import time
from itertools import islice

from pipeline.video.live.connecting.address import parse_address
from pipeline.video.live.connecting.stream import open_camera
from tests.pipeline.video.clips import draw_frames
from tests.rtsp.mjpeg import MjpegServer


def test_pictures_of_a_camera_without_a_clock_were_taken_when_they_come() -> None:
    server = MjpegServer(list(draw_frames(4, (64, 48))), fps=20)
    with server, open_camera(parse_address(server.url), time.monotonic) as stream:
        moments = [live.moment for live in islice(stream.read(threading.Event(), lambda: None), 3)]

    assert [moment.lag_s for moment in moments] == [0.0, 0.0, 0.0]
    assert [moment.captured_s for moment in moments] == [moment.arrived_s for moment in moments]
