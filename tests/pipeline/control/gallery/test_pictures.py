"""Single pictures taken out: a new version, and nothing forgotten of the old one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.control.gallery.pictures import drop_picture
from pipeline.errors import InputError, NotFound
from tests.builders_recording import ENCODER, make_reference
from tests.control_databases import open_database

PICTURES = [make_reference(0, picture=name) for name in ("first", "second", "third")]


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_database(tmp_path)
    People(opened).enrol("Ann", PICTURES)
    yield opened
    opened.close()


@pytest.fixture
def ann(control: Control) -> str:
    return People(control).person("Ann").person_id


def test_picture_is_gone_from_today_and_stays_in_the_past(control: Control, ann: str) -> None:
    whole = drop_picture(control, ann, PICTURES[1].image_sha256[:10].upper())

    assert whole == PICTURES[1].image_sha256
    assert [len(People(control).gallery(ENCODER, version).references) for version in (1, 2)] == [3, 2]


def test_same_picture_can_be_enrolled_again(control: Control, ann: str) -> None:
    drop_picture(control, ann, PICTURES[1].image_sha256)

    assert People(control).enrol("Ann", PICTURES).added == (PICTURES[1].image_sha256,)


@pytest.mark.parametrize("digest", ["ffff", "", "%"])
def test_picture_that_is_not_there_is_named_and_nothing_changes(control: Control, ann: str, digest: str) -> None:
    with pytest.raises(NotFound, match="has no picture"):
        drop_picture(control, ann, digest)

    assert People(control).gallery_version() == 1


def test_beginning_of_several_pictures_is_refused(control: Control, ann: str) -> None:
    People(control).enrol("Ann", [make_reference(0, picture=str(number)) for number in range(40)])

    with pytest.raises(InputError, match="give more digits"):
        drop_picture(control, ann, PICTURES[0].image_sha256[:1])
