from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.errors import SourceUnreadable
from pipeline.video.files.container import open_footage
from pipeline.video.files.decoding import FrameReader
from pipeline.video.writing import WritingOptions
from tests.pipeline.video.clips import MakeClip


def test_no_frame_is_lost_between_the_first_and_the_rest(make_clip: MakeClip) -> None:
    with open_footage(make_clip("two_seconds.mp4")) as footage:
        reader = FrameReader(footage)
        first = reader.read_first()

        times = [frame.media_time for frame in reader.read()]

    assert [first.media_time, *times] == [Fraction(index, 25) for index in range(50)]


def test_seek_goes_to_a_keyframe_before_its_aim(make_clip: MakeClip) -> None:
    path = make_clip("keyframes.mp4", 100, options=WritingOptions(codec_options={"g": "25", "bf": "2"}))
    with open_footage(path) as footage:
        reader = FrameReader(footage)
        reader.read_first()
        reader.seek(Fraction(5, 2))

        times = [float(frame.media_time) for frame in reader.read()]

    assert times[0] == 2
    assert times[-1] == 3.96


def test_damaged_pictures_are_counted_and_not_shown(make_clip: MakeClip, tmp_path: Path) -> None:
    content = bytearray(make_clip("one_group.mp4", 100).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(content)

    with open_footage(path) as footage:
        reader = FrameReader(footage)
        frames = list(reader.read())

    assert reader.n_lost >= 1
    assert len(frames) + reader.n_lost == 100
    assert sum(frame.n_lost_before for frame in frames) == reader.n_lost


def test_stream_without_a_picture_is_refused(make_clip: MakeClip, tmp_path: Path) -> None:
    options = WritingOptions(container_options={"movflags": "faststart"})
    content = bytearray(make_clip("hollow.mp4", 20, options=options).read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    path = tmp_path / "hollow.mp4"
    path.write_bytes(content)

    with open_footage(path) as footage, pytest.raises(SourceUnreadable, match="no picture in it can be decoded"):
        FrameReader(footage).read_first()
