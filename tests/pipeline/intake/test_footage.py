"""Taking footage in: what cannot be analysed is refused before anything is put on record."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from pipeline.control.database import open_control
from pipeline.control.work.runs import Runs
from pipeline.errors import SettingsError
from pipeline.intake.footage import register_footage
from pipeline.options import AnalysisOptions, EncodingOptions


def test_an_encoder_that_takes_pictures_whole_is_refused(tmp_path: Path):
    control = open_control(tmp_path)
    options = AnalysisOptions(encoding=EncodingOptions(encoder="nn4-small2-tutorial"))

    with pytest.raises(SettingsError, match="takes whole pictures for faces"):
        register_footage(control, tmp_path / "video.mp4", options, zone=UTC)

    assert Runs(control).list() == []
    control.close()
