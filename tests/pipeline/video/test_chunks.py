from itertools import accumulate, cycle, islice
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SourceUnreadable
from pipeline.options import SamplingOptions
from pipeline.schemas import CHUNK_SAMPLES, FrameChunk, SampleState
from pipeline.video.chunks import read_chunks
from pipeline.video.writing import WritingOptions
from tests.pipeline.video.clips import RUN, MakeClip, all_samples, read_run

UNEVEN_TIMES = list(accumulate(islice(cycle([0.02, 0.04, 0.04, 0.1, 0.3, 0.04, 0.9]), 699), initial=0.0))

ENCODINGS = {
    "closed.mp4": WritingOptions(codec_options={"bf": "3", "g": "60"}),
    "open.mkv": WritingOptions(codec_options={"bf": "3", "g": "40", "x264-params": "open-gop=1"}),
    "hevc.mp4": WritingOptions(
        codec="libx265",
        codec_options={"preset": "ultrafast", "x265-params": "keyint=40:open-gop=1:bframes=4:log-level=none"},
    ),
    "uneven.mp4": WritingOptions(codec_options={"bf": "2", "g": "50"}),
    "plain.ts": WritingOptions(codec_options={"bf": "2", "g": "50"}),
}


def states(chunks: list[FrameChunk]) -> list[str]:
    return [sample.state.value for sample in all_samples(chunks)]


def assert_same(one: FrameChunk, other: FrameChunk) -> None:
    assert (one.number, one.samples) == (other.number, other.samples)
    assert [frame.sample_index for frame in one.frames] == [frame.sample_index for frame in other.frames]
    for frame, other_frame in zip(one.frames, other.frames, strict=True):
        np.testing.assert_array_equal(frame.i420, other_frame.i420)


