"""What there is of a model: looked at as a table of everything that can be the matter with its files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pipeline.encoders.local.availability import Availability, ModelState, availability
from pipeline.encoders.local.model_files import carried_file, content_bytes, content_sha256, find_weights
from pipeline.encoders.manifest import ManifestEntry, encoder_entry
from pipeline.errors import WeightsError

CARRIED = encoder_entry("sface")


def make_added(**changes: object) -> ManifestEntry:
    cleared = {"package": "", "version": "", "archive": "", "sha256": "", "member": "mine.h5"}
    entry: ManifestEntry = msgspec.structs.replace(CARRIED, **{**cleared, **changes})
    return entry


def test_an_installed_carrier_is_ready(tmp_path: Path):
    found = availability(encoder_entry("dlib-resnet"), tmp_path)

    assert found.state is ModelState.READY
    assert found.n_bytes == 22_466_066


def test_what_a_package_carries_is_to_be_fetched(tmp_path: Path):
    assert availability(CARRIED, tmp_path) == Availability(ModelState.TO_FETCH, None, CARRIED.download_bytes)


def test_a_fetched_file_that_changed_is_damaged_and_would_be_fetched_again(tmp_path: Path):
    cached = carried_file(CARRIED).cached(tmp_path)
    cached.parent.mkdir()
    cached.write_bytes(b"half a mod")

    assert availability(CARRIED, tmp_path).state is ModelState.DAMAGED
    assert find_weights(CARRIED, tmp_path) is None


def test_what_no_package_carries_is_to_be_added_and_then_ready(tmp_path: Path):
    entry = make_added()

    before = availability(entry, tmp_path)
    (tmp_path / "mine.h5").write_bytes(b"weights")

    assert before.state is ModelState.TO_ADD
    assert availability(entry, tmp_path) == Availability(ModelState.READY, tmp_path / "mine.h5", 7)


def test_an_added_file_that_changed_is_damaged(tmp_path: Path):
    (tmp_path / "mine.h5").write_bytes(b"weights")
    entry = make_added(sha256=content_sha256(tmp_path / "mine.h5"))
    (tmp_path / "mine.h5").write_bytes(b"Weights")

    found = availability(entry, tmp_path)

    assert found.state is ModelState.DAMAGED
    assert "is not what was put there" in found.problem
    with pytest.raises(WeightsError):
        find_weights(entry, tmp_path)


def test_terms_come_before_the_use_of_a_file_and_before_fetching_it(tmp_path: Path):
    asking = msgspec.structs.replace(CARRIED, terms="Ask first.")
    (tmp_path / "mine.h5").write_bytes(b"weights")

    assert availability(asking, tmp_path).state is ModelState.TERMS
    assert availability(make_added(terms="Ask first."), tmp_path).state is ModelState.TERMS
    assert availability(make_added(terms="Ask first.", member="other.h5"), tmp_path).state is ModelState.TO_ADD


def test_trained_layers_that_are_gone_are_damage(tmp_path: Path):
    trained = msgspec.structs.replace(encoder_entry("dlib-resnet"), tail="tail.npz")

    assert "its trained layers" in availability(trained, tmp_path).problem


def test_a_folder_counts_by_the_names_and_the_content_of_its_files(tmp_path: Path):
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "a.csv").write_text("1")
    before = content_sha256(folder)
    (folder / "a.csv").rename(folder / "b.csv")

    assert content_sha256(folder) != before
    assert content_bytes(folder) == 1
