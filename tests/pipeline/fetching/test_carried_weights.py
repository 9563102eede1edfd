"""Weights out of packages: which of them come together."""

from __future__ import annotations

from pipeline.encoders.local.model_files import carried_file
from pipeline.encoders.manifest import encoder_entry
from pipeline.faces.detectors.manifest import detector_entry
from pipeline.fetching.carried_weights import free_weights


def test_the_default_encoder_and_the_second_detector_come_in_one_archive():
    together = [file for file in free_weights() if file.requirement == carried_file(encoder_entry("sface")).requirement]

    assert {file.file_name for file in together} == {
        "face_recognition_sface_2021dec.onnx",
        "face_detection_yunet_2023mar.onnx",
    }
    assert set(detector_entry("mtcnn").carried_files) <= set(free_weights())


def test_nothing_is_kept_along_whose_terms_nobody_agreed_to():
    assert carried_file(encoder_entry("w600k-mbf")) not in free_weights()
