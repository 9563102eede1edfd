"""Data folders with a few people, real pictures among them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.control.database import Control, open_control
from pipeline.control.gallery.people import NewReference, People
from tests.builders import make_vector

ENCODER = "sface"
OpenFolder = Callable[[str], Control]


def make_picture(shade: int) -> bytes:
    """A small PNG."""
    return cv2.imencode(".png", np.full((8, 8, 3), shade, np.uint8))[1].tobytes()


def make_pictured(person: int, shade: int, encoder: str = ENCODER) -> NewReference:
    """A reference that has a picture."""
    image = make_picture(shade)
    return NewReference(
        encoder=encoder,
        embedding=make_vector(person),
        quality=0.5,
        image_sha256=hashlib.sha256(image).hexdigest(),
        image=image,
        image_suffix=".png",
    )


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[OpenFolder]:
    """Open a data folder by name; all are closed at the end."""
    opened: list[Control] = []

    def open_one(name: str) -> Control:
        opened.append(open_control(tmp_path / name))
        return opened[-1]

    yield open_one
    for control in opened:
        control.close()


@pytest.fixture
def here(open_folder: OpenFolder) -> Control:
    """A data folder in which Ann has two pictures and Bob one."""
    control = open_folder("here")
    control.encoder(ENCODER)
    People(control).enrol_all({"Ann": [make_pictured(0, 10), make_pictured(0, 20)], "Bob": [make_pictured(1, 30)]})
    return control
