"""Time zones: by their names, and the machine's own."""

from __future__ import annotations

import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import SettingsError

LOCALTIME = Path("/etc/localtime")
"""Where Linux and macOS say which zone the machine is in: a link below a folder named zoneinfo."""


def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name; the system's for an empty name. Raises `SettingsError` for an unknown one."""
    if not name:
        return system_zone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"time zone {name!r} is unknown; IANA names such as Europe/Berlin or UTC are known"
        ) from error


def system_zone() -> tzinfo:
    """The machine's own zone, with its daylight-saving rules; UTC when it does not say."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked_zone()):
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return UTC


def _linked_zone() -> str:
    if not LOCALTIME.is_symlink():
        return ""
    _, _, name = str(LOCALTIME.resolve()).partition("zoneinfo/")
    return name
