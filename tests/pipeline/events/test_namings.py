"""Live tracks are named by the gallery of the moment, which is looked for once a second at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.control.database import Control, open_control
from pipeline.control.gallery.people import People
from pipeline.events.namings import LOOK_S, Namings
from pipeline.options import IdentityOptions
from tests.builders_recording import ENCODER, make_reference


@dataclass(slots=True)
class Seconds:
    """Seconds that pass when they are told to."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    opened = open_control(tmp_path)
    opened.encoder(ENCODER)
    yield opened
    opened.close()


def test_empty_gallery_names_nobody(control: Control) -> None:
    assert Namings(control).naming(ENCODER, IdentityOptions()).matcher.gallery.person_ids == ()


def test_person_who_was_just_enrolled_is_found_at_the_next_look(control: Control) -> None:
    clock = Seconds()
    namings = Namings(control, clock)
    before = namings.naming(ENCODER, IdentityOptions())
    People(control).enrol("Ada", [make_reference(0)])

    at_once = namings.naming(ENCODER, IdentityOptions())
    clock.now_s += LOOK_S

    assert at_once is before
    assert namings.naming(ENCODER, IdentityOptions()).matcher.gallery.person_names == ("Ada",)


def test_unchanged_gallery_is_not_read_again(control: Control) -> None:
    clock = Seconds()
    namings = Namings(control, clock)
    before = namings.naming(ENCODER, IdentityOptions())

    clock.now_s += LOOK_S

    assert namings.naming(ENCODER, IdentityOptions()) is before


def test_runs_of_other_options_are_named_by_their_own(control: Control) -> None:
    namings = Namings(control)

    strict = namings.naming(ENCODER, IdentityOptions(threshold=0.99, absence_timeout_s=10))

    assert (strict.policy.threshold, strict.absence_timeout_s) == (0.99, 10)
    assert namings.naming(ENCODER, IdentityOptions()).absence_timeout_s == 2.0
