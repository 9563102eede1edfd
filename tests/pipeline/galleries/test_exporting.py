"""An archive of the gallery: private, repeatable, and never half."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.errors import GalleryEmpty, InputError
from pipeline.galleries.exporting import export_gallery
from tests.pipeline.galleries.conftest import OpenFolder


def test_nobody_enrolled_makes_no_archive(open_folder: OpenFolder, tmp_path: Path) -> None:
    with pytest.raises(GalleryEmpty, match="nothing to export"):
        export_gallery(open_folder("empty"), tmp_path / "people.zip", with_images=True)

    assert not (tmp_path / "people.zip").exists()


def test_archive_is_readable_by_its_owner_only(here: Control, tmp_path: Path) -> None:
    made = export_gallery(here, tmp_path / "people.zip", with_images=True)

    assert made.path.stat().st_mode & 0o777 == 0o600
    assert (made.n_people, made.n_references, made.n_images, made.missing) == (2, 3, 3, ())


def test_same_gallery_gives_the_same_bytes(here: Control, tmp_path: Path) -> None:
    one, other = (export_gallery(here, tmp_path / name, with_images=True).path for name in ("1.zip", "2.zip"))

    assert one.read_bytes() == other.read_bytes()


def test_file_that_exists_is_not_overwritten(here: Control, tmp_path: Path) -> None:
    (tmp_path / "people.zip").write_text("mine")

    with pytest.raises(InputError, match="exists already"):
        export_gallery(here, tmp_path / "people.zip", with_images=True)

    assert (tmp_path / "people.zip").read_text() == "mine"


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_folder_that_is_none_is_named(here: Control, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(InputError, match="cannot be written"):
        export_gallery(here, tmp_path / folder / "people.zip", with_images=True)


def test_people_without_references_are_exported_too(here: Control, tmp_path: Path) -> None:
    People(here).enrol("Cleo", [])

    assert export_gallery(here, tmp_path / "people.zip", with_images=True).n_people == 3
