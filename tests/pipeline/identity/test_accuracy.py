"""The accuracy bar: open-set identification on real photographs, with the detector and encoder that ship."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import load_encoder
from pipeline.errors import WeightsError
from pipeline.identity.calibration import identified_at, open_set_scores, threshold_at_rate
from pipeline.identity.enrolment import examine_image
from pipeline.options import DetectionOptions, EncodingOptions

pytestmark = pytest.mark.slow

BAR = 0.96
N_REFERENCES = 3


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    person: str
    path: Path


def photographs(open_data: Path) -> list[LabelledPhoto]:
    """The pictures of celebs and friends_stills that show one person; a stranger is a person with a single picture."""
    celebs = open_data / "identification" / "celebs"
    stills = sorted((open_data / "verification" / "friends_stills").glob("*/*.jpg"))
    photos = [LabelledPhoto(path.parent.name, path) for path in stills]
    with (celebs / "identification.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            person = row["file"] if row["person"] == "unknown" else row["person"]
            photos += [LabelledPhoto(person, celebs / row["file"])] if "+" not in person else []
    return photos


def test_known_people_are_identified_and_strangers_are_not(open_data: Path, weights_cache: Path):
    from pipeline.faces.mtcnn.detector import MtcnnDetector  # TensorFlow

    name = EncodingOptions().encoder
    try:
        encoder = load_encoder(name, weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of {name} cannot be had: {error}")
    detector = MtcnnDetector(DetectionOptions())
    photos = photographs(open_data)
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
