"""Drawing: sheets are laid down where the scene says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ImageUnreadable
from pipeline.sample.drawing import Sheet, lay_down, prepare_sheet, read_picture
from pipeline.sample.pictures import COFFEE
from pipeline.sample.scene import Layer, Place


def make_sheet(height: int = 40) -> Sheet:
    """A white square, opaque."""
    return Sheet(np.full((height, height, 3), 255, np.float32), np.ones((height, height, 1), np.float32), height)


def test_sheet_outside_of_the_frame_leaves_it_as_it_was() -> None:
    frame = np.zeros((100, 100, 3), np.float32)

    assert not lay_down(frame, make_sheet(), Place(0.0, -200, 50, 40)).any()


def test_sheet_covers_its_place_and_nothing_else() -> None:
    frame = lay_down(np.zeros((100, 100, 3), np.float32), make_sheet(), Place(0.0, 49.5, 49.5, 20))

    assert frame[41:59, 41:59].min() == 255
    assert frame[:38].max() == frame[62:].max() == 0


def test_laying_down_keeps_the_frame_given() -> None:
    frame = np.zeros((100, 100, 3), np.float32)

    lay_down(frame, make_sheet(), Place(0.0, 50, 50, 40))

    assert not frame.any()


def test_print_has_a_white_border_inside_a_shadow() -> None:
    layer = Layer(picture=COFFEE, crop_xyxy=(0, 0, 50, 100), places=(Place(0.0, 0, 0, 200),), framed=True)

    sheet = prepare_sheet(layer, np.zeros((100, 50, 3), np.uint8))

    rows, columns = sheet.cover.shape[:2]
    assert sheet.cover[rows // 2, columns // 2] == 1
    assert 0 < sheet.cover[rows // 2, 15] < 1
    assert sheet.image_bgr[rows // 2, 22].min() > 240


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "not.jpg"
    path.write_text("words")

    with pytest.raises(ImageUnreadable, match=r"not\.jpg"):
        read_picture(path)
