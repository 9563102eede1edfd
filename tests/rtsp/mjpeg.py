"""A camera that sends JPEGs over HTTP, one after the other (multipart/x-mixed-replace)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import cycle
from typing import Self

import cv2

from pipeline.schemas import ImageU8
from tests.rtsp.running import LoopThread

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\nConnection: close\r\n\r\n"


@dataclass(slots=True, eq=False)
class MjpegServer:
    """Serves `frames_bgr`, `fps` a second, over and over; a context manager."""

    frames_bgr: list[ImageU8]
    fps: float = 25.0
    port: int = 0
    _thread: LoopThread = field(default_factory=LoopThread)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/video.mjpg"

    def __enter__(self) -> Self:
        self._thread.start()
        self._thread.call(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.call(self._close)
        self._thread.stop()

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            asked = await reader.readuntil(b"\r\n\r\n")
            if b"/video.mjpg" not in asked.split(b"\r\n")[0]:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                return
            writer.write(HEAD)
            await self._send(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        for frame_bgr in cycle(self.frames_bgr):
            jpeg = cv2.imencode(".jpg", frame_bgr)[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            writer.write(head.encode() + jpeg + b"\r\n")
            await writer.drain()
            await asyncio.sleep(1 / self.fps)

    async def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for writer in list(self._writers):
            writer.transport.abort()
        while self._writers:
            await asyncio.sleep(0.001)
