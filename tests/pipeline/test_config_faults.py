"""Settings that are wrong, in words that say what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.config import load_settings
from pipeline.errors import SettingsError

DOOR = {"url": "rtsp://192.0.2.10/stream1"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alerts": {}}, "alerts: there is no such setting; did you mean cameras. there are attendance, cameras"),
        ({"sampling": {"fp": 3}}, "sampling.fp: there is no such setting; did you mean fps. there are fps, gate"),
        ({"cameras": {"door": {**DOOR, "enable": False}}}, "cameras.door.enable: .*did you mean enabled?"),
        (
            {"watch_folders": [{"path": "in", "recurse": True}]},
            r"watch_folders.0.recurse: .*there are move_to, new_only",
        ),
        ({"webhooks": {"mine": {"url": "http://127.0.0.1/", "secret": "x"}}}, "webhooks.mine.secret: there is no such"),
        ({"credit_mb": 1}, "credit_mb: Input should be greater than or equal to 8"),
    ],
)
def test_wrong_setting_is_named_with_what_would_be_right(given: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings(**given)
