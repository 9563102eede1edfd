"""What a camera's thread has read and nobody has taken yet: bounded in bytes, by giving up the oldest pictures."""

from __future__ import annotations

import threading
from collections import deque

from pipeline.video.live.account import Fate, LiveAccount
from pipeline.video.live.chunks import LiveChunk

MAX_CHUNKS = 20_000
"""More chunks than this, even without pictures, mean that nobody will come (an hour at 5 samples a second)."""


class Outbox:
    """Chunks in order; one thread puts, another takes."""

    def __init__(self, max_bytes: int, account: LiveAccount) -> None:
        self._max_bytes, self._account = max_bytes, account
        self._chunks: deque[LiveChunk] = deque()
        self._n_bytes = 0
        self._changed = threading.Condition()
        self._is_closed = False

    @property
    def fill(self) -> float:
        """0 (empty) to 1 (the next picture costs the oldest one)."""
        with self._changed:
            return min(1.0, self._n_bytes / self._max_bytes)

    @property
    def is_overrun(self) -> bool:
        """Whether it holds more than anybody will ever take."""
        with self._changed:
            return len(self._chunks) >= MAX_CHUNKS

    @property
    def is_finished(self) -> bool:
        """Whether it is closed and empty."""
        with self._changed:
            return self._is_closed and not self._chunks

    def put(self, chunk: LiveChunk) -> None:
        """Add a chunk; the pictures of the oldest go when there are too many bytes, and their cells stay as DROPPED."""
        with self._changed:
            self._chunks.append(chunk)
            self._n_bytes += chunk.n_bytes
            self._make_room()
            self._changed.notify_all()

    def take(self, wait_s: float) -> LiveChunk | None:
        """The oldest chunk; None when there is none within `wait_s` seconds, or none will come."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._chunks) or self._is_closed, wait_s)
            if not self._chunks:
                return None
            chunk = self._chunks.popleft()
            self._n_bytes -= chunk.n_bytes
            return chunk

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _make_room(self) -> None:
        """Keep the newest chunk whole, however large it is."""
        for place in range(len(self._chunks) - 1):
            if self._n_bytes <= self._max_bytes:
                return
            chunk = self._chunks[place]
            if chunk.n_pictures:
                self._n_bytes -= chunk.n_bytes
                self._account.move_cells(chunk.n_pictures, Fate.NO_CREDIT)
                self._chunks[place] = chunk.without_pictures()
