"""Zones by their names, and the machine's own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import SettingsError
from pipeline.zones import zone_named


def test_unknown_zone_is_refused() -> None:
    with pytest.raises(SettingsError, match="Mars/Olympus"):
        zone_named("Mars/Olympus")


def test_zone_of_the_environment_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")

    assert zone_named("") == ZoneInfo("Asia/Kathmandu")
