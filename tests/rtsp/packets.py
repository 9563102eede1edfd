"""H.264 in RTP packets: RFC 3550 headers, RFC 6184 single and fragmented NAL units."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
MAX_PAYLOAD = 1400
"""Bytes, so that a datagram fits an Ethernet frame."""
FRAGMENT = 28
"""NAL unit type of FU-A."""


@dataclass(slots=True)
class Packetizer:
    """Numbers and stamps the packets of one session."""

    ssrc: int
    sequence: int = 0
    clock_offset: int = 0
    """RTP time of presentation time 0, in ticks."""

    def packets(self, nals: tuple[bytes, ...], shown_s: float) -> Iterator[bytes]:
        """The packets of one access unit; the last has the marker."""
        payloads = [payload for nal in nals for payload in _fragments(nal)]
        for place, payload in enumerate(payloads, start=1):
            yield self._header(shown_s, marker=place == len(payloads)) + payload

    def _header(self, shown_s: float, *, marker: bool) -> bytes:
        stamp = (self.clock_offset + round(shown_s * CLOCK_HZ)) & 0xFFFFFFFF
        header = struct.pack("!BBHII", 0x80, marker << 7 | PAYLOAD_TYPE, self.sequence, stamp, self.ssrc)
        self.sequence = (self.sequence + 1) & 0xFFFF
        return header


def _fragments(nal: bytes) -> Iterator[bytes]:
    if len(nal) <= MAX_PAYLOAD:
        yield nal
        return
    indicator, kind = nal[0] & 0xE0 | FRAGMENT, nal[0] & 31
    parts = [nal[start : start + MAX_PAYLOAD - 2] for start in range(1, len(nal), MAX_PAYLOAD - 2)]
    for place, part in enumerate(parts):
        edges = (place == 0) << 7 | (place == len(parts) - 1) << 6
        yield bytes((indicator, edges | kind)) + part
