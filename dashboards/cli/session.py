"""What a command works with: the settings from its flags, and the data folder behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import NotFound, SettingsError

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.control.database import Control


@dataclass(frozen=True, slots=True)
class Session:
    """The settings of one command, and the zone in which it shows times."""

    settings: Settings
    zone: tzinfo
    asks_encoder: bool = False
    """Whether a flag, the environment or the settings file names an encoder; otherwise the data folder's is used."""

    @property
    def data_dir(self) -> Path:
        return self.settings.data

    @property
    def weights_dir(self) -> Path:
        """Where the data folder keeps model files."""
        from pipeline.encoders.manifest import weights_dir

        return weights_dir(self.data_dir)

    @property
    def database_path(self) -> Path:
        return self.data_dir / "facetrail.db"

    @property
    def has_database(self) -> bool:
        """Whether there is a control database already, as far as can be told without opening it."""
        return self.settings.database_url is not None or self.database_path.is_file()


def open_session(*, data: Path | None = None, time_zone: str | None = None, **flags: Any) -> Session:
    """Load the settings with the flags given above everything; raises `SettingsError` for wrong ones."""
    from pipeline.config import is_given, load_settings
    from pipeline.zones import zone_named

    settings = load_settings(data=data, time_zone=time_zone, **flags)
    asks_encoder = "encoder" in (flags.get("encoding") or {}) or is_given("encoding", "encoder")
    return Session(settings=settings, zone=zone_named(settings.time_zone), asks_encoder=asks_encoder)


def open_existing(*, data: Path | None = None, time_zone: str | None = None) -> Session:
    """Like `open_session`, for commands that read: raises `NotFound` when there is no data folder yet."""
    session = open_session(data=data, time_zone=time_zone)
    if not session.has_database:
        raise NotFound(
            f"there is no Facetrail data in {session.data_dir}; "
            f"`facetrail analyze VIDEO --gallery DIR --data {session.data_dir}` makes some; --data names another folder"
        )
    return session


@contextmanager
def open_database(session: Session) -> Iterator[Control]:
    """The control database of the session's data folder, closed at the end."""
    from pipeline.control.database import open_control

    url = session.settings.database_url
    control = open_control(session.data_dir, None if url is None else url.get_secret_value())
    try:
        yield control
    finally:
        control.close()


def adopt_encoder(session: Session, control: Control) -> Session:
    """The session with the encoder of the data folder, unless another one was asked for in so many words.

    Raises `NotFound` for an encoder that nobody knows, before a new data folder is given to it.
    """
    from pipeline.encoders.manifest import encoder_entry

    encoder_entry(session.settings.encoding.encoder, session.weights_dir)
    fixed = folder_encoder(control)
    if fixed is None or session.asks_encoder:
        return session
    encoding = replace(session.settings.encoding, encoder=fixed)
    return replace(session, settings=session.settings.model_copy(update={"encoding": encoding}))


def folder_encoder(control: Control) -> str | None:
    """The encoder of the data folder; None while it has none."""
    try:
        return control.encoder(None)
    except SettingsError:
        return None
