"""Showing cameras to those who look: pictures by the process of a camera, scenes by the owner of its run.

Looking never disturbs the work: while the server is away nothing is shown, and that is all.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.control.database import Transaction
from pipeline.errors import TransportLost
from pipeline.events.scenes import Scene, scene_of
from pipeline.events.telling import LiveTelling
from pipeline.schemas import FaceChunk, Frame, FrameChunk
from pipeline.sightings.folding.fold import FoldStep
from pipeline.sightings.recording.recorded_fold import Foldable, Telling
from workers.timing import Every
from workers.wire.pictures import encode_preview
from workers.wire.views import Picture, PictureNote, Views

logger = logging.getLogger(__name__)

ASK_S = 0.5
"""Between two questions whether somebody looks, in seconds: so soon does a picture begin to move."""
STILL_S = 2.0
"""A picture that does not change is shown again after so many seconds, for those who came meanwhile."""
LEAST_S = 0.12
"""Least time between two pictures of a camera, in seconds: about eight a second."""
LAST_WIDTH = 640
"""Pixels across of a camera's last picture."""
MOST_SCENES = 32
"""Scenes of one camera that wait to be shown; only the newest are of any use."""


class CameraView:
    """What one camera shows. `show` and `leave` are called by who reads the camera."""

    def __init__(self, camera: str, views: Views, ask_s: float = ASK_S) -> None:
        self._camera = camera
        self._views = views
        self._ask = Every(ask_s)
        self._again = Every(STILL_S)
        self._pace = Every(LEAST_S)
        self._width = 0
        self._last: tuple[PictureNote, Frame] | None = None

    def show(self, chunk: FrameChunk, began_at: datetime) -> None:
        """Show the chunk's last picture if somebody looks; `began_at` is when its run began, UTC."""
        if not chunk.samples:
            return
        captured_at = began_at + timedelta(seconds=chunk.samples[-1].media_s)
        if chunk.frames:
            self._last = _note(chunk, captured_at), chunk.frames[-1]
        elif self._last is not None:  # unchanged since: the picture stands, and is of now
            self._last = _note(chunk, captured_at), self._last[1]
        try:
            self._show_last(is_new=bool(chunk.frames))
        except TransportLost as error:
            logger.debug("%s is not shown: %s", self._camera, error)

    def leave(self) -> None:
        """The camera goes away: keep its last picture for those who look at where it was."""
        if self._last is None:
            return
        try:
            self._views.keep_last(_picture(*self._last, LAST_WIDTH))
        except TransportLost as error:
            logger.debug("the last picture of %s is not kept: %s", self._camera, error)
        self._last = None

    def _show_last(self, *, is_new: bool) -> None:
        if self._ask.is_due():
            before, self._width = self._width, self._views.wanted_width(self._camera)
            is_new |= self._width > before
        if not self._width or self._last is None or not (is_new or self._again.is_due()):
            return
        if self._pace.is_due():
            self._views.show(_picture(*self._last, self._width))
            self._again.postpone(STILL_S)


class Scenes:
    """The scenes of the cameras of one aggregator, on their way to those who look."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._asks: defaultdict[str, Every] = defaultdict(lambda: Every(ASK_S))
        self._looked_at: set[str] = set()
        self._waiting: defaultdict[str, deque[Scene]] = defaultdict(lambda: deque(maxlen=MOST_SCENES))

    def viewed(self, telling: LiveTelling) -> Telling:
        """The telling of a live run whose scenes are noted as they come."""
        return ViewedTelling(telling, self._note)

    def publish(self, camera: str) -> None:
        """Show the scenes that were noted for this camera."""
        waiting = self._waiting.pop(camera, None)
        try:
            self._ask_about(camera)
            for scene in waiting or ():
                self._views.show(scene)
        except TransportLost as error:
            logger.debug("the scene at %s is not shown: %s", camera, error)

    def _ask_about(self, camera: str) -> None:
        if self._asks[camera].is_due():
            self._looked_at.discard(camera)
            if self._views.wanted_width(camera):
                self._looked_at.add(camera)

    def _note(self, camera: str, make: Callable[[], Scene]) -> None:
        if camera in self._looked_at:
            self._waiting[camera].append(make())


@dataclass(frozen=True, slots=True, eq=False)
class ViewedTelling:
    """A `Telling` that also notes the scene after each chunk, with the names that its events have."""

    told: LiveTelling
    note: Callable[[str, Callable[[], Scene]], None]

    def folded(self, item: Foldable, step: FoldStep) -> Telling:
        told = self.told.folded(item, step)
        if isinstance(item, FaceChunk):
            self.note(item.run.source_id, lambda: _scene(item, step, told))
        return replace(self, told=told)

    def write(self, transaction: Transaction) -> None:
        self.told.write(transaction)

    def committed(self) -> Telling:
        return replace(self, told=self.told.committed())


def _scene(item: FaceChunk, step: FoldStep, told: LiveTelling) -> Scene:
    views = [life.view for life in told.state.lives]
    return scene_of(item.run, item.number, step.state.tracks, views, frame_size_wh=item.frame_size_wh)


def _note(chunk: FrameChunk, captured_at: datetime) -> PictureNote:
    return PictureNote(
        source_id=chunk.run.source_id,
        run_id=chunk.run.run_id,
        number=chunk.number,
        captured_at=captured_at.timestamp(),
        width=chunk.frame_size_wh[0],
        height=chunk.frame_size_wh[1],
    )


def _picture(note: PictureNote, frame: Frame, width: int) -> Picture:
    preview = encode_preview(frame.i420, width)
    return Picture(
        PictureNote(
            source_id=note.source_id,
            run_id=note.run_id,
            number=note.number,
            captured_at=note.captured_at,
            width=preview.size_wh[0],
            height=preview.size_wh[1],
        ),
        preview.jpeg,
    )
