"""Pictures that pages ask about: who examines them, and with which models. No model runs in this process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from pipeline.errors import SettingsError, TransportLost

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.control.database import Control
    from pipeline.identity.enrolment import ReferenceReport
    from pipeline.identity.picture_faces import ExaminedPicture
    from workers.asks.asking import AskedModels


class PictureAsker(Protocol):
    """Answers what a picture shows. Both raise `ImageUnreadable` for a picture too large to be asked about,
    `WeightsError` when a model cannot be had, and `TransportLost`, with what to do, when nobody answers."""

    def reference(self, picture: bytes, label: str = "picture") -> ReferenceReport:
        """A picture, as its file's bytes, judged as `facetrail enroll` judges it; what is wrong is in the report."""

    def faces(self, picture: bytes) -> ExaminedPicture:
        """All faces of a picture with box, quality, embedding and a small crop; the largest first."""

    def is_loading(self) -> bool:
        """Whether answers take longer, since models are being loaded; raises `TransportLost`."""


class NobodyToAsk:
    """Stands where no server is known."""

    def reference(self, picture: bytes, label: str = "picture") -> ReferenceReport:
        """Raises `TransportLost`."""
        raise TransportLost("no server is known on which pictures are examined; `facetrail up` starts one")

    def faces(self, picture: bytes) -> ExaminedPicture:
        """Raises `TransportLost`."""
        raise TransportLost("no server is known on which pictures are examined; `facetrail up` starts one")

    def is_loading(self) -> bool:
        """Nothing is."""
        return False


def asker_for(settings: Settings, control: Control, url: str) -> PictureAsker:
    """Who is asked over the server at `url`: with the data folder's encoder, and the detector of the settings."""
    from workers.asks.asking import PATIENCE, AskedModels, Asker
    from workers.stack.examiners import expects_examiner

    def models() -> AskedModels:
        return AskedModels(settings.detection, encoder_of(settings, control))

    return Asker(url, models, PATIENCE, lambda: expects_examiner(settings.data, datetime.now(UTC)))


def encoder_of(settings: Settings, control: Control) -> str:
    """The data folder's encoder, or the one that the settings would give it."""
    try:
        return control.encoder(None)
    except SettingsError:
        return settings.encoding.encoder
