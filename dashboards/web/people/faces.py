"""Faces in reference pictures for pages: those kept at enrolment, and those still to be cut out of older pictures.

    desk = FaceDesk(asker)
    desk.order(picture)     the face of a picture, wished for; there some moments later, when somebody examines pictures

Wishes are carried out one after the other by a thread of their own, so that nobody who looks at a page waits for them.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from fastapi import Request

from dashboards.web.asking import PictureAsker
from dashboards.web.rendering import site_of
from pipeline.control.gallery.files import keep_face
from pipeline.errors import PipelineError, TransportLost, WeightsError

logger = logging.getLogger(__name__)


class FaceDesk:
    """Cuts faces out of pictures that were enrolled before faces were kept, or that came in an archive."""

    def __init__(self, asker: PictureAsker) -> None:
        self._asker = asker
        self._lock = threading.Lock()
        self._waiting: dict[Path, None] = {}
        self._hopeless: set[Path] = set()
        self._is_busy = False

    def order(self, picture: Path) -> None:
        """Have the face cut, unless it was tried in vain; asking for the same again changes nothing."""
        with self._lock:
            if picture in self._hopeless:
                return
            self._waiting[picture] = None
            if self._is_busy:
                return
            self._is_busy = True
        threading.Thread(target=self._run, name="faces", daemon=True).start()

    def _run(self) -> None:
        while (picture := self._next()) is not None:
            try:
                self._cut(picture)
            except (TransportLost, WeightsError):  # nobody can say now; whoever looks later wishes for it again
                self._give_up()
            except (PipelineError, OSError) as error:
                logger.warning("no face is cut out of a reference picture: %s", error)
                self._hopeless.add(picture)

    def _cut(self, picture: Path) -> None:
        face_jpeg = self._asker.reference(picture.read_bytes()).thumb_jpeg
        if face_jpeg is None:
            self._hopeless.add(picture)
        else:
            keep_face(picture, face_jpeg)

    def _next(self) -> Path | None:
        with self._lock:
            picture = next(iter(self._waiting), None)
            if picture is None:
                self._is_busy = False
            else:
                del self._waiting[picture]
            return picture

    def _give_up(self) -> None:
        with self._lock:
            self._waiting.clear()


def face_desk_of(request: Request) -> FaceDesk:
    """The desk of the application; the first one to ask opens it."""
    state = request.app.state
    if not hasattr(state, "face_desk"):
        state.face_desk = FaceDesk(site_of(request).asker)
    desk: FaceDesk = state.face_desk
    return desk
