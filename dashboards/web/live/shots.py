"""Shots: a camera's picture together with the faces that are in it, joined from what two processes showed. Pure."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec

from pipeline.events.scenes import FaceInView, Scene
from workers.wire.views import Picture, Shown

PATIENCE_S = 0.8
"""A picture waits so long for its scene, in seconds; then it is shown without ..."""
MOST_PATIENCE_S = 3.0
"""... or longer while the stages behind are slow: a late picture with its faces says more than one without."""
SPARE = 1.5
"""How much longer than the last scene took one may take."""
MOST_WAITING = 32

T = TypeVar("T")
Key = tuple[str, int]
"""Run and chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What a camera shows at one moment."""

    camera: str
    picture: Picture | None
    """None: the picture before it stands, and only the faces changed."""
    faces: tuple[FaceInView, ...] = ()

    def after(self, earlier: Shot | None) -> Shot:
        """This shot for somebody who has not seen `earlier` yet."""
        if self.picture is not None or earlier is None:
            return self
        return replace(self, picture=earlier.picture)


@dataclass(slots=True, eq=False)
class Joining:
    """What one camera showed and is yet to be joined."""

    camera: str
    _pictures: OrderedDict[Key, tuple[Picture, float]] = field(default_factory=OrderedDict)
    _scenes: OrderedDict[Key, Scene] = field(default_factory=OrderedDict)
    _came_s: OrderedDict[Key, float] = field(default_factory=OrderedDict)
    """When the latest pictures came, also those that are shown already."""
    _patience_s: float = PATIENCE_S
    _scene_s: float = float("-inf")
    """When the latest scene came."""
    _faces: tuple[FaceInView, ...] = ()
    """As they were shown last."""

    def take(self, shown: Shown, now_s: float) -> list[Shot]:
        """What can be shown now that this has come."""
        if isinstance(shown, Picture):
            key = (shown.note.run_id, shown.note.number)
            self._pictures[key] = shown, now_s
            _keep(self._came_s, key, now_s)
            return self._join(key) if key in self._scenes else []
        key = (shown.run_id, shown.number)
        self._scene_s = now_s
        _keep(self._scenes, key, shown)
        if key in self._came_s:
            self._patience_s = min(MOST_PATIENCE_S, max(PATIENCE_S, SPARE * (now_s - self._came_s[key])))
        return self._join(key) if key in self._pictures else self._renamed(shown)

    def overdue(self, now_s: float) -> list[Shot]:
        """The newest picture whose scene did not come in time; with the faces before, while scenes still come."""
        late = [key for key, (_, came_s) in self._pictures.items() if now_s - came_s >= self._patience_s]
        if not late:
            return []
        picture = self._pop_picture(late[-1])
        return [self._shot(picture, self._faces if now_s - self._scene_s < PATIENCE_S else ())]

    def _join(self, key: Key) -> list[Shot]:
        return [self._shot(self._pop_picture(key), self._scenes[key].faces)]

    def _renamed(self, scene: Scene) -> list[Shot]:
        """New names for faces in a picture that stands; where the picture moves on, the faces come with it."""
        if self._pictures or _who(scene.faces) == _who(self._faces):
            return []
        return [self._shot(None, scene.faces)]

    def _shot(self, picture: Picture | None, faces: tuple[FaceInView, ...]) -> Shot:
        self._faces = faces
        return Shot(self.camera, picture, faces)

    def _pop_picture(self, key: Key) -> Picture:
        """The picture, with those before it let go."""
        while True:
            found, (picture, _) = self._pictures.popitem(last=False)
            if found == key:
                return picture


def shot_bytes(shot: Shot) -> bytes:
    """The shot as a page's script reads it: the header's length (four bytes, big end first), the header, the JPEG.

    The header is JSON: the camera, when the picture was taken (Unix seconds), the faces, and the JPEG's length, which
    is 0 when the picture before it stands.
    """
    jpeg = shot.picture.jpeg if shot.picture else b""
    header = msgspec.json.encode(
        {
            "camera": shot.camera,
            "at": shot.picture.note.captured_at if shot.picture else None,
            "faces": shot.faces,
            "bytes": len(jpeg),
        }
    )
    return len(header).to_bytes(4, "big") + header + jpeg


STILL_HERE = (2).to_bytes(4, "big") + b"{}"
"""A header without a camera: nothing new, and the connection is alive."""


def _keep(kept: OrderedDict[Key, T], key: Key, value: T) -> None:
    """Add the value, and let go of the oldest ones."""
    kept[key] = value
    while len(kept) > MOST_WAITING:
        kept.popitem(last=False)


def _who(faces: tuple[FaceInView, ...]) -> set[tuple[str, str | None, str | None]]:
    return {(face.track_id, face.status, face.name) for face in faces}
