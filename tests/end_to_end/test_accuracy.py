"""The default configuration against the truth files: clear rows are named, and nobody is ever named wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.analysis import Analysis, analyze
from pipeline.control.work.run_records import RunState
from pipeline.options import AnalysisOptions, DetectionOptions
from pipeline.reports.evaluation import Evaluation, evaluate
from pipeline.reports.truth import read_truth
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Status

pytestmark = pytest.mark.slow

FRIENDS = frozenset(
    {"chandler_bing", "joey_tribbiani", "monica_geller", "phoebe_buffay", "rachel_green", "ross_geller"}
)
OWN_GALLERY = [
    ("friends_apartment_part1", "friends"),
    ("short_hamilton", "hamilton"),
    ("obama_podium", "obama"),
]
STRANGERS = ["intel_head_tilt", "intel_three_walk", "intel_classroom", "short_hamilton", "obama_podium"]


@pytest.fixture
def data_dir(tmp_path: Path, weights_cache: Path) -> Path:
    """An empty data folder with the model files that all tests share."""
    (tmp_path / "weights").symlink_to(weights_cache)
    return tmp_path


@pytest.mark.parametrize(("video", "gallery"), OWN_GALLERY)
def test_every_clear_row_is_named_and_nobody_wrongly(open_data: Path, data_dir: Path, video: str, gallery: str) -> None:
    result = analyze([open_data / f"videos/{video}.mp4"], data_dir=data_dir, gallery=open_data / "gallery" / gallery)[0]

    found = _evaluate(open_data / f"videos/groundtruth/{video}.csv", open_data / "gallery" / gallery, data_dir, result)

    assert [row for row in found.clear if not row.is_found] == []
    assert len(found.clear) > 0
    assert found.wrong == ()


@pytest.mark.parametrize(("video", "gallery"), OWN_GALLERY)
def test_yunet_lets_nobody_be_named_wrongly_and_names_every_clear_row(
    open_data: Path, data_dir: Path, video: str, gallery: str
) -> None:
    options = AnalysisOptions(detection=DetectionOptions(detector="yunet"))
    path, folder = open_data / f"videos/{video}.mp4", open_data / "gallery" / gallery
    result = analyze([path], data_dir=data_dir, gallery=folder, options=options)[0]

    found = _evaluate(open_data / f"videos/groundtruth/{video}.csv", folder, data_dir, result)

    assert [row for row in found.clear if not row.is_found] == []
    assert found.wrong == ()


def test_every_clear_row_of_the_composed_video_is_named(open_data: Path, data_dir: Path) -> None:
    video, gallery = open_data / "synthetic/synthetic_open.mp4", open_data / "gallery/friends"
    result = analyze([video], data_dir=data_dir, gallery=gallery)[0]

    found = _evaluate(open_data / "synthetic/synthetic_open.csv", gallery, data_dir, result)

    assert all(row.is_found for row in found.clear)
    assert len(found.clear) == 12
    assert found.wrong == ()
    assert {s.person_id for s in result.sightings if s.status is Status.UNKNOWN} == {"unknown-0001", "unknown-0002"}


@pytest.mark.parametrize("video", STRANGERS)
def test_strangers_to_the_gallery_are_unknown(open_data: Path, data_dir: Path, video: str) -> None:
    result = analyze([open_data / f"videos/{video}.mp4"], data_dir=data_dir, gallery=open_data / "gallery/friends")[0]

    assert result.run.counters.n_faces > 0
    assert {s.status for s in result.sightings} <= {Status.UNKNOWN, Status.UNCERTAIN}
    assert FRIENDS.isdisjoint({s.person_name for s in result.sightings})


def test_footage_without_faces_has_no_sightings(open_data: Path, data_dir: Path) -> None:
    result = analyze(
        [open_data / "videos/intel_no_faces.mp4"], data_dir=data_dir, gallery=open_data / "gallery/friends"
    )[0]

    assert result.run.state is RunState.DONE
    assert result.run.counters.n_samples == 697
    assert result.sightings == ()


def _evaluate(truth_csv: Path, gallery: Path, data_dir: Path, result: Analysis) -> Evaluation:
    tracks = Store(data_dir).read_tracks(RowFilter(source_id=result.run.run.source_id))
    enrolled = {person.stem for person in gallery.iterdir()}
    return evaluate(read_truth(truth_csv), list(result.sightings), tracks, enrolled=enrolled)
