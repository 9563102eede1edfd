"""A trial in another process ends, whatever the camera does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.errors import SourceLost
from workers.live.camera_trial import TrialRequest, try_apart


@pytest.mark.slow
def test_trial_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(SourceLost, match="given up"):
        try_apart(TrialRequest(url="rtsp://192.0.2.1/x"), load_settings(data=tmp_path), limit_s=0.05)
