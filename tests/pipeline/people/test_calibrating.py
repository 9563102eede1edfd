"""What a calibration rests on: who counts as enrolled, who as a stranger, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.control.database import Control, open_control
from pipeline.control.gallery.people import People
from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import GalleryEmpty, InputError
from pipeline.identity.calibration.scores import STRANGER
from pipeline.people.calibrating import SeenPicture, assemble, enrolled_pictures, see_pictures
from tests.builders import make_vector
from tests.builders_faces import ColourEncoder, ScriptedDetector
from tests.builders_recording import ENCODER, make_reference

ENTRY = encoder_entry(ENCODER)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_control(tmp_path)
    yield opened
    opened.close()


def test_every_view_is_a_probe_of_its_picture() -> None:
    made = assemble(ENTRY, [_seen("ann", 0, sizes=(0, 20)), _seen("bob", 1)], [_seen("eve", 2)])

    assert made.probes.references.tolist() == [0, 0, 1, STRANGER]
    assert made.probes.sizes_px.tolist() == [0, 20, 0, 0]
    assert made.n_strangers == 1
    assert made.notes == ()


def test_copies_and_pictures_without_a_face_are_left_out_and_told() -> None:
    faceless = SeenPicture("ann", "none", {})

    made = assemble(ENTRY, [_seen("ann", 0), _seen("ann", 0, sha256="copy"), faceless, _seen("bob", 1)], [])

    assert len(made.gallery.references) == 2
    assert made.notes == (
        "1 pictures of the gallery show no usable face, and are left out",
        "1 pictures of the gallery are copies of others, and are left out",
    )


@pytest.mark.parametrize("stranger", [("ann", 7), ("somebody", 1)])
def test_stranger_who_is_enrolled_is_none(stranger: tuple[str, int]) -> None:
    name, looks = stranger

    made = assemble(ENTRY, [_seen("ann", 0), _seen("bob", 1)], [_seen(name, looks), _seen("eve", 2)])

    assert made.n_strangers == 1
    assert "show people of the gallery" in made.notes[0]


def test_empty_gallery_is_refused() -> None:
    with pytest.raises(GalleryEmpty, match="not a single picture"):
        assemble(ENTRY, [SeenPicture("ann", "none", {})], [])


def test_one_person_without_strangers_is_refused_with_the_way_out() -> None:
    with pytest.raises(InputError, match="--impostors DIR"):
        assemble(ENTRY, [_seen("ann", 0)], [])


def test_digest_follows_the_pictures_and_not_the_names() -> None:
    one = assemble(ENTRY, [_seen("ann", 0), _seen("bob", 1)], [_seen("eve", 2)])
    renamed = assemble(ENTRY, [_seen("zoe", 0), _seen("bob", 1)], [])
    other = assemble(ENTRY, [_seen("ann", 0), _seen("bob", 3)], [])

    assert one.gallery_digest == renamed.gallery_digest != other.gallery_digest
    assert one.impostors_digest != ""
    assert renamed.impostors_digest == ""


def test_enrolled_reference_whose_picture_is_gone_counts_by_its_embedding(control: Control) -> None:
    enrolled = People(control).enrol_all({"Ann": [make_reference(0)], "Bob": [make_reference(1)]})
    for path in (control.data_dir / "people" / enrolled[1].person_id).iterdir():
        path.unlink()

    pictures = enrolled_pictures(control, ENCODER)
    seen = {each.person: each for each in see_pictures(pictures, ScriptedDetector([]), ColourEncoder())}

    assert {each.person: each.path is not None for each in pictures} == {"Ann": True, "Bob": False}
    assert np.array_equal(seen["Bob"].views[0], make_vector(1))
    assert list(seen["Ann"].views) == [0]


def _seen(person: str, looks: int, *, sizes: tuple[int, ...] = (0,), sha256: str = "") -> SeenPicture:
    return SeenPicture(person, sha256 or f"{looks}", {size: make_vector(looks) for size in sizes})
