"""An RTSP server like a camera's, with the faults of one at command; runs in an asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from dataclasses import dataclass, field

from tests.rtsp.packets import Packetizer
from tests.rtsp.playback import AccessUnit, Playback
from tests.rtsp.protocol import Login, Request, read_request

LINGER_S = 0.05
"""Between two looks whether a frozen server may go on, in seconds."""


@dataclass(slots=True)
class Behaviour:
    """What the server does now; tests change it from outside, and sessions look at it before every picture."""

    playback: Playback
    login: Login | None = None
    pace: float = 1.0
    """Seconds of media a second."""
    loop: bool = True
    frozen: bool = False
    """Keeps connections, and says nothing."""
    answer_delay_s: float = 0.0
    garbage: int = 0
    """Pictures still to be sent as random bytes."""
    babble: bool = False
    """Send bytes that are no protocol at all."""


@dataclass(slots=True)
class Position:
    """How far the sending to one client has come."""

    lap_begins_s: float = 0.0
    """Media seconds of all laps before this one."""
    clip: Playback | None = None
    place: int = 0


@dataclass(slots=True, eq=False)
class Session:
    """One client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    behaviour: Behaviour
    sent_at: dict[int, float]
    packetizer: Packetizer = field(default_factory=lambda: Packetizer(random.getrandbits(32)))
    datagrams: socket.socket | None = None
    player: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answer requests until the client leaves."""
        try:
            while True:
                request = await read_request(self.reader)
                await self._pause()
                self.writer.write(self._answer(request))
                await self.writer.drain()
                if request.method == "PLAY":
                    self.player = asyncio.create_task(self._play())
                if request.method == "TEARDOWN":
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.close()
            if self.player is not None:
                await asyncio.gather(self.player, return_exceptions=True)

    def close(self) -> None:
        if self.player is not None:
            self.player.cancel()
        if self.datagrams is not None:
            self.datagrams.close()
        self.writer.transport.abort()

    async def _pause(self) -> None:
        await asyncio.sleep(self.behaviour.answer_delay_s)
        while self.behaviour.frozen:
            await asyncio.sleep(LINGER_S)

    def _answer(self, request: Request) -> bytes:
        login = self.behaviour.login
        if login is not None and request.method != "OPTIONS" and not login.admits(request):
            return request.answer("401 Unauthorized", {"WWW-Authenticate": login.challenge})
        if request.method == "OPTIONS":
            return request.answer(headers={"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"})
        if not request.url.split("?")[0].rstrip("/").removesuffix("/track0").endswith("/live"):
            return request.answer("404 Not Found")
        if request.method == "DESCRIBE":
            return request.answer(
                headers={"Content-Type": "application/sdp", "Content-Base": request.url + "/"}, body=self._sdp()
            )
        if request.method == "SETUP":
            return request.answer(headers={"Session": "1;timeout=60", "Transport": self._set_up(request)})
        return request.answer(headers={"Session": "1"})

    def _sdp(self) -> str:
        return (
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\na=control:*\r\n"
            "m=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 H264/90000\r\n"
            f"a=fmtp:96 {self.behaviour.playback.format_parameters}\r\na=control:track0\r\n"
        )

    def _set_up(self, request: Request) -> str:
        wanted = request.headers["transport"].split(",")[0]
        if "interleaved" in wanted or "TCP" in wanted:
            return "RTP/AVP/TCP;unicast;interleaved=0-1"
        port = int(wanted.partition("client_port=")[2].partition("-")[0])
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", 0))
        self.datagrams.connect((self.writer.get_extra_info("peername")[0], port))
        own = self.datagrams.getsockname()[1]
        return f"RTP/AVP;unicast;client_port={port}-{port + 1};server_port={own}-{own + 1}"

    async def _play(self) -> None:
        began, at = time.monotonic(), Position()
        with contextlib.suppress(ConnectionError):
            while (unit := self._next_unit(at)) is not None:
                due = began + (at.lap_begins_s + unit.decode_s) / self.behaviour.pace
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if self.behaviour.frozen:
                    await self._pause()
                    began += time.monotonic() - due
                await self._send(unit, at.lap_begins_s + unit.shown_s)
        self.close()

    def _next_unit(self, at: Position) -> AccessUnit | None:
        """The next picture; a new clip, or a clip that is over, begins a new lap."""
        playback = self.behaviour.playback
        if at.clip is not None and (at.clip is not playback or at.place == len(playback.units)):
            if at.clip is playback and not self.behaviour.loop:
                return None
            at.lap_begins_s += at.clip.units[at.place - 1].decode_s + at.clip.duration_s / len(at.clip.units)
            at.place = 0
        at.clip = playback
        at.place += 1
        return playback.units[at.place - 1]

    async def _send(self, unit: AccessUnit, shown_s: float) -> None:
        self.sent_at[round(unit.shown_s * 1000)] = time.time()
        nals = unit.nals
        if self.behaviour.babble:
            self.writer.write(random.randbytes(4096))
        if self.behaviour.garbage:
            self.behaviour.garbage -= 1
            nals = tuple(nal[:1] + random.randbytes(len(nal)) for nal in nals)
        for packet in self.packetizer.packets(nals, shown_s):
            self._send_packet(packet)
        await self.writer.drain()

    def _send_packet(self, packet: bytes) -> None:
        if self.datagrams is not None:
            with contextlib.suppress(ConnectionError):
                self.datagrams.send(packet)
            return
        self.writer.write(b"$\0" + len(packet).to_bytes(2) + packet)
