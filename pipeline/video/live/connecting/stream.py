"""One connection to a camera as a stream of decoded pictures with their times; hides PyAV's packets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from pipeline.errors import SourceLost
from pipeline.video.live.clock import LiveMoment, StreamClock
from pipeline.video.live.connecting.address import CameraAddress, CameraKind
from pipeline.video.live.connecting.opening import explain, open_container

Now = Callable[[], float]
"""Seconds on a clock that never jumps."""


CLOCKLESS = frozenset({"mpjpeg", "mjpeg", "jpeg_pipe"})
"""Formats whose pictures carry no time: FFmpeg counts 25 a second, however many come."""
LEAP_S = 5.0
"""What is held back until it is due begins anew when it is so late, in seconds: its source paused. So it does when it
is so early: its clock began anew, which FFmpeg may take for one that has run for a day."""


@dataclass(frozen=True, slots=True, eq=False)
class LivePicture:
    """One whole picture."""

    picture: Any  # av.VideoFrame
    moment: LiveMoment
    n_lost_before: int
    """Pictures that came damaged since the one before."""
    pixel_aspect: Fraction


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What a camera says about itself."""

    codec: str
    declared_fps: float | None


class LiveStream:
    """Reads an open camera. `beat` is called before every wait, so that somebody can see that it goes on."""

    def __init__(self, address: CameraAddress, container: Any, stream: Any, now: Now) -> None:
        self._address, self._container, self._stream, self._now = address, container, stream, now
        self._stream.thread_type = "SLICE"  # threads over several pictures would hold each back by as many
        self._clock, self._waited_s = StreamClock(), 0.0
        is_paced = address.kind is CameraKind.FILE or container.format.name == "hls"
        self._pacer = _Pacer(now) if is_paced else None
        self._has_clock = not is_paced and container.format.name not in CLOCKLESS
        rate = stream.average_rate
        self.facts = StreamFacts(stream.codec_context.name, float(rate) if rate else None)

    def read(self, stop: threading.Event, beat: Callable[[], None]) -> Iterator[LivePicture]:
        """The pictures, until `stop` is set; raises `SourceLost` when the camera sends no more."""
        n_lost = 0
        for packet in self._packets(beat):
            if stop.is_set():
                return
            pictures, n_damaged = _decode(packet)
            n_lost += n_damaged
            for picture in pictures:
                if self._pacer is not None and not self._pacer.wait_for(picture, stop):
                    return
                yield LivePicture(picture, self._moment(picture), n_lost, _pixel_aspect(self._stream))
                n_lost = 0
        raise SourceLost(f"{self._address}: the camera ended the connection")

    def _moment(self, picture: Any) -> LiveMoment:
        """What is held back until it is due, as HLS brings seconds at once, is there when it is shown."""
        return self._clock.place(_stamp_s(picture) if self._has_clock else None, self._now(), self._waited_s)

    def _packets(self, beat: Callable[[], None]) -> Iterator[Any]:
        packets = self._container.demux(self._stream)
        while True:
            beat()
            asked_s = self._now()
            try:
                packet = next(packets)
                self._waited_s = self._now() - asked_s
            except StopIteration:
                return
            except av.FFmpegError as error:
                lost = explain(self._address, error)
                break
            yield packet
        raise lost


@contextmanager
def open_camera(address: CameraAddress, now: Now) -> Iterator[LiveStream]:
    """Connect to the camera at `address`; raises `SourceRefused` or `SourceLost` with the reason."""
    with open_container(address) as (container, stream):
        yield LiveStream(address, container, stream, now)


class _Pacer:
    """Holds back the pictures of a file or of a segment until they are due."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._begin_s: float | None = None

    def wait_for(self, picture: Any, stop: threading.Event) -> bool:
        """Wait until `picture` is due; False when `stop` was set meanwhile."""
        stamp_s, now_s = _stamp_s(picture) or 0.0, self._now()
        if self._begin_s is None or abs(self._begin_s + stamp_s - now_s) > LEAP_S:
            self._begin_s = now_s - stamp_s
        return not stop.wait(max(0.0, self._begin_s + stamp_s - now_s))


def _decode(packet: Any) -> tuple[list[Any], int]:
    """The whole pictures of a packet, and how many damaged ones there were."""
    try:
        pictures = packet.decode()
    except av.FFmpegError:
        return [], 1
    whole = [picture for picture in pictures if not (picture.is_corrupt or packet.is_corrupt)]
    return whole, len(pictures) - len(whole)


def _stamp_s(picture: Any) -> float | None:
    return None if picture.pts is None else float(picture.pts * picture.time_base)


def _pixel_aspect(stream: Any) -> Fraction:
    aspect = stream.sample_aspect_ratio
    return Fraction(aspect) if aspect and Fraction(1, 8) <= aspect <= 8 else Fraction(1)
