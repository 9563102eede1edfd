"""The footage of the bench: a minute of 720p video repeated by copying its packets, and pictures out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from pipeline.sample.making import make_sample
from pipeline.schemas import ImageU8

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLING_FPS = 5.0
"""The default of `SamplingOptions`; everything that is compared samples alike."""


@dataclass(frozen=True, slots=True)
class Footage:
    """What is measured on."""

    name: str
    video: Path
    gallery: Path
    seconds: float

    @property
    def n_samples(self) -> int:
        return int(self.seconds * SAMPLING_FPS)


def prepare_footage(folder: Path, seconds: float) -> Footage:
    """Some `seconds` of 720p footage with its gallery, kept in `folder`: of the open data, else of the sample."""
    open_data = Path(os.environ.get("FACETRAIL_OPEN_DATA", REPOSITORY.parent / "shared" / "data" / "open"))
    clip = open_data / "synthetic" / "synthetic_open.mp4"
    if clip.is_file():
        return _repeated(clip, open_data / "gallery" / "friends", folder, seconds)
    sample = make_sample(folder / "sample", folder / "sample" / ".pictures")
    return _repeated(sample.video, sample.gallery, folder, seconds)


def read_samples(video: Path) -> Iterator[ImageU8]:
    """The pictures of a video at the sampling rate, decoded in the plainest way: `(3 h / 2, w)` uint8 I420."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        next_cell = 0
        for frame in container.decode(stream):
            cell = int(float(frame.time or 0.0) * SAMPLING_FPS + 1e-6)
            if cell >= next_cell:
                next_cell = cell + 1
                yield np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)


def _repeated(clip: Path, gallery: Path, folder: Path, seconds: float) -> Footage:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{clip.stem}_{seconds:g}s.mp4"
    if not target.is_file():
        partial = target.with_suffix(".partial.mp4")
        _repeat_packets(clip, partial, seconds)
        partial.replace(target)
    with av.open(str(target)) as container:
        length = float(Fraction(container.duration or 0, av.time_base))
    return Footage(clip.stem, target, gallery, length)


def _repeat_packets(clip: Path, target: Path, seconds: float) -> None:
    """Write the clip again and again until `seconds` are full, without decoding anything."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as output:
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        last = int(seconds / (stream.time_base or Fraction(1, av.time_base)))
        for packet in _endless_packets(source, stream):
            if (packet.dts or 0) >= last:
                return
            packet.stream = copy
            output.mux(packet)


def _endless_packets(source: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """The packets of a stream, round after round, with their times going on."""
    offset = 0
    while True:
        end = offset
        for packet in source.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue  # the mark at the end of a stream
            packet.dts, packet.pts = packet.dts + offset, packet.pts + offset
            end = max(end, packet.pts + (packet.duration or 0))
            yield packet
        offset = end
        source.seek(0)
