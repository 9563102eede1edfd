"""Pictures and faces are shown together, as of one moment; nothing waits for ever."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dashboards.web.live.shots import PATIENCE_S, Joining, Shot, shot_bytes
from pipeline.events.scenes import FaceInView, Scene
from tests.builders import BOX
from workers.wire.views import Picture, PictureNote, Shown

ADA = FaceInView(track_id="t_1", box_xywh=BOX, name="Ada")


def picture(number: int) -> Picture:
    note = PictureNote(source_id="door", run_id="r_1", number=number, captured_at=float(number), width=64, height=48)
    return Picture(note, f"picture {number}".encode())


def scene(number: int, *faces: FaceInView) -> Scene:
    return Scene(source_id="door", run_id="r_1", number=number, faces=faces)


def joined(*shown: Shown, now_s: float = 0.0) -> list[tuple[int | None, list[str | None]]]:
    joining = Joining("door")
    return said([shot for one in shown for shot in joining.take(one, now_s)])


def said(shots: Sequence[Shot]) -> list[tuple[int | None, list[str | None]]]:
    """The number of each picture, and the names in it."""
    return [(shot.picture.note.number if shot.picture else None, [face.name for face in shot.faces]) for shot in shots]


def test_picture_waits_for_its_scene() -> None:
    assert joined(picture(1)) == []
    assert joined(picture(1), scene(1, ADA)) == [(1, ["Ada"])]


def test_scene_that_comes_first_waits_for_its_picture() -> None:
    assert joined(scene(1), picture(1)) == [(1, [])]


def test_pictures_before_the_one_that_is_shown_are_let_go() -> None:
    assert joined(picture(1), picture(2), scene(2, ADA), scene(1)) == [(2, ["Ada"]), (None, [])]


def test_picture_whose_scene_does_not_come_is_shown_without() -> None:
    joining = Joining("door")
    for number in (1, 2):
        joining.take(picture(number), 0.0)

    assert said(joining.overdue(PATIENCE_S / 2)) == []
    assert said(joining.overdue(PATIENCE_S)) == [(2, [])]
    assert said(joining.overdue(9.0)) == []


def test_pictures_wait_longer_while_scenes_are_late() -> None:
    joining = Joining("door")
    joining.take(picture(1), 0.0)
    joining.overdue(PATIENCE_S)
    joining.take(scene(1), 1.6)
    joining.take(picture(2), 2.0)

    assert said(joining.overdue(4.0)) == []
    assert said(joining.take(scene(2, ADA), 4.1)) == [(2, ["Ada"])]


def test_new_name_is_shown_in_a_picture_that_stands() -> None:
    stranger = FaceInView(track_id="t_1", box_xywh=BOX)

    assert joined(picture(1), scene(1, stranger), scene(2, stranger), scene(3, ADA)) == [(1, [None]), (None, ["Ada"])]


def test_shot_without_a_picture_keeps_the_one_that_was_not_taken_yet() -> None:
    first, second = Shot("door", picture(1)), Shot("door", None, (ADA,))

    assert said([second.after(first)]) == [(1, ["Ada"])]
    assert said([second.after(None)]) == [(None, ["Ada"])]


def test_bytes_are_a_length_a_header_and_the_picture() -> None:
    data = shot_bytes(Shot("door", picture(7), (ADA,)))

    end = 4 + int.from_bytes(data[:4], "big")
    header = json.loads(data[4:end])
    assert (header["camera"], header["at"], header["faces"][0]["name"]) == ("door", 7.0, "Ada")
    assert data[end:] == b"picture 7"
    assert header["bytes"] == len(b"picture 7")
