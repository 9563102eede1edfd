"""From a file that came to its run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from pipeline.config import Settings, load_settings
from pipeline.control.database import Control, open_control
from pipeline.control.work.arrivals import Arrival, Arrivals, ArrivalState, NewArrival, Origin
from pipeline.errors import InputError
from pipeline.intake.sections import options_with, parse_fps, parse_rotation, sections_as_json, sections_from_json
from pipeline.intake.taking import take_in
from pipeline.options import AnalysisOptions
from pipeline.video.writing import write_video
from tests.pipeline.video.clips import draw_frames

SECTIONS = {"sampling": {"fps": 2.0, "rotation": 0}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data=tmp_path / "data")


@pytest.fixture
def control(settings: Settings) -> Iterator[Control]:
    opened = open_control(settings.data)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "0a1b2c.mp4"
    write_video(path, draw_frames(20), 10)
    return path


def come(control: Control, path: Path, label: str = "door_20240131_235959.mp4") -> Arrival:
    status = path.stat()
    new = NewArrival(
        path=path,
        label=label,
        origin=Origin.UPLOAD,
        who="ada",
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        options_json=sections_as_json(SECTIONS),
    )
    return Arrivals(control).note(new)


def test_file_that_can_be_read_becomes_a_run_with_its_own_options(
    control: Control, settings: Settings, clip: Path
) -> None:
    taken = take_in(control, settings, UTC, come(control, clip))

    assert taken.run is not None
    assert AnalysisOptions.from_json(taken.run.options_json).sampling.fps == 2.0
    assert (taken.run.label, taken.arrival.state) == ("door_20240131_235959.mp4", ArrivalState.TAKEN)


def test_uploaded_file_begins_when_its_sender_s_name_for_it_says(
    control: Control, settings: Settings, clip: Path
) -> None:
    taken = take_in(control, settings, UTC, come(control, clip))

    assert taken.run is not None
    assert (taken.run.start_ts.isoformat(), taken.run.clock) == ("2024-01-31T23:59:59+00:00", "filename")


def test_same_footage_again_is_known(control: Control, settings: Settings, clip: Path) -> None:
    first = take_in(control, settings, UTC, come(control, clip))

    again = take_in(control, settings, UTC, come(control, clip))

    assert again.arrival.state is ArrivalState.KNOWN
    assert again.arrival.run_id == first.arrival.run_id


def test_file_that_cannot_be_read_is_refused_by_its_sender_s_name(
    control: Control, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "0d1e.mp4"
    path.write_bytes(b"<html>no video</html>" * 100)

    taken = take_in(control, settings, UTC, come(control, path, "party.mp4"))

    assert (taken.run, taken.arrival.state) == (None, ArrivalState.REFUSED)
    assert taken.arrival.problem is not None
    assert taken.arrival.problem.startswith("party.mp4: is no video")


@pytest.mark.parametrize("sections", [{}, {"sampling": {"fps": None}}, {"detection": {"min_face_size": 40}}])
def test_sections_come_back_as_they_were_kept(sections: dict[str, dict[str, object]]) -> None:
    assert sections_from_json(sections_as_json(sections)) == sections


def test_unknown_section_value_is_refused(control: Control, settings: Settings) -> None:
    with pytest.raises(InputError, match="footage options"):
        options_with(settings, {"sampling": {"colour": "red"}}, control)


@pytest.mark.parametrize(("parse", "text"), [(parse_fps, "many"), (parse_rotation, "45")])
def test_wrong_words_are_named(parse, text: str) -> None:
    with pytest.raises(InputError, match=text):
        parse(text)
