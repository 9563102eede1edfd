"""Real faces of a real run: who is searched for is found, before and after the footage is looked at otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.analysis import analyze
from pipeline.control.database import Control, open_control
from pipeline.encoders.registry import load_encoder
from pipeline.faces.detectors.choice import load_detector
from pipeline.identity.enrolment import examine_image
from pipeline.options import AnalysisOptions, DetectionOptions, IdentityOptions
from pipeline.sample.making import Sample
from pipeline.schemas import VectorF32
from pipeline.search.finding import FaceFinder, Findings
from pipeline.search.searching import FaceQuery, Likeness
from pipeline.sightings.rows import Status

pytestmark = pytest.mark.slow

ENCODER = "sface"
COARSE = AnalysisOptions(sampling=replace(AnalysisOptions().sampling, fps=2.0))


@pytest.fixture(scope="module")
def control(sample: Sample, weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    """The sample, analysed coarsely, with its gallery."""
    data_dir = tmp_path_factory.mktemp("search") / "data"
    data_dir.mkdir()
    (data_dir / "weights").symlink_to(weights_cache)
    analyze([sample.video], data_dir=data_dir, gallery=sample.gallery, options=COARSE)
    opened = open_control(data_dir)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def face(sample: Sample, weights_cache: Path) -> VectorF32:
    """Barack Obama by a picture of the gallery."""
    picture = next((sample.gallery / "Barack Obama").iterdir())
    report = examine_image(
        picture, load_detector(DetectionOptions(), weights_cache), load_encoder(ENCODER, weights_cache)
    )
    assert report.embedding is not None
    return report.embedding


def names(findings: Findings, likeness: Likeness) -> list[str | None]:
    return [one.sighting.person_name for one in findings.found if one.likeness is likeness]


def search(control: Control, face: VectorF32) -> Findings:
    return FaceFinder(control, ENCODER, IdentityOptions()).find(face, FaceQuery())


def test_person_is_found_wherever_the_record_names_him(control: Control, face: VectorF32) -> None:
    found = search(control, face)

    assert names(found, Likeness.SAME) == ["Barack Obama", "Barack Obama"]
    assert "Barack Obama" not in names(found, Likeness.OTHER)


def test_stranger_is_found_by_one_of_his_sightings(control: Control, face: VectorF32) -> None:
    finder = FaceFinder(control, ENCODER, IdentityOptions())
    (stranger,) = [one for one in search(control, face).found if one.sighting.status is Status.UNKNOWN]

    theirs, row = finder.face_of(stranger.sighting.sighting_id)
    best = finder.find(theirs, FaceQuery()).found[0]

    assert row == stranger.sighting
    assert (best.sighting.sighting_id, best.likeness) == (row.sighting_id, Likeness.SAME)


def test_new_run_takes_the_place_of_the_older_one(control: Control, face: VectorF32, sample: Sample) -> None:
    before = search(control, face)

    analyze([sample.video], data_dir=control.data_dir)
    after = search(control, face)

    assert names(after, Likeness.SAME) == ["Barack Obama", "Barack Obama"]
    assert {one.sighting.run_id for one in after.found}.isdisjoint({one.sighting.run_id for one in before.found})
    assert {one.track_id for one in after.found}.isdisjoint({one.track_id for one in before.found})
