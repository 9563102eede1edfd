"""The detectors in the manifest."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from pipeline.errors import SettingsError
from pipeline.faces.detectors.manifest import detector_entries, detector_entry
from pipeline.faces.mtcnn.weights import SHA256
from pipeline.options import DetectionOptions


def test_both_detectors_ship() -> None:
    assert [entry.name for entry in detector_entries()] == ["mtcnn", "yunet"]


def test_the_manifest_names_the_files_that_are_unpickled() -> None:
    found = {PurePosixPath(member).stem: sha256 for member, sha256 in detector_entry("mtcnn").files.items()}

    assert found == SHA256


def test_an_unknown_detector_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="no detector is called 'haar'; known are mtcnn, yunet"):
        DetectionOptions(detector="haar")
