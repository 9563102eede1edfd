"""Figures stay with the model they were measured of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.encoders.local.measured import (
    MEASURED,
    Accuracy,
    Speed,
    fingerprint,
    measured_of,
    remember_accuracy,
    remember_speed,
)
from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import WeightsError

NOW = datetime(2026, 5, 1, tzinfo=UTC)
SFACE = encoder_entry("sface")
SPEED = Speed(device="CPU", one_face_ms=9.5, faces_per_s=150.0, batch=32, memory_mb=900.0, measured_at=NOW)


def make_accuracy(digest: str = "0123") -> Accuracy:
    return Accuracy(
        photo_set="office",
        set_digest=digest,
        n_pictures=60,
        auc=0.99,
        hit_rate=0.97,
        identified=None,
        open_threshold=None,
        measured_at=NOW,
    )


def test_nothing_is_known_of_what_was_never_measured(tmp_path: Path):
    known = measured_of(SFACE, tmp_path)

    assert known.speed is None
    assert known.accuracy == {}


def test_speed_and_accuracy_are_kept_beside_each_other(tmp_path: Path):
    remember_speed(SFACE, tmp_path, SPEED)
    remember_accuracy(SFACE, tmp_path, make_accuracy("0123"))
    remember_accuracy(SFACE, tmp_path, make_accuracy("4567"))

    known = measured_of(SFACE, tmp_path)

    assert known.speed == SPEED
    assert set(known.accuracy) == {"0123", "4567"}


def test_figures_of_another_model_of_the_name_are_not_believed(tmp_path: Path):
    remember_speed(SFACE, tmp_path, SPEED)
    other = msgspec.structs.replace(SFACE, alignment="eyes-nose")

    assert fingerprint(other) != fingerprint(SFACE)
    assert measured_of(other, tmp_path).speed is None


def test_a_damaged_record_is_named(tmp_path: Path):
    (tmp_path / MEASURED).write_text("{")

    with pytest.raises(WeightsError, match=r"measured\.json cannot be read"):
        measured_of(SFACE, tmp_path)
