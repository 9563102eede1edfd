"""Making the sample: whole, once, and the same every time."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.options import SamplingOptions
from pipeline.sample.making import Sample, make_sample
from pipeline.schemas import FrameChunk, RunEnded, RunKey, SampleState
from pipeline.video.chunks import read_chunks
from pipeline.video.files.source import probe_source

pytestmark = pytest.mark.slow


def test_sample_is_a_720p_clip_with_a_gallery_and_a_truth(sample: Sample) -> None:
    source = probe_source(sample.video, largest_side=1920)

    assert source.size_wh == (1280, 720)
    assert source.duration_s == pytest.approx(17.6, abs=0.1)
    assert sorted(path.name for path in sample.gallery.iterdir()) == ["Barack Obama", "Joe Biden"]
    with sample.truth_csv.open(newline="") as file:
        assert {row["level"] for row in csv.DictReader(file)} == {"clear", "hard"}


def test_made_sample_is_not_made_again(sample: Sample, tmp_path: Path) -> None:
    before = sample.video.stat().st_mtime_ns

    again = make_sample(sample.video.parent, tmp_path / "never-used", on_frame=pytest.fail)

    assert again == sample
    assert again.video.stat().st_mtime_ns == before


def test_still_stretch_is_gated_and_nothing_of_the_rest_is_lost(sample: Sample) -> None:
    chunks = list(read_chunks(sample.video, RunKey("f_0", "r_0"), SamplingOptions()))

    samples = [one for chunk in chunks if isinstance(chunk, FrameChunk) for one in chunk.samples]
    gated = [one for one in samples if one.state is SampleState.GATED]
    assert isinstance(chunks[-1], RunEnded)
    assert chunks[-1].problem is None
    assert gated
    assert all(7.4 < one.media_s < 9.7 for one in gated)


def test_cuts_of_the_scene_are_found(sample: Sample) -> None:
    chunks = read_chunks(sample.video, RunKey("f_0", "r_0"), SamplingOptions())

    cuts = [
        one.media_s for chunk in chunks if isinstance(chunk, FrameChunk) for one in chunk.samples if one.starts_shot
    ]

    assert [second for second in cuts if second > 0] == pytest.approx([2.0, 9.6, 12.4, 16.4], abs=0.21)
