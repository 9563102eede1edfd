"""Clips of sightings: cut one after the other by a process of their own, and kept until there are too many.

desk = ClipDesk(folder)
desk.clip(key) -> ClipState      what is there, or where it stands; asking keeps a clip from being forgotten
desk.order(ClipOrder)            once; asking for the same again changes nothing
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
from fastapi import Request

from dashboards.web.rendering import site_of
from dashboards.web.timeline.clip_orders import ClipOrder

logger = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024 * 1024
"""Of all clips together; those that nobody looked at for the longest time go first."""

LONGEST_CUT_S = 180.0
"""A cutter that takes longer is ended, in seconds."""

MOST_WAITING = 20
"""Orders that may wait; more are refused, and can be placed again."""

COMMAND = (sys.executable, "-m", "dashboards.web.timeline.cutter")

Cut = Callable[[ClipOrder], None]


@dataclass(frozen=True, slots=True)
class ClipState:
    """How far a clip is."""

    video: Path | None = None
    still: Path | None = None
    """The best moment; None also beside a clip when it was not found."""
    is_coming: bool = False
    problem: str | None = None


class ClipDesk:
    """The clips of one data folder."""

    def __init__(self, folder: Path, cut: Cut | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._cut = cut or cut_apart
        self._most_bytes = most_bytes
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="clips")

    def clip(self, key: str) -> ClipState:
        """What is there of a clip."""
        video, still, problem = (self.folder / f"{key}.{suffix}" for suffix in ("mp4", "jpg", "txt"))
        if video.is_file():
            os.utime(video)
            return ClipState(video=video, still=still if still.is_file() else None)
        if problem.is_file():
            return ClipState(problem=problem.read_text("utf-8"))
        return ClipState(is_coming=key in self._waiting)

    def order(self, order: ClipOrder) -> ClipState:
        """Have a clip cut, unless it is there, or on its way; an earlier failure is tried again."""
        with self._lock:
            state = self.clip(order.key)
            if state.video or state.is_coming:
                return state
            if len(self._waiting) >= MOST_WAITING:
                return ClipState(problem="Too many clips are being cut; try again in a minute.")
            self.folder.mkdir(parents=True, exist_ok=True)
            order.path("txt").unlink(missing_ok=True)
            self._waiting.add(order.key)
        self._worker.submit(self._carry_out, order)
        return ClipState(is_coming=True)

    def _carry_out(self, order: ClipOrder) -> None:
        try:
            self._cut(order)
            self._forget_oldest()
        finally:
            self._waiting.discard(order.key)

    def _forget_oldest(self) -> None:
        kept = 0
        clips = [(path.stat().st_mtime, path.stat().st_size, path) for path in self.folder.glob("*.mp4")]
        for _, n_bytes, path in sorted(clips, reverse=True):
            kept += n_bytes
            if kept > self._most_bytes:
                path.unlink(missing_ok=True)
                path.with_suffix(".jpg").unlink(missing_ok=True)


def cut_apart(order: ClipOrder) -> None:
    """Carry out an order in a process of its own; whatever becomes of it, there is a clip or a reason."""
    try:
        done = subprocess.run(
            COMMAND, input=msgspec.json.encode(order), timeout=LONGEST_CUT_S, capture_output=True, check=False
        )
        problem = "" if done.returncode == 0 else "The clip could not be cut."
        if problem:
            logger.warning("the cutter ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-500:])
    except subprocess.TimeoutExpired:
        problem = f"Cutting took longer than {LONGEST_CUT_S:.0f} s."
    if problem:
        order.path("txt").write_text(problem, encoding="utf-8")


def desk_of(request: Request) -> ClipDesk:
    """The desk of the application; the first one to ask opens it."""
    state = request.app.state
    if not hasattr(state, "clip_desk"):
        state.clip_desk = ClipDesk(site_of(request).data_dir / "cache" / "clips")
    desk: ClipDesk = state.clip_desk
    return desk
