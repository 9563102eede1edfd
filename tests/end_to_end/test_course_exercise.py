"""The FaceNet exercise of deeplearning.ai, with its pictures as they are: its distances and its answers come out.

The tutorials verify and identify by the L2 distance of vectors of unit length, 0.7 in the one, 0.52 in another.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from pipeline.encoders.batches import unit_length
from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.registry import Encoder, load_encoder
from pipeline.errors import WeightsError
from pipeline.identity.decision import decide, policy_for
from pipeline.identity.enrolment import PersonReport, examine_gallery, examine_image
from pipeline.identity.matchers.matching import Gallery, match_templates
from pipeline.options import IdentityOptions
from pipeline.schemas import VectorF32
from pipeline.sightings.rows import Status
from tests.builders_faces import ScriptedDetector
from tests.end_to_end.commands import Folder, make_folder

pytestmark = pytest.mark.slow

ENCODER = "nn4-small2-tutorial"
CLOSENESS = 1e-4
"""How near our distances have to come to those that the tutorials print."""
Probe = Callable[[str], VectorF32]
NEVER_ASKED = ScriptedDetector(())


@pytest.fixture(scope="module")
def course(open_data: Path) -> Path:
    return open_data / "identification" / "dlai_course"


@pytest.fixture(scope="module")
def encoder(weights_cache: Path) -> Encoder:
    try:
        return load_encoder(ENCODER, weights_cache)
    except WeightsError as error:
        pytest.skip(f"the weights of {ENCODER} cannot be had: {error}")


@pytest.fixture(scope="module")
def gallery(course: Path, encoder: Encoder) -> Gallery:
    """The exercise's `database`, one picture a person."""
    people = examine_gallery(course / "database", NEVER_ASKED, encoder, same_picture=0.99)
    names = tuple(person.name for person in people)
    references = np.stack([_embedding(person) for person in people])
    return Gallery(1, ENCODER, names, names, references, np.arange(len(people)))


def _embedding(person: PersonReport) -> VectorF32:
    (reference,) = person.references
    assert reference.embedding is not None
    return reference.embedding


@pytest.fixture(scope="module")
def probe_of(course: Path, encoder: Encoder) -> Probe:
    """Gives the vector of one of the exercise's camera pictures."""

    def embed(probe: str) -> VectorF32:
        return _embedding_of(course / "probes" / f"{probe}.jpg", encoder)

    return embed


@pytest.mark.parametrize(
    ("probe", "person", "distance", "is_accepted"),
    [("camera_0", "younes", 0.6671406, True), ("camera_2", "kian", 0.8586887, False)],
)
def test_verify(probe_of: Probe, gallery: Gallery, probe: str, person: str, distance: float, *, is_accepted: bool):
    reference = gallery.references[gallery.person_names.index(person)]

    score = float(probe_of(probe) @ reference)

    assert sqrt(2 - 2 * score) == pytest.approx(distance, abs=CLOSENESS)
    assert (score >= encoder_entry(ENCODER).calibration.threshold) is is_accepted


@pytest.mark.parametrize(
    ("probe", "threshold_l2", "status", "person"),
    [
        ("camera_0", None, Status.KNOWN, "younes"),
        ("camera_1", None, Status.KNOWN, "bertrand"),
        ("camera_0", 0.52, Status.UNKNOWN, "younes"),
        ("camera_1", 0.52, Status.KNOWN, "bertrand"),
    ],
)
def test_who_is_it(
    probe_of: Probe, gallery: Gallery, probe: str, threshold_l2: float | None, status: Status, person: str
):
    options = IdentityOptions(threshold=None if threshold_l2 is None else 1 - threshold_l2**2 / 2)
    policy = policy_for(encoder_entry(ENCODER), options)

    (match,) = match_templates(probe_of(probe)[None], gallery)

    assert match is not None
    assert match.person_id == person
    assert decide(match, policy.min_faces, policy) is status


def test_the_rule_is_as_bad_as_its_source_says(open_data: Path, encoder: Encoder):
    people = sorted(path for path in (open_data / "verification" / "orl_s01_s20").iterdir() if path.is_dir())
    vectors = np.stack([[_embedding_of(path, encoder) for path in sorted(folder.glob("*.png"))] for folder in people])
    scores = vectors[:, 3:] @ unit_length(vectors[:, :3].mean(axis=1)).T
    accepted, own = scores >= 1 - 0.7**2 / 2, np.eye(len(people), dtype=bool)[:, None]

    strangers = (accepted & ~own).any(axis=2).sum()
    right = (accepted.any(axis=2) & (scores.argmax(axis=2) == np.arange(len(people))[:, None])).sum()

    source = encoder_entry(ENCODER).calibration.source
    assert f"it names {strangers} of 140 strangers, and {right} of 140 others rightly" in source


def _embedding_of(path: Path, encoder: Encoder) -> VectorF32:
    report = examine_image(path, NEVER_ASKED, encoder)
    assert report.embedding is not None
    return report.embedding


@pytest.fixture(scope="module")
def folder(course: Path, gallery: Gallery, weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A data folder in which the database of the exercise is enrolled."""
    made = make_folder(tmp_path_factory.mktemp("course") / "data", weights_cache)
    said = made.run("enroll", course / "database", "--encoder", ENCODER, "--json")
    assert (said.code, len(said.json["images"])) == (0, len(gallery.person_names)), said.err
    return made


def test_verify_as_it_is_typed(folder: Folder, course: Path):
    younes = folder.run("verify", course / "probes" / "camera_0.jpg", "--person", "younes", "--json")
    kian = folder.run("verify", course / "probes" / "camera_2.jpg", "--person", "kian", "--distance", "0.7", "--json")

    assert (younes.code, kian.code) == (0, 1)
    assert younes.json["l2_distance"] == pytest.approx(0.6671406, abs=CLOSENESS)
    assert kian.json["l2_distance"] == pytest.approx(0.8586887, abs=CLOSENESS)
    assert kian.json["l2_threshold"] == pytest.approx(0.7)


def test_identify_as_it_is_typed(folder: Folder, course: Path):
    younes = folder.run("identify", course / "probes" / "camera_0.jpg")
    stranger = folder.run("identify", course / "probes" / "camera_0.jpg", "--distance", "0.52", "--json")
    bertrand = folder.run("identify", course / "probes" / "camera_1.jpg", "--distance", "0.52", "--json")

    assert (younes.code, stranger.code, bertrand.code) == (0, 1, 0)
    assert younes.out.startswith("younes\n")
    assert "distance  0.6671" in younes.out
    assert (stranger.json["status"], stranger.json["candidate_name"]) == ("unknown", "younes")
    assert (bertrand.json["person_name"], bertrand.json["l2_threshold"]) == ("bertrand", pytest.approx(0.52))
