"""Cameras are looked at while somebody does, by one reader for all; who is slow is given the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from dashboards.web.live.wall import Wall
from tests.dashboards.web.live.test_shots import ADA, picture, scene
from workers.wire.views import MemoryViews

PATIENCE_S = 10.0


def wait_until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if holds():
            return
        pause.wait(0.01)
    pytest.fail("not in time")


@pytest.fixture
def views() -> MemoryViews:
    return MemoryViews()


@pytest.fixture
def wall(views: MemoryViews) -> Iterator[Wall]:
    made = Wall(lambda: views)
    yield made
    made.stop()


@pytest.mark.slow
def test_nobody_looks_at_a_camera_until_somebody_does(wall: Wall, views: MemoryViews) -> None:
    assert views.wanted_width("door") == 0

    with wall.looking(["door"], 640, lambda: None), wall.looking(["door", "yard"], 1280, lambda: None):
        wait_until(lambda: views.wanted_width("door") == 1280 and views.wanted_width("yard") == 1280)


@pytest.mark.slow
def test_shot_reaches_everybody_who_looks_at_its_camera(wall: Wall, views: MemoryViews) -> None:
    first, second = threading.Event(), threading.Event()
    with wall.looking(["door"], 640, first.set) as one, wall.looking(["door"], 640, second.set) as other:
        views.show(picture(1))
        views.show(scene(1, ADA))
        assert first.wait(PATIENCE_S)
        assert second.wait(PATIENCE_S)

        for glance in (one, other):
            (shot,) = glance.take()
            assert shot.picture is not None
            assert (shot.picture.jpeg, [face.name for face in shot.faces]) == (b"picture 1", ["Ada"])
            assert glance.take() == []


@pytest.mark.slow
def test_who_comes_later_sees_what_there_is_at_once(wall: Wall, views: MemoryViews) -> None:
    rung = threading.Event()
    with wall.looking(["door"], 640, rung.set):
        views.show(picture(1))
        views.show(scene(1))
        assert rung.wait(PATIENCE_S)

        with wall.looking(["door"], 640, lambda: None) as late:
            assert [shot.camera for shot in late.take()] == ["door"]


def test_last_picture_is_that_of_the_server(wall: Wall, views: MemoryViews) -> None:
    assert wall.last("door") is None

    views.keep_last(picture(3))

    last = wall.last("door")
    assert last is not None
    assert last.note.number == 3
