"""Photographs: read upright and bounded, and listed by person."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import GalleryEmpty, ImageUnreadable, NotFound
from pipeline.identity.photos.reading import LARGEST_FILE, LARGEST_SIDE, list_gallery, read_photo


def encode(image_bgr: np.ndarray, suffix: str = ".png") -> bytes:
    return cv2.imencode(suffix, image_bgr)[1].tobytes()


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF block that says how it must be turned."""
    tiff = b"II*\x00" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def claiming(png: bytes, width: int, height: int) -> bytes:
    """The PNG with another size in its header."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
def test_every_kind_of_picture_is_read_in_colour(suffix: str):
    image = np.full((40, 60, 3), (200, 100, 50), np.uint8)

    photo = read_photo(encode(image, suffix))

    assert photo.shape == (40, 60, 3)
    assert np.abs(photo.astype(int) - image).max() <= 6


def test_a_grey_picture_has_three_equal_channels():
    photo = read_photo(encode(np.full((20, 20), 77, np.uint8)))

    assert photo.shape == (20, 20, 3)
    assert (photo == 77).all()


@pytest.mark.parametrize(("orientation", "corner_yx"), [(1, (0, 0)), (3, (39, 59)), (6, (0, 39)), (8, (59, 0))])
def test_a_picture_is_turned_as_its_exif_says(orientation: int, corner_yx: tuple[int, int]):
    image = np.zeros((40, 60, 3), np.uint8)
    image[:12, :12] = 255

    photo = read_photo(with_orientation(encode(image, ".jpg"), orientation))

    assert photo.shape[:2] == ((60, 40) if orientation in (6, 8) else (40, 60))
    assert photo[corner_yx].min() > 200


def test_a_huge_picture_is_shrunk():
    photo = read_photo(encode(np.zeros((100, 4 * LARGEST_SIDE, 3), np.uint8)))

    assert photo.shape == (25, LARGEST_SIDE, 3)


def test_a_file_too_large_for_a_photograph_is_refused():
    with pytest.raises(ImageUnreadable, match="64"):
        read_photo(bytes(LARGEST_FILE + 1))


def test_a_small_file_that_claims_too_many_pixels_is_refused():
    with pytest.raises(ImageUnreadable, match="30000 x 30000 pixels; at most 120 million"):
        read_photo(claiming(encode(np.zeros((8, 8, 3), np.uint8)), 30_000, 30_000))


def test_a_large_jpeg_is_turned_and_shrunk_as_a_small_one():
    image = np.zeros((2 * LARGEST_SIDE, 8 * LARGEST_SIDE, 3), np.uint8)
    image[:, :LARGEST_SIDE] = 255

    photo = read_photo(with_orientation(encode(image, ".jpg"), 6))

    assert photo.shape == (LARGEST_SIDE, LARGEST_SIDE // 4, 3)
    assert (photo[:190].min(), photo[210:].max()) == (255, 0)


def test_people_are_listed_from_folders_and_single_pictures(tmp_path: Path):
    for name in ("Bo/2.JPG", "Bo/1.png", "Bo/notes.txt", "Bo/.hidden.jpg", "Al.webp", ".trash/x.jpg", "list.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")

    people = list_gallery(tmp_path)

    assert [(person.name, [path.name for path in person.paths]) for person in people] == [
        ("Al", ["Al.webp"]),
        ("Bo", ["1.png", "2.JPG"]),
    ]


@pytest.mark.parametrize("name", ["Ada/IMG_0001.HEIC", "Ada.gif", "Ada/1.tiff"])
def test_a_picture_of_an_unusual_kind_is_not_passed_over(tmp_path: Path, name: str):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")

    (person,) = list_gallery(tmp_path)

    assert (person.name, person.paths) == ("Ada", (path,))


def test_a_folder_and_a_picture_of_one_name_are_one_person(tmp_path: Path):
    (tmp_path / "Al").mkdir()
    (tmp_path / "Al" / "1.jpg").write_bytes(b"")
    (tmp_path / "Al.jpg").write_bytes(b"")

    (person,) = list_gallery(tmp_path)

    assert len(person.paths) == 2


def test_a_gallery_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match="no gallery folder"):
        list_gallery(tmp_path / "nobody")


def test_a_gallery_without_pictures_says_where_they_belong(tmp_path: Path):
    (tmp_path / "Ada").mkdir()

    with pytest.raises(GalleryEmpty, match="<Person Name>"):
        list_gallery(tmp_path)
