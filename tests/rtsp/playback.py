"""A video file as what an RTSP server sends: its H.264 in access units with times, and the facts for the SDP."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

SPS, PPS = 7, 8
"""NAL unit types of the parameter sets."""


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One coded picture."""

    decode_s: float
    """When it goes out, in seconds from the first."""
    shown_s: float
    """Its presentation time, in seconds from the first decode time."""
    nals: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Playback:
    """A whole clip in memory."""

    units: tuple[AccessUnit, ...]
    duration_s: float
    sps: bytes
    pps: bytes

    @property
    def format_parameters(self) -> str:
        """The `fmtp` of RFC 6184, section 8.1."""
        sets = ",".join(base64.b64encode(part).decode() for part in (self.sps, self.pps))
        return f"packetization-mode=1;profile-level-id={self.sps[1:4].hex()};sprop-parameter-sets={sets}"


def load_playback(path: Path) -> Playback:
    """The first video stream of the H.264 file at `path`."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        to_annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        packets = [part for packet in container.demux(stream) for part in to_annex_b.filter(packet) if part.size]
        base, frame_s = stream.time_base, float(1 / stream.average_rate)
        first = packets[0].dts
        units = tuple(
            AccessUnit(
                float((packet.dts - first) * base), float((packet.pts - first) * base), split_annex_b(bytes(packet))
            )
            for packet in packets
        )
    return Playback(units, units[-1].decode_s + frame_s, _parameter_set(units, SPS), _parameter_set(units, PPS))


def split_annex_b(data: bytes) -> tuple[bytes, ...]:
    """The NAL units between the start codes of `data`."""
    return tuple(part.rstrip(b"\0") for part in data.split(b"\0\0\1") if part.rstrip(b"\0"))


def _parameter_set(units: tuple[AccessUnit, ...], kind: int) -> bytes:
    return next(nal for unit in units for nal in unit.nals if nal[0] & 31 == kind)