def test_samples_are_the_first_frames_of_their_cells_at_exact_times(make_clip: MakeClip) -> None:
    chunks, ended = read_run(make_clip("two_seconds.mp4"), fps=10, gate=False)

    samples = all_samples(chunks)
    assert [sample.index for sample in samples] == list(range(20))
    assert [sample.media_s for sample in samples[:4]] == [0, 0.12, 0.2, 0.32]
    assert [len(chunk.samples) for chunk in chunks] == [CHUNK_SAMPLES, 4]
    assert (ended.n_chunks, ended.problem) == (2, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("keyframes_only", [False, True], ids=["all", "keyframes"])
def test_run_that_begins_in_the_middle_gives_the_same_chunks(
    make_clip: MakeClip, name: str, keyframes_only: bool
) -> None:
    path = make_clip(name, 700, options=ENCODINGS[name], times_s=UNEVEN_TIMES if "uneven" in name else None)
    whole, ended = read_run(path, keyframes_only=keyframes_only)

    for start in (1, len(whole) * 4 // 5, len(whole) - 1, len(whole)):
        part, part_ended = read_run(path, start_chunk=start, keyframes_only=keyframes_only)

        assert part_ended == ended
        assert len(part) == len(whole) - start
        for chunk, same in zip(whole[start:], part, strict=True):
            assert_same(chunk, same)


def test_picture_that_lasts_is_gated(make_clip: MakeClip) -> None:
    path = make_clip("lasting.mkv", 4, times_s=[0, 0.2, 1.6, 1.8])

    chunks, ended = read_run(path, gate=False)

    assert states(chunks) == ["decoded"] * 2 + ["gated"] * 6 + ["decoded"] * 2
    assert ended.problem is None


def test_every_frame_is_a_sample_without_a_rate(make_clip: MakeClip) -> None:
    chunks, _ = read_run(make_clip("two_seconds.mp4"), fps=None, gate=False)

    assert len(all_samples(chunks)) == 50
    assert sum(len(chunk.frames) for chunk in chunks) == 50


def test_nothing_is_gated_without_the_gate(make_clip: MakeClip) -> None:
    still = make_clip("still.mp4", 1, times_s=[0.0])

    assert set(states(read_run(still, gate=False)[0])) == {"decoded"}


@pytest.mark.parametrize("name", ["front.mp4", "long.mkv"])
def test_truncated_file_is_read_to_its_end_and_the_rest_has_failed(
    make_clip: MakeClip, tmp_path: Path, name: str
) -> None:
    options = WritingOptions(codec_options={"g": "25"}, container_options={"movflags": "faststart"})
    whole = make_clip(name, 250, options=options).read_bytes()
    path = tmp_path / name
    path.write_bytes(whole[: len(whole) * 6 // 10])

    chunks, ended = read_run(path)

    assert len(all_samples(chunks)) == 50
    assert 15 < states(chunks).count("failed") < 25
    assert ended.problem is not None
    assert ended.problem.startswith("stops at 0:0")
    assert "of 0:10.0" in ended.problem


def test_cells_whose_data_is_destroyed_have_failed(make_clip: MakeClip, tmp_path: Path) -> None:
    options = WritingOptions(codec_options={"g": "25"})
    content = bytearray(make_clip("destroyed.mkv", 250, options=options).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = bytes(20_000)
    path = tmp_path / "destroyed.mkv"
    path.write_bytes(content)

    chunks, ended = read_run(path)

    found = states(chunks)
    assert found[0] == found[-1] == "decoded"
    assert found.count("failed") >= 2
    assert ended.problem is not None


def test_decoder_prints_nothing_about_damage(
    make_clip: MakeClip, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(make_clip("noisy.mkv", 50).read_bytes())
    capfd.readouterr()
    content[len(content) // 2 :: 97] = bytes(len(content[len(content) // 2 :: 97]))
    (tmp_path / "noisy.mkv").write_bytes(content)

    _, ended = read_run(tmp_path / "noisy.mkv")

    assert ended.problem is not None
    assert capfd.readouterr() == ("", "")


def test_gap_in_a_broadcast_stream_has_failed(make_clip: MakeClip, tmp_path: Path) -> None:
    content = bytearray(make_clip("broadcast.ts", 250, options=WritingOptions(codec_options={"g": "25"})).read_bytes())
    middle = len(content) // 188 // 2 * 188
    del content[middle : middle + 188 * 60]
    path = tmp_path / "broadcast.ts"
    path.write_bytes(content)

    chunks, ended = read_run(path)

    assert states(chunks).count("failed") >= 3
    assert "could not be decoded" in (ended.problem or "")


def test_file_without_a_whole_picture_is_refused(make_clip: MakeClip, tmp_path: Path) -> None:
    options = WritingOptions(container_options={"movflags": "faststart"})
    content = bytearray(make_clip("hollow.mp4", 20, options=options).read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    path = tmp_path / "hollow.mp4"
    path.write_bytes(content)

    with pytest.raises(SourceUnreadable, match="no picture in it can be decoded"):
        read_run(path)


@pytest.mark.slow
def test_reading_can_be_given_up_at_any_chunk(make_clip: MakeClip) -> None:
    chunks = read_chunks(make_clip("long_plain.mp4", 700), RUN, SamplingOptions())

    first = next(chunks)
    chunks.close()  # type: ignore[attr-defined]

    assert isinstance(first, FrameChunk)
    assert list(chunks) == []


@pytest.mark.slow
def test_shots_of_a_real_film_begin_where_it_was_cut(open_data: Path) -> None:
    chunks, _ = read_run(open_data / "videos" / "friends_apartment_part1.mp4")

    begins = [sample.media_s for sample in all_samples(chunks) if sample.starts_shot]

    cuts = [0.04, 1.29, 4.71, 7.01, 8.68, 13.05, 17.81, 21.52, 24.57, 26.61, 34.16, 39.21, 42.21, 44.54, 46.84, 49.67]
    cuts += [51.18, 53.51, 54.80, 55.85, 59.73]
    assert len(begins) == len(cuts)
    assert all(-0.01 <= begin - cut <= 0.24 for begin, cut in zip(begins, cuts, strict=True))


@pytest.mark.parametrize(
    ("name", "cuts"),
    [
        ("obama_podium", 0),
        ("intel_head_tilt", 0),
        ("intel_three_walk", 0),
        ("intel_no_faces", 0),
        ("short_hamilton", 3),
    ],
)
@pytest.mark.slow
def test_motion_is_no_shot_cut(open_data: Path, name: str, cuts: int) -> None:
    chunks, _ = read_run(open_data / "videos" / f"{name}.mp4")

    assert sum(sample.starts_shot for sample in all_samples(chunks)) == cuts


@pytest.mark.slow
def test_empty_scene_is_gated_and_the_first_sample_of_a_chunk_is_not(open_data: Path) -> None:
    chunks, _ = read_run(open_data / "videos" / "intel_no_faces.mp4")

    assert states(chunks[:1]).count("gated") == CHUNK_SAMPLES - 1
    assert all(chunk.samples[0].state is SampleState.DECODED for chunk in chunks)


@pytest.mark.slow
def test_no_sample_in_which_somebody_appears_or_leaves_is_gated(open_data: Path) -> None:
    synthetic = open_data / "synthetic"
    changes = np.loadtxt(synthetic / "synthetic_open.csv", delimiter=",", skiprows=1, usecols=(3, 4)).ravel()

    chunks, _ = read_run(synthetic / "synthetic_open.mp4")

    gated = [sample.media_s for sample in all_samples(chunks) if sample.state is SampleState.GATED]
    assert not [time for time in gated if np.any((changes <= time) & (time < changes + 0.2))]
