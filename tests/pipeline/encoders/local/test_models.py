"""A data folder's own encoders: added, found, removed, and never mistaken for another."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from pipeline.encoders.local.models import add_entry, check_new_name, remove_entry
from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry, local_entries
from pipeline.errors import InputError, NotFound


def make_entry(name: str = "sface-office", **changes: object) -> ManifestEntry:
    changed: ManifestEntry = msgspec.structs.replace(encoder_entry("sface"), name=name, architecture="sface", **changes)
    return changed


def test_a_folder_without_models_has_none(tmp_path: Path):
    assert local_entries(tmp_path) == ()
    assert local_entries(tmp_path / "not there") == ()


def test_an_added_encoder_is_found_as_it_was_given(tmp_path: Path):
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6))
    entry = make_entry(alignment="eyes-nose", alignment_points=points, summary='with "quotes" and ünïcode')

    add_entry(tmp_path, entry)

    assert encoder_entry("sface-office", tmp_path) == entry
    assert [found.name for found in encoder_entries(tmp_path)][-1] == "sface-office"


def test_trained_layers_are_known_to_the_byte(tmp_path: Path):
    (tmp_path / "tail.npz").write_bytes(b"layers")

    add_entry(tmp_path, make_entry(tail="tail.npz"))

    assert encoder_entry("sface-office", tmp_path).tail_sha256 == hashlib.sha256(b"layers").hexdigest()


@pytest.mark.parametrize("name", ["", "Sface", "-x", "a b", "../sface", "x" * 64])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="no name for a model"):
        check_new_name(tmp_path, name)


def test_a_name_is_given_once(tmp_path: Path):
    add_entry(tmp_path, make_entry())

    with pytest.raises(InputError, match="there is a model called sface-office already"):
        add_entry(tmp_path, make_entry(summary="another"))
    with pytest.raises(InputError, match="there is a model called sface already"):
        add_entry(tmp_path, make_entry("sface"))


def test_adding_at_the_same_time_loses_nothing(tmp_path: Path):
    names = [f"sface-{number}" for number in range(12)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: add_entry(tmp_path, make_entry(name)), names))

    assert {entry.name for entry in local_entries(tmp_path)} == set(names)


def test_a_removed_encoder_takes_with_it_the_files_that_no_other_needs(tmp_path: Path):
    for name in ("shared.h5", "one.npz"):
        (tmp_path / name).write_bytes(b"x")
    add_entry(tmp_path, make_entry("one", package="", member="shared.h5", tail="one.npz"))
    add_entry(tmp_path, make_entry("two", package="", member="shared.h5"))

    remove_entry(tmp_path, "one")

    assert [entry.name for entry in local_entries(tmp_path)] == ["two"]
    assert not (tmp_path / "one.npz").exists()
    assert (tmp_path / "shared.h5").exists()


def test_what_ships_or_is_unknown_cannot_be_removed(tmp_path: Path):
    with pytest.raises(NotFound, match="sface comes with Facetrail"):
        remove_entry(tmp_path, "sface")
    with pytest.raises(NotFound, match="no model called 'nobody'"):
        remove_entry(tmp_path, "nobody")
