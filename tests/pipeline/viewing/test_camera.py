"""Looking at a real RTSP server that goes away, comes back, and knows nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.embedding import FaceEmbedder
from pipeline.errors import SourceLost, SourceRefused
from pipeline.faces.alignment import ALIGNMENTS
from pipeline.faces.finding import FaceFinder
from pipeline.options import AnalysisOptions, SamplingOptions
from pipeline.video.live.connecting.address import parse_address
from pipeline.video.writing import WritingOptions, write_video
from pipeline.viewing.camera import view_camera
from pipeline.viewing.naming import Naming
from pipeline.viewing.viewer import Look, ViewedFrame
from tests.builders import make_policy
from tests.builders_faces import ColourEncoder, ScriptedDetector, make_detections
from tests.pipeline.video.clips import draw_frames
from tests.rtsp.protocol import Login
from tests.rtsp.running import RtspServer

FPS = 10.0
ALMOST_GREY = 10
"""Least difference between the channels of a pixel that is a colour; the words' paper is not quite grey."""
NOBODY_SEEN = ScriptedDetector((make_detections(),) * 16)
OFTEN_WHOLE = WritingOptions(codec_options={"g": "12", "bf": "0"})


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("view") / "clip.mp4"
    write_video(path, draw_frames(50, size_wh=(160, 96)), 25, OFTEN_WHOLE)
    return path


@pytest.fixture
def server(clip: Path) -> Iterator[RtspServer]:
    with RtspServer.of(clip) as running:
        yield running


def view(url: str, stop: threading.Event) -> Iterator[ViewedFrame]:
    options = AnalysisOptions()
    finder = FaceFinder(NOBODY_SEEN, ALIGNMENTS["arcface-112"], options.encoding)
    look = Look(finder, FaceEmbedder(ColourEncoder()), Naming(None, make_policy(), options.tracking))
    return view_camera(parse_address(url), "door", SamplingOptions(fps=FPS), look, stop)


def take_while(frames: Iterator[ViewedFrame], *, is_away: bool) -> list[ViewedFrame]:
    """The pictures up to the first that is no longer so, with it."""
    taken = []
    for frame in frames:
        taken.append(frame)
        if (frame.problem is not None) is not is_away:
            return taken
    raise AssertionError("there are no more pictures")


@pytest.mark.slow
def test_camera_that_comes_back_is_seen_again_and_its_last_picture_says_so_meanwhile(server: RtspServer) -> None:
    stop = threading.Event()
    frames = view(server.url, stop)
    first = next(frames)

    server.kill()
    gone = take_while(frames, is_away=False)
    server.restart()
    back = take_while(frames, is_away=True)
    stop.set()
    list(frames)  # it ends

    seen = [first, *gone, *back]
    assert "ended the connection" in (gone[-1].problem or "") or "cannot be read" in (gone[-1].problem or "")
    assert np.ptp(gone[-1].frame_bgr, axis=2).max() < ALMOST_GREY
    assert back[-1].problem is None
    assert all(later.media_s > earlier.media_s for earlier, later in pairwise(seen))


@pytest.mark.slow
def test_looking_ends_at_once_while_the_camera_is_away(server: RtspServer) -> None:
    stop = threading.Event()
    frames = view(server.url, stop)
    next(frames)
    server.kill()
    take_while(frames, is_away=False)

    stop.set()

    assert list(frames) == []


@pytest.mark.slow
def test_camera_that_refuses_at_first_is_not_tried_again(server: RtspServer) -> None:
    server.behaviour.login = Login("viewer", "s3cret")

    with pytest.raises(SourceRefused, match="password is wrong"):
        next(view(server.url_as("viewer", "wrong"), threading.Event()))

    assert server.n_connections == 1


@pytest.mark.slow
def test_camera_that_is_not_there_at_first_is_told(server: RtspServer) -> None:
    server.kill()

    with pytest.raises(SourceLost, match="refused"):
        next(view(server.url, threading.Event()))
