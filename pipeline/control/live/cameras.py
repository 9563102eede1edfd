"""Cameras that were entered by a command; those of the settings file are not here.

Cameras(control).add(NewCamera, at) / remove(name) / set_enabled(name, enabled)
Cameras(control).list() -> [StoredCamera]         Cameras(control).entries() -> [CameraEntry], without passwords
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from pipeline.control.database import Control
from pipeline.control.live.camera_secrets import seal, unseal
from pipeline.control.live.camera_tables import cameras
from pipeline.errors import InputError, NotFound
from pipeline.video.live.connecting.address import RtspTransport, hide_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCamera:
    """A camera as it was entered."""

    name: str
    url: str = field(repr=False)
    """With its password."""
    enabled: bool
    rtsp_transport: RtspTransport
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraEntry:
    """A camera as people may see it."""

    name: str
    shown: str
    """Its address, with stars for what may be secret."""
    enabled: bool
    rtsp_transport: RtspTransport


class Cameras:
    """The cameras of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(self, camera: StoredCamera) -> None:
        """Keep a camera, its password encrypted; raises `InputError` when there is one of this name."""
        shown = hide_secrets(camera.url)
        row = {
            "name": camera.name,
            "url": shown,
            "sealed_url": None if shown == camera.url else seal(self._control.data_dir, camera.url),
            "enabled": camera.enabled,
            "rtsp_transport": camera.rtsp_transport.value,
            "added_at": camera.added_at,
        }
        with self._control.writing() as transaction:
            known = select(cameras.c.name).where(cameras.c.name == camera.name)
            if transaction.connection.execute(known).one_or_none() is not None:
                raise InputError(f"there is a camera {camera.name} already; `facetrail camera remove` takes it away")
            transaction.connection.execute(insert(cameras).values(row))

    def remove(self, name: str) -> None:
        """Forget a camera; what was seen by it stays. Raises `NotFound`."""
        with self._control.writing() as transaction:
            gone = transaction.connection.execute(delete(cameras).where(cameras.c.name == name))
            _check_found(name, gone.rowcount)

    def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Let a camera be read, or not. Raises `NotFound`."""
        with self._control.writing() as transaction:
            change = update(cameras).where(cameras.c.name == name).values(enabled=enabled)
            _check_found(name, transaction.connection.execute(change).rowcount)

    def entries(self) -> Sequence[CameraEntry]:
        """All cameras by name; no password is decrypted for it."""
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(select(cameras).order_by(cameras.c.name)).all()
        return [
            CameraEntry(
                name=row.name, shown=row.url, enabled=row.enabled, rtsp_transport=RtspTransport(row.rtsp_transport)
            )
            for row in rows
        ]

    def list(self) -> list[StoredCamera]:
        """All cameras by name; raises `SettingsError` when a password cannot be decrypted."""
        with self._control.reading() as transaction:
            rows = transaction.connection.execute(select(cameras).order_by(cameras.c.name)).all()
        return [
            StoredCamera(
                name=row.name,
                url=row.url if row.sealed_url is None else unseal(self._control.data_dir, row.sealed_url),
                enabled=row.enabled,
                rtsp_transport=RtspTransport(row.rtsp_transport),
                added_at=row.added_at,
            )
            for row in rows
        ]


def _check_found(name: str, count: int) -> None:
    if count == 0:
        raise NotFound(f"no camera {name!r} was added by `facetrail camera add`; `facetrail camera list` shows all")
