"""Test servers in a thread of their own: started and ended, killed and started again from a test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.rtsp.playback import load_playback
from tests.rtsp.protocol import Login
from tests.rtsp.server import Behaviour, Session

START_S = 10.0
"""Longest wait for the loop's thread, in seconds."""


@dataclass(slots=True, eq=False)
class LoopThread:
    """An asyncio loop in a thread."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self.loop.run_forever, name="test server", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """What `work` returns, run in the loop."""

        async def run() -> Any:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(START_S)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        if self._thread is not None:
            self._thread.join(START_S)
        self.loop.close()


@dataclass(slots=True, eq=False)
class RtspServer:
    """A camera on 127.0.0.1; as a context manager it lives as long as its block.

    `behaviour` may be changed at any moment. `sent_at` maps media milliseconds of the clip to the Unix time at which
    the picture last went out.
    """

    behaviour: Behaviour
    port: int = 0
    sent_at: dict[int, float] = field(default_factory=dict)
    n_connections: int = 0
    _thread: LoopThread = field(default_factory=LoopThread)
    _listener: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None] | None] = field(default_factory=set)

    @classmethod
    def of(cls, clip: Path, *, port: int = 0, login: Login | None = None, loop: bool = True, pace: float = 1.0) -> Self:
        """A server that plays `clip`."""
        return cls(Behaviour(load_playback(clip), login, pace=pace, loop=loop), port)

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/live"

    def url_as(self, user: str, password: str) -> str:
        return f"rtsp://{user}:{password}@127.0.0.1:{self.port}/live"

    def switch(self, clip: Path) -> None:
        """Go on with another clip, in the same connections."""
        self.behaviour.playback = load_playback(clip)

    def kill(self) -> None:
        """Drop every connection and take no more."""
        self._thread.call(self._close)

    def restart(self) -> None:
        """Listen again, at the same port."""
        self._thread.call(self._listen)

    def __enter__(self) -> Self:
        self._thread.start()
        self._thread.call(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._thread.stop()

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.n_connections += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            await Session(reader, writer, self.behaviour, self.sent_at).serve()
        except asyncio.CancelledError:  # killed; asyncio would report it as unhandled
            return
        finally:
            self._tasks.discard(task)

    async def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        tasks = [task for task in self._tasks if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
