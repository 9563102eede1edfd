"""What cameras show to those who look: pictures and the scenes that belong to them, kept for seconds.

Nobody makes a picture that nobody looks at: who looks says so again and again, and who could show asks first. A
picture and its scene come from two processes, and are joined by the run and the chunk that both are of.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec

from pipeline.errors import MessageError
from pipeline.events.scenes import Scene
from workers.wire.event_log import FIRST, place_of

LOOK_S = 5.0
"""Somebody who does not say again that they look is gone after so many seconds."""
KEPT_S = 10
"""What was shown is forgotten after so many seconds in which nothing else was."""
KEPT = 32
"""Pictures and scenes kept of each camera: more than three seconds of both."""
LAST_S = 24 * 3600
"""How long the last picture of a camera that went away is kept, in seconds."""
MOST_BYTES = 4 << 20
"""A larger picture is none of ours."""


class PictureNote(msgspec.Struct, frozen=True, kw_only=True):
    """Of which moment a picture is."""

    source_id: str
    run_id: str
    number: int
    """Of the chunk whose last sample it shows."""
    captured_at: float
    """When the camera took it, in Unix seconds."""
    width: int
    height: int
    """Pixels of the JPEG."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of a camera, small enough for a page."""

    note: PictureNote
    jpeg: bytes


Shown = Picture | Scene


class Views(Protocol):
    """What is shown of cameras by their names. Every method may raise `TransportLost`."""

    def look(self, camera: str, width: int) -> None:
        """Somebody looks at the camera, for `LOOK_S` from now, and wants pictures `width` pixels wide."""

    def wanted_width(self, camera: str) -> int:
        """How wide pictures are wanted; 0 while nobody looks."""

    def show(self, shown: Shown) -> None:
        """Add a picture or a scene to what its camera shows."""

    def read(self, after: Mapping[str, str], wait_s: float) -> Mapping[str, tuple[str, tuple[Shown, ...]]]:
        """What the cameras showed after the ids of `after`, waiting up to `wait_s` seconds for the first.

        By camera, the id to go on from and what was shown, in its order. What cannot be understood is left out.
        """

    def keep_last(self, picture: Picture) -> None:
        """Keep the last picture of a camera that went away."""

    def last(self, camera: str) -> Picture | None:
        """The picture of `keep_last`, while it is kept."""

    def close(self) -> None:
        """Give back what is held; this is of no use afterwards."""


def encode_shown(shown: Shown) -> tuple[bytes, bytes]:
    """The value as a note in JSON and a JPEG, which is empty for a scene."""
    if isinstance(shown, Picture):
        return msgspec.json.encode(shown.note), shown.jpeg
    return msgspec.json.encode(shown), b""


def decode_shown(note: bytes, jpeg: bytes) -> Shown:
    """The value of `encode_shown`; raises `MessageError` for anything else."""
    if len(jpeg) > MOST_BYTES:
        raise MessageError(f"a picture of {len(jpeg)} bytes; at most {MOST_BYTES} are shown")
    try:
        if not jpeg:
            return msgspec.json.decode(note, type=Scene)
        return Picture(msgspec.json.decode(note, type=PictureNote), jpeg)
    except msgspec.DecodeError as error:
        raise MessageError(f"what a camera shows cannot be read: {error}") from error


class MemoryViews:
    """`Views` of lists under one lock, for tests."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[int, float]] = {}
        self._shown: defaultdict[str, list[tuple[str, Shown]]] = defaultdict(list)
        self._last: dict[str, Picture] = {}
        self._count = 0
        self._changed = threading.Condition()

    def look(self, camera: str, width: int) -> None:
        self._looks[camera] = width, time.monotonic() + LOOK_S

    def wanted_width(self, camera: str) -> int:
        width, until_s = self._looks.get(camera, (0, 0.0))
        return width if time.monotonic() < until_s else 0

    def show(self, shown: Shown) -> None:
        camera = shown.note.source_id if isinstance(shown, Picture) else shown.source_id
        with self._changed:
            self._count += 1
            self._shown[camera] = [*self._shown[camera][1 - KEPT :], (f"1-{self._count}", shown)]
            self._changed.notify_all()

    def read(self, after: Mapping[str, str], wait_s: float) -> Mapping[str, tuple[str, tuple[Shown, ...]]]:
        with self._changed:
            self._changed.wait_for(lambda: self._after(after), timeout=wait_s)
            return self._after(after)

    def keep_last(self, picture: Picture) -> None:
        self._last[picture.note.source_id] = picture

    def last(self, camera: str) -> Picture | None:
        return self._last.get(camera)

    def close(self) -> None:
        """Nothing is held."""

    def _after(self, after: Mapping[str, str]) -> Mapping[str, tuple[str, tuple[Shown, ...]]]:
        found = {
            camera: [entry for entry in self._shown[camera] if place_of(entry[0]) > place_of(entry_id or FIRST)]
            for camera, entry_id in after.items()
        }
        return {camera: (new[-1][0], tuple(shown for _, shown in new)) for camera, new in found.items() if new}
