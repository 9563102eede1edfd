"""A camera shows itself while somebody looks, and only then; its scene has the names that its events have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import simplejpeg

from pipeline.control.gallery.people import People
from pipeline.control.work.runs import Runs
from pipeline.errors import TransportLost
from pipeline.events.scenes import Scene
from pipeline.schemas import SampleState
from pipeline.sightings.recording.recorded_fold import RecordedFold
from pipeline.sightings.rows import SourceKind, Status
from tests.builders import FRAME_SIZE_WH, RUN, START, make_face, make_face_chunk, make_sample, make_vector
from tests.builders_recording import World, make_reference, open_world
from tests.builders_workers import make_frame_chunk
from workers.live.viewing import CameraView, Scenes
from workers.recording.telling import LogTeller
from workers.wire.event_log import FIRST, MemoryEventLog
from workers.wire.pictures import encode_preview
from workers.wire.views import MemoryViews, Picture, Shown

CAMERA = RUN.source_id


class AbsentViews(MemoryViews):
    """Views on a server that is away."""

    def wanted_width(self, camera: str) -> int:
        raise TransportLost("away")

    def keep_last(self, picture: Picture) -> None:
        raise TransportLost("away")


@pytest.fixture
def views() -> MemoryViews:
    return MemoryViews()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A live run, with Ada enrolled."""
    world = open_world(tmp_path, kind=SourceKind.LIVE)
    People(world.control).enrol("Ada", [make_reference(0)])
    yield world
    world.control.close()


def shown(views: MemoryViews) -> tuple[Shown, ...]:
    return views.read({CAMERA: FIRST}, wait_s=0).get(CAMERA, ("", ()))[1]


def test_nobody_looks_and_no_picture_is_made(views: MemoryViews) -> None:
    CameraView(CAMERA, views).show(make_frame_chunk(), START)

    assert shown(views) == ()


def test_picture_is_the_last_of_its_chunk_and_as_wide_as_wanted(views: MemoryViews) -> None:
    views.look(CAMERA, 32)

    CameraView(CAMERA, views).show(make_frame_chunk(3), START)

    (picture,) = shown(views)
    assert isinstance(picture, Picture)
    assert (picture.note.number, picture.note.width, picture.note.height) == (3, 32, 24)
    assert picture.note.captured_at == START.timestamp() + 49 / 5
    assert simplejpeg.decode_jpeg(picture.jpeg).shape == (24, 32, 3)


def test_who_comes_while_nothing_moves_sees_the_picture_that_stands(views: MemoryViews) -> None:
    view = CameraView(CAMERA, views, ask_s=0)
    view.show(make_frame_chunk(0), START)

    views.look(CAMERA, 64)
    view.show(make_frame_chunk(1, states=[SampleState.GATED]), START)

    (picture,) = shown(views)
    assert isinstance(picture, Picture)
    assert picture.note.number == 1


def test_last_picture_is_kept_when_the_camera_goes(views: MemoryViews) -> None:
    view = CameraView(CAMERA, views)

    view.show(make_frame_chunk(5), START)
    view.leave()
    view.leave()

    last = views.last(CAMERA)
    assert last is not None
    assert last.note.number == 5


def test_server_that_is_away_disturbs_no_camera() -> None:
    view = CameraView(CAMERA, AbsentViews())

    view.show(make_frame_chunk(), START)
    view.leave()


def test_preview_is_never_larger_than_its_frame() -> None:
    (frame,) = make_frame_chunk(n_frames=1).frames

    assert encode_preview(frame.i420, 640).size_wh == (64, 48)


def test_scene_of_a_chunk_names_whoever_its_sighting_names(world: World, views: MemoryViews) -> None:
    teller = LogTeller(world.control, MemoryEventLog(), 10, scenes=Scenes(views))
    record = world.record
    fold = RecordedFold(record, world.lease, world.recorder, Runs(world.control), teller.telling(record))
    views.look(CAMERA, 640)
    teller.publish(CAMERA)  # finds out that somebody looks

    for n in range(4):
        face = make_face(sample_index=n, embedding=make_vector(0))
        fold.record([make_face_chunk(n, samples=[make_sample(n)], faces=[face])])
    teller.publish(CAMERA)

    scenes = [scene for scene in shown(views) if isinstance(scene, Scene)]
    (face_in_view,) = scenes[-1].faces
    assert [scene.number for scene in scenes] == [0, 1, 2, 3]
    assert (face_in_view.name, face_in_view.status) == ("Ada", Status.KNOWN)
    width, height = FRAME_SIZE_WH
    assert face_in_view.box_xywh == pytest.approx((100 / width, 100 / height, 80 / width, 80 / height))


def test_no_scene_is_made_while_nobody_looks(world: World, views: MemoryViews) -> None:
    scenes = Scenes(views)
    teller = LogTeller(world.control, MemoryEventLog(), 10, scenes=scenes)
    fold = RecordedFold(world.record, world.lease, world.recorder, Runs(world.control), teller.telling(world.record))

    fold.record([make_face_chunk(0, samples=[make_sample(0)], faces=[make_face(embedding=make_vector(0))])])
    teller.publish(CAMERA)

    assert shown(views) == ()
