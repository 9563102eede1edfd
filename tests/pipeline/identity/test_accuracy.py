"""The accuracy bar: open-set identification on real photographs, with the detector and encoder that ship."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import load_encoder
from pipeline.errors import WeightsError
from pipeline.identity.calibration.rates import identified_at, open_set_scores, threshold_at_rate
from pipeline.identity.enrolment import examine_image
from pipeline.options import DetectionOptions, EncodingOptions
from tests.photographs import photographs_of_people

pytestmark = pytest.mark.slow

BAR = 0.96
N_REFERENCES = 3


def test_known_people_are_identified_and_strangers_are_not(open_data: Path, weights_cache: Path):
    from pipeline.faces.mtcnn.detector import MtcnnDetector  # TensorFlow

    name = EncodingOptions().encoder
    try:
        encoder = load_encoder(name, weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of {name} cannot be had: {error}")
    detector = MtcnnDetector(DetectionOptions())
    photos = photographs_of_people(open_data)
    vectors = [examine_image(photo.path, detector, encoder).embedding for photo in photos]
    usable = [place for place, vector in enumerate(vectors) if vector is not None]

    scores = open_set_scores(
        np.stack([vectors[place] for place in usable]), [photos[place].person for place in usable], N_REFERENCES, name
    )

    at_one_percent = identified_at(scores, threshold_at_rate(scores.impostor, 0.01))
    as_shipped = identified_at(scores, encoder_entry(name).calibration.threshold)
    assert len(usable) >= 0.97 * len(photos)
    assert len(scores.impostor) >= 90
    assert at_one_percent.rate >= BAR, at_one_percent
    assert as_shipped.rate >= BAR, as_shipped
    assert (scores.impostor >= encoder_entry(name).calibration.threshold).mean() <= 0.01
