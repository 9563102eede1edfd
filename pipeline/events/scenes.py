"""A scene: whose faces are in view at a camera at one moment, and where, for those who look at its picture.

Pure. A scene names people as the events do: a face is known, uncertain or unknown because its sighting was told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.events.events import SightingEvent
from pipeline.schemas import RunKey
from pipeline.sightings.folding.tracking import OpenTrack
from pipeline.sightings.rows import Status

MOST_UNSEEN = 3
"""A face at which nobody could look is taken to be where it was for so many samples, and no longer: it may move."""


class FaceInView(msgspec.Struct, frozen=True, kw_only=True):
    """One face that is being followed."""

    track_id: str
    box_xywh: tuple[float, float, float, float]
    """Left, top, width, height as parts of the frame, 0..1 and within it."""
    status: Status | None = None
    """None while too little was seen of the face to say anything."""
    name: str | None = None
    """Of the person if KNOWN, of the candidate if UNCERTAIN."""
    score: float | None = None
    sighting_id: str | None = None


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """The faces in view as of the last sample of one chunk."""

    source_id: str
    run_id: str
    number: int
    """Of the chunk: the picture that belongs to it is the chunk's last one."""
    faces: tuple[FaceInView, ...] = ()


def scene_of(
    run: RunKey,
    number: int,
    tracks: Iterable[OpenTrack],
    told: Sequence[SightingEvent],
    *,
    frame_size_wh: tuple[int, int],
) -> Scene:
    """The scene after chunk `number`, from the tracks that are open then and the sightings that are alive.

    A track whose face the last sample did not show is followed, and not in view. Where nobody could look, since samples
    were dropped, it stays in view for a moment.
    """
    views = {track_id: view for view in told for track_id in view.track_ids}
    in_view = [track for track in tracks if not track.n_missed and track.n_missed_dropped <= MOST_UNSEEN]
    faces = tuple(_face(track, views.get(track.track_id), frame_size_wh) for track in in_view)
    return Scene(source_id=run.source_id, run_id=run.run_id, number=number, faces=faces)


def _face(track: OpenTrack, view: SightingEvent | None, size_wh: tuple[int, int]) -> FaceInView:
    box = _as_parts(track.box_xyxy, size_wh)
    if view is None:
        return FaceInView(track_id=track.track_id, box_xywh=box)
    return FaceInView(
        track_id=track.track_id,
        box_xywh=box,
        status=view.status,
        name=view.person_name or view.candidate_name,
        score=view.score,
        sighting_id=view.sighting_id,
    )


def _as_parts(
    box_xyxy: tuple[float, float, float, float], size_wh: tuple[int, int]
) -> tuple[float, float, float, float]:
    width, height = size_wh
    left, right = (min(max(side / width, 0.0), 1.0) for side in (box_xyxy[0], box_xyxy[2]))
    top, bottom = (min(max(side / height, 0.0), 1.0) for side in (box_xyxy[1], box_xyxy[3]))
    return left, top, right - left, bottom - top
