"""What every place where cameras show themselves promises, in memory and on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.errors import MessageError, TransportLost
from pipeline.events.scenes import FaceInView, Scene
from tests.builders import BOX
from workers.live.view_streams import RedisViews
from workers.wire.event_log import FIRST
from workers.wire.views import KEPT, MOST_BYTES, MemoryViews, Picture, PictureNote, Views, decode_shown, encode_shown


def make_picture(number: int = 0, camera: str = "door") -> Picture:
    note = PictureNote(source_id=camera, run_id="r_1", number=number, captured_at=1.5, width=64, height=48)
    return Picture(note, b"\xff\xd8 a picture")


def make_scene(number: int = 0, camera: str = "door") -> Scene:
    face = FaceInView(track_id="t_1", box_xywh=BOX, name="Ada", score=0.7)
    return Scene(source_id=camera, run_id="r_1", number=number, faces=(face,))


@pytest.fixture(params=["memory", "redis"])
def views(request: pytest.FixtureRequest) -> Iterator[Views]:
    """Each kind in turn: what holds for one holds for the other."""
    made = MemoryViews() if request.param == "memory" else RedisViews(request.getfixturevalue("redis_url"))
    yield made
    made.close()


def test_nobody_looks_at_first_and_nothing_is_shown(views: Views) -> None:
    assert views.wanted_width("door") == 0
    assert views.read({"door": FIRST}, wait_s=0) == {}
    assert views.last("door") is None


def test_who_looks_is_known_with_the_width_that_is_wanted(views: Views) -> None:
    views.look("door", 640)

    assert (views.wanted_width("door"), views.wanted_width("yard")) == (640, 0)


def test_what_is_shown_is_read_by_camera_in_its_order_and_once(views: Views) -> None:
    for shown in (make_picture(), make_scene(), make_scene(camera="yard")):
        views.show(shown)

    found = views.read({"door": FIRST, "yard": FIRST}, wait_s=0)
    after = {camera: place for camera, (place, _) in found.items()}

    picture, scene = found["door"][1]
    assert isinstance(picture, Picture)
    assert (picture.note, picture.jpeg, scene) == (make_picture().note, make_picture().jpeg, make_scene())
    assert found["yard"][1] == (make_scene(camera="yard"),)
    assert views.read(after, wait_s=0) == {}


def test_old_pictures_go(views: Views) -> None:
    for number in range(KEPT + 8):
        views.show(make_scene(number))

    _, shown = views.read({"door": FIRST}, wait_s=0)["door"]

    assert [scene.number for scene in shown if isinstance(scene, Scene)] == list(range(8, KEPT + 8))


def test_last_picture_of_a_camera_that_went_away_stays(views: Views) -> None:
    views.keep_last(make_picture(7))

    last = views.last("door")

    assert last is not None
    assert (last.note.number, last.jpeg) == (7, make_picture().jpeg)


@pytest.mark.parametrize(("note", "jpeg"), [(b"", b""), (b"{}", b"x"), (b"[1", b"x"), (b"{}", b"x" * (MOST_BYTES + 1))])
def test_what_is_no_picture_and_no_scene_is_refused(note: bytes, jpeg: bytes) -> None:
    with pytest.raises(MessageError):
        decode_shown(note, jpeg)


def test_scene_comes_back_as_it_was() -> None:
    assert decode_shown(*encode_shown(make_scene(3))) == make_scene(3)


def test_server_that_is_away_is_told() -> None:
    with pytest.raises(TransportLost):
        RedisViews("unix:///tmp/facetrail-no-such-socket").look("door", 640)
