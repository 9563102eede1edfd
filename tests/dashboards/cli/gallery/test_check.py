"""`facetrail gallery check` and `drop`: proposals that can be typed as they stand."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.schemas import VectorF32
from tests.builders import make_vector
from tests.builders_recording import ENCODER, make_reference
from tests.dashboards.cli.conftest import Run


@pytest.fixture
def weak_gallery(tmp_path: Path) -> Path:
    """Ada has a copy and a picture of Bob; Bob has two pictures."""
    control = open_control(tmp_path / "data")
    control.encoder(ENCODER)
    ada = [make_reference(0, picture=name) for name in ("first", "copy")]
    of_bob = make_reference(1, picture="hers", embedding=make_vector(1, cosine=0.999))
    bob = [make_reference(1), make_reference(1, picture="other", embedding=make_vector(1, cosine=0.96))]
    People(control).enrol_all({"Ada O'Lace": [*ada, of_bob], "Bob": bob})
    control.close()
    return tmp_path / "data"


def test_weak_gallery_is_answered_by_proposals(facetrail: Run, weak_gallery: Path) -> None:
    said = facetrail("gallery", "check", "--json")

    kinds = [each["kind"] for each in said.json["proposals"]]
    assert said.code == 1
    assert {"same_picture", "near_duplicate", "few_images"} <= set(kinds)
    assert said.json["n_images"] == 5
    assert "few images" in facetrail("gallery", "check").out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Ada O'Lace", "--Ada"])
def test_proposed_command_takes_the_copy_away(facetrail: Run, weak_gallery: Path, name: str) -> None:
    facetrail("people", "rename", "Ada O'Lace", "--", name)
    proposals = facetrail("gallery", "check", "--json").json["proposals"]
    (copy,) = [each for each in proposals if each["kind"] == "near_duplicate"]

    said = facetrail(*shlex.split(copy["commands"][0])[1:])

    assert said.code == 0
    assert "has 2 pictures now" in said.out
    after = facetrail("gallery", "check", "--json").json
    assert [each for each in after["proposals"] if each["kind"] == "near_duplicate"] == []
    control = open_control(weak_gallery)
    assert AuditLog(control).read()[0].action == "drop"
    control.close()


def test_checking_changes_nothing(facetrail: Run, weak_gallery: Path) -> None:
    facetrail("gallery", "check")

    assert facetrail("people", "--json").json["gallery_version"] == 1


def test_picture_that_nobody_has_is_named(facetrail: Run, weak_gallery: Path) -> None:
    said = facetrail("gallery", "drop", "Bob", "ffffff")

    assert said.code == 2
    assert "has no picture ffffff" in said.err


def test_gallery_without_a_fault_is_fine(facetrail: Run, tmp_path: Path) -> None:
    control = open_control(tmp_path / "data")
    control.encoder(ENCODER)
    looks = [
        make_reference(0, picture=str(n), embedding=make_vector(0, cosine=c)) for n, c in enumerate((1, 0.97, 0.96))
    ]
    looks[2] = make_reference(0, picture="2", embedding=_turned())
    People(control).enrol("Ada", looks)
    control.close()

    said = facetrail("gallery", "check")

    assert (said.code, "nothing to look at" in said.out) == (0, True)


def _turned() -> VectorF32:
    look = make_vector(0, cosine=0.96)
    look[-1], look[-2] = 0, look[-1]
    return look
