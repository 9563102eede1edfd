"""Weights under terms are not used before somebody agreed, and then without being asked again."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.encoders.local.terms import ACCEPTED, accept_terms, is_usable, require_terms
from pipeline.encoders.manifest import ManifestEntry, encoder_entry
from pipeline.encoders.registry import weights_path
from pipeline.errors import WeightsError

NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def make_entry(name: str = "w", terms: str = "For research only.") -> ManifestEntry:
    entry: ManifestEntry = msgspec.structs.replace(encoder_entry("dlib-resnet"), name=name, terms=terms)
    return entry


def test_without_terms_there_is_nothing_to_agree_to(tmp_path: Path):
    accept_terms(make_entry(terms=""), tmp_path, by="ada", at=NOW)

    assert is_usable(make_entry(terms=""), tmp_path)
    assert not (tmp_path / ACCEPTED).exists()


def test_weights_are_refused_before_anybody_agreed(tmp_path: Path):
    with pytest.raises(WeightsError, match=r"For research only\..*models fetch w --accept-licence"):
        weights_path(make_entry(), tmp_path)


def test_a_file_that_the_user_has_to_add_is_agreed_to_by_adding_it(tmp_path: Path):
    entry = msgspec.structs.replace(make_entry(), package="", member="mine.h5")

    with pytest.raises(WeightsError, match="models add FILE --accept-licence"):
        require_terms(entry, tmp_path)
    (tmp_path / "mine.h5").touch()
    with pytest.raises(WeightsError, match="models fetch w --accept-licence"):
        require_terms(entry, tmp_path)


def test_who_agreed_is_put_down_and_not_asked_again(tmp_path: Path):
    accept_terms(make_entry(), tmp_path, by="ada", at=NOW)
    accept_terms(make_entry(), tmp_path, by="grace", at=NOW)

    assert weights_path(make_entry(), tmp_path).is_file()
    assert tomllib.loads((tmp_path / ACCEPTED).read_text()) == {
        "w": {"terms": "For research only.", "by": "ada", "at": NOW}
    }


def test_agreement_is_to_the_text_and_not_to_the_model(tmp_path: Path):
    accept_terms(make_entry(), tmp_path, by="ada", at=NOW)

    require_terms(make_entry("trained-from-w"), tmp_path)
    with pytest.raises(WeightsError, match="Not even that"):
        require_terms(make_entry(terms="Not even that."), tmp_path)
