"""The wall: one reader of what cameras show for all browsers of this process, at work only while somebody looks."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dashboards.web.live.shots import Joining, Shot
from pipeline.errors import SettingsError, TransportLost
from workers.timing import Every
from workers.wire.event_log import FIRST
from workers.wire.views import LOOK_S, Picture, Views

logger = logging.getLogger(__name__)

WAIT_S = 0.2
"""Longest wait for something new, in seconds; also until a camera that somebody begins to look at is read."""
AWAY_S = 1.0
"""Between two attempts while the server is away, in seconds."""
FRESH_S = 5.0
"""What was shown longer ago, in seconds, is no longer what there is to see."""


@dataclass(slots=True, eq=False)
class Glance:
    """One browser that looks at some cameras. It is given the newest shot of each: one that is slow misses some."""

    cameras: frozenset[str]
    width: int
    wake: Callable[[], None]
    """Called by another thread when there is something to take."""
    _new: dict[str, Shot] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, shot: Shot) -> None:
        """Let this be what there is to see of its camera."""
        with self._lock:
            self._new[shot.camera] = shot.after(self._new.get(shot.camera))
        self.wake()

    def take(self) -> list[Shot]:
        """What is new since the last time."""
        with self._lock:
            taken, self._new = list(self._new.values()), {}
        return taken


class Wall:
    """What the cameras of a site show. May be used by any thread."""

    def __init__(self, connect: Callable[[], Views]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._glances: list[Glance] = []
        self._latest: dict[str, tuple[Shot, float]] = {}
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @contextmanager
    def looking(self, cameras: Sequence[str], width: int, wake: Callable[[], None]) -> Iterator[Glance]:
        """Look at these cameras, in pictures `width` pixels wide, for as long as the block lasts."""
        glance = Glance(frozenset(cameras), width, wake)
        with self._lock:
            self._glances.append(glance)
            known = [self._latest[camera][0] for camera in cameras if self._is_fresh(camera)]
            self._start()
        try:
            for shot in known:
                glance.give(shot)
            yield glance
        finally:
            with self._lock:
                self._glances.remove(glance)

    def last(self, camera: str) -> Picture | None:
        """The last picture of a camera that went away; None while there is none. Raises `TransportLost`."""
        views = self._connect()
        try:
            return views.last(camera)
        finally:
            views.close()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="wall", daemon=True)
            self._thread.start()

    def _is_fresh(self, camera: str) -> bool:
        return camera in self._latest and time.monotonic() - self._latest[camera][1] < FRESH_S

    def _run(self) -> None:
        reading = _Reading(self._connect())
        try:
            while widths := self._widths():
                try:
                    self._give(reading.read(widths))
                except (TransportLost, SettingsError) as error:
                    logger.debug("the wall waits for the server: %s", error)
                    self._stop.wait(AWAY_S)
        finally:
            reading.close()

    def _widths(self) -> dict[str, int]:
        """How wide each camera is looked at; when nobody looks at any, the thread is over."""
        widths: defaultdict[str, int] = defaultdict(int)
        with self._lock:
            for glance in self._glances:
                for camera in glance.cameras:
                    widths[camera] = max(widths[camera], glance.width)
            if self._stop.is_set() or not widths:
                self._thread = None
                return {}
        return widths

    def _give(self, shots: list[Shot]) -> None:
        with self._lock:
            glances = list(self._glances)
            for shot in shots:
                earlier = self._latest.get(shot.camera)
                self._latest[shot.camera] = shot.after(earlier[0] if earlier else None), time.monotonic()
        for shot in shots:
            for glance in glances:
                if shot.camera in glance.cameras:
                    glance.give(shot)


class _Reading:
    """How far the reader has come with each camera."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._places: dict[str, str] = {}
        self._joinings: dict[str, Joining] = {}
        self._say: defaultdict[tuple[str, int], Every] = defaultdict(lambda: Every(LOOK_S / 3))

    def read(self, widths: dict[str, int]) -> list[Shot]:
        """What can be shown now; waits `WAIT_S` for it at most. Raises `TransportLost`."""
        for camera, width in widths.items():
            if self._say[camera, width].is_due():
                self._views.look(camera, width)
        found = self._views.read({camera: self._places.get(camera, FIRST) for camera in widths}, WAIT_S)
        now_s, shots = time.monotonic(), list[Shot]()
        for camera, (place, shown) in found.items():
            self._places[camera] = place
            shots += [shot for one in shown for shot in self._joining(camera).take(one, now_s)]
        for camera in widths:
            shots += self._joining(camera).overdue(now_s)
        return shots

    def close(self) -> None:
        self._views.close()

    def _joining(self, camera: str) -> Joining:
        return self._joinings.setdefault(camera, Joining(camera))
