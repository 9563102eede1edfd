"""The manifest: every encoder complete, and an unknown name answered with the known ones."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pipeline.encoders.manifest import ManifestEntry, encoder_entries, encoder_entry
from pipeline.errors import NotFound
from pipeline.faces.alignment import TEMPLATES
from pipeline.options import EncodingOptions

ALL = pytest.mark.parametrize("entry", encoder_entries(), ids=lambda entry: entry.name)


@ALL
def test_an_entry_names_a_template_of_its_size_and_a_module(entry: ManifestEntry):
    assert TEMPLATES[entry.alignment].size == entry.input_size
    assert find_spec(f"pipeline.encoders.{entry.name.replace('-', '_')}") is not None
    assert len(entry.sha256) == 64
    assert entry.archive in ("wheel", "sdist")


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
