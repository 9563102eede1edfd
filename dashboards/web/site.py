"""What every page works with: the settings, the record behind them, and the server on which work is in flight."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.web.asking import NobodyToAsk, PictureAsker, encoder_of
from pipeline.attendance.making import Attendance
from pipeline.config import Settings
from pipeline.control.database import Control
from pipeline.sightings.catalogue.catalogue import Catalogue
from pipeline.zones import zone_named

if TYPE_CHECKING:
    from workers.wire.transport import Transport


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One data folder as its pages see it; for all threads of a process."""

    settings: Settings
    control: Control
    redis_url: str
    """Of the server on which the workers listen; its password is never shown."""
    catalogue: Catalogue = field(init=False)
    """All sightings of the data folder at hand; the first question reads them."""
    attendance: Attendance = field(init=False)
    """Attendance reports, of which the latest are at hand."""
    asker: PictureAsker = field(default_factory=NobodyToAsk, kw_only=True)
    """Examines pictures that pages ask about."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "catalogue", Catalogue(self.settings.data))
        cameras = [name for name, camera in self.settings.cameras.items() if camera.enabled]
        made = Attendance(self.control, self.settings.attendance, self.zone, cameras)
        object.__setattr__(self, "attendance", made)

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return self.settings.data

    @property
    def zone(self) -> tzinfo:
        """The site's time zone, in which days begin and times are shown."""
        return zone_named(self.settings.time_zone)

    @property
    def encoder(self) -> str:
        """The data folder's encoder, or the one that the settings would give it."""
        return encoder_of(self.settings, self.control)

    def transport(self) -> Transport:
        """A connection to the server; raises `TransportLost` when it cannot be reached. Whoever asks closes it."""
        from workers.streams import RedisTransport

        return RedisTransport(self.redis_url)
