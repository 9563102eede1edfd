"""The whole job on the sample, as a user runs it: no other data is needed, and the record has to be right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipeline.analysis import analyze as analyze_in_process
from pipeline.sample.making import Sample
from tests.end_to_end.sample_record import list_faults

pytestmark = pytest.mark.slow

SCORES = ["best_score", "mean_score", "margin"]
LIMIT_S = 240


def analyze(sample: Sample, data: Path, **settings: str) -> None:
    """`facetrail analyze` on the sample, through the embedded server and workers of its own."""
    command = [sys.executable, "-m", "dashboards.cli", "analyze", str(sample.video), "--gallery", str(sample.gallery)]
    environment = {**os.environ, **settings}
    subprocess.run([*command, "--data", str(data), "--json"], check=True, timeout=LIMIT_S, env=environment)


def read_sightings(data: Path) -> pd.DataFrame:
    """The sightings of a record in one order."""
    return pd.read_parquet(data / "sightings").sort_values("sighting_id", ignore_index=True)


@pytest.fixture(scope="module")
def record(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an undisturbed run through the workers."""
    data = tmp_path_factory.mktemp("sample job") / "data"
    analyze(sample, data)
    return data


def test_sample_is_recorded_as_its_truth_says(sample: Sample, record: Path) -> None:
    assert list_faults(record, sample.truth_csv) == []


def test_more_detectors_record_the_same(sample: Sample, record: Path, tmp_path: Path) -> None:
    analyze(sample, tmp_path, FACETRAIL_DETECTORS="3")

    pd.testing.assert_frame_equal(read_sightings(tmp_path), read_sightings(record), atol=1e-4, rtol=0)


def test_second_analyze_doubles_nothing(sample: Sample, record: Path) -> None:
    before = read_sightings(record)

    analyze(sample, record)

    pd.testing.assert_frame_equal(read_sightings(record), before)


def test_one_process_records_the_same(sample: Sample, record: Path, tmp_path: Path, weights_cache: Path) -> None:
    (tmp_path / "weights").symlink_to(weights_cache)

    analyze_in_process([sample.video], data_dir=tmp_path, gallery=sample.gallery)

    pd.testing.assert_frame_equal(read_sightings(tmp_path), read_sightings(record), atol=1e-4, rtol=0)
