"""A gallery that moves arrives whole, or not at all."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.control.audit import AuditLog
from pipeline.control.database import Control
from pipeline.control.gallery.people import People
from pipeline.errors import InputError, NotFound, SettingsError
from pipeline.galleries.exporting import export_gallery
from pipeline.galleries.importing import import_archive
from tests.builders_recording import make_reference
from tests.pipeline.galleries.conftest import ENCODER, OpenFolder, make_picture, make_pictured

Contents = dict[str, bytes]


@pytest.fixture
def archive(here: Control, tmp_path: Path) -> Path:
    export_gallery(here, tmp_path / "people.zip", with_images=True)
    return tmp_path / "people.zip"


def gallery_of(control: Control) -> tuple[object, ...]:
    found = People(control).gallery(ENCODER)
    return found.person_ids, found.person_names, found.references.tobytes(), found.owners.tolist()


def files_of(control: Control) -> dict[str, bytes]:
    folder = control.data_dir / "people"
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewritten(archive: Path, change: Callable[[Contents], None]) -> Path:
    """The archive with other contents, its checksums right."""
    with zipfile.ZipFile(archive) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    change(contents)
    other = archive.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as new:
        for name, content in contents.items():
            new.writestr(name, content)
    return other


def test_another_folder_gets_the_same_people(here: Control, archive: Path, open_folder: OpenFolder) -> None:
    there = open_folder("there")

    moved = import_archive(there, archive)

    assert (moved.people_added, moved.references_added, moved.gallery_version) == (2, 3, 1)
    assert gallery_of(there) == gallery_of(here)
    assert files_of(there) == files_of(here)
    assert (there.encoder(None), len(AuditLog(there).read())) == (ENCODER, 3)


def test_again_changes_nothing(archive: Path, open_folder: OpenFolder) -> None:
    there = open_folder("there")
    first = import_archive(there, archive)

    again = import_archive(there, archive)

    assert (again.people_added, again.references_added, again.references_known) == (0, 0, 3)
    assert (again.gallery_version, len(AuditLog(there).read())) == (first.gallery_version, 3)


def test_people_who_were_removed_come_back_under_their_id(here: Control, archive: Path) -> None:
    before = gallery_of(here)
    People(here).remove("Ann")

    import_archive(here, archive)

    assert gallery_of(here) == before


def test_without_images_there_are_references_and_no_files(
    here: Control, tmp_path: Path, open_folder: OpenFolder
) -> None:
    there = open_folder("there")
    export_gallery(here, tmp_path / "bare.zip", with_images=False)

    import_archive(there, tmp_path / "bare.zip")

    assert gallery_of(there) == gallery_of(here)
    assert files_of(there) == {}
    assert {reference.image_ref for person in People(there).list_people() for reference in person.references} == {""}


def test_people_here_under_another_id_are_named_and_nothing_changes(archive: Path, open_folder: OpenFolder) -> None:
    there = open_folder("there")
    there.encoder(ENCODER)
    People(there).enrol("Cleo", [make_pictured(2, 40)])
    People(there).rename("Cleo", "Ann")
    before = gallery_of(there), files_of(there), People(there).gallery_version()

    with pytest.raises(InputError, match=r"'Ann' is p_.* here and p_.* there.*Nothing was changed"):
        import_archive(there, archive)

    assert (gallery_of(there), files_of(there), People(there).gallery_version()) == before


def test_folder_of_another_encoder_refuses(archive: Path, open_folder: OpenFolder) -> None:
    there = open_folder("there")
    there.encoder("dlib-resnet")

    with pytest.raises(SettingsError, match="belongs to the encoder dlib-resnet, not sface"):
        import_archive(there, archive)


def test_picture_that_is_damaged_here_is_missing_there(here: Control, tmp_path: Path) -> None:
    next((here.data_dir / "people").rglob("*.png")).write_bytes(b"gone")

    made = export_gallery(here, tmp_path / "people.zip", with_images=True)

    assert (made.n_references, made.n_images, len(made.missing)) == (3, 2, 1)


def swap_image(contents: Contents) -> None:
    name = next(name for name in contents if name.startswith("images/"))
    contents[name] = make_picture(99)


def climb(contents: Contents) -> None:
    contents["../../evil.png"] = make_picture(99)


def climb_by_id(contents: Contents) -> None:
    contents["people.json"] = contents["people.json"].replace(b'"p_', b'"../p_', 1)


def climb_by_suffix(contents: Contents) -> None:
    name = next(name for name in contents if name.startswith("images/"))
    contents[name.replace(".png", "/../x")] = contents.pop(name)
    sha256 = name.removeprefix("images/").removesuffix(".png").encode()
    before, _, after = contents["people.json"].partition(sha256)
    contents["people.json"] = before + sha256 + after.replace(b'".png"', b'"/../x"', 1)


def drop_vectors(contents: Contents) -> None:
    contents["references/sface.npy"] = contents["references/sface.npy"][:-4]


def not_unit(contents: Contents) -> None:
    head = contents["references/sface.npy"][: -4 * 128]
    contents["references/sface.npy"] = head + np.ones(128, "<f4").tobytes()


def other_weights(contents: Contents) -> None:
    contents["manifest.json"] = contents["manifest.json"].replace(b'"sha256": "', b'"sha256": "0')


def other_dimensions(contents: Contents) -> None:
    contents["manifest.json"] = contents["manifest.json"].replace(b": 128", b": 64")


def other_version(contents: Contents) -> None:
    contents["manifest.json"] = contents["manifest.json"].replace(b'"version": 1', b'"version": 2')


def promise_more(contents: Contents) -> None:
    contents["manifest.json"] = contents["manifest.json"].replace(b": 3", b": 999999999999")


def unknown_reference(contents: Contents) -> None:
    contents["people.json"] = contents["people.json"].replace(b'"sface"', b'"else"', 1)


def no_picture(contents: Contents) -> None:
    contents["manifest.json"] = b"{}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swap_image, "other content than its name says"),
        (climb, "evil.png' is in it"),
        (climb_by_id, "people.json cannot be understood"),
        (climb_by_suffix, "image_suffix: expected one such as"),
        (drop_vectors, "does not hold 3 vectors"),
        (not_unit, "not of unit length"),
        (other_weights, "another sface"),
        (other_dimensions, "does not hold 3 vectors of 64"),
        (other_version, "version 2; this Facetrail reads 1"),
        (promise_more, "does not have the references"),
        (unknown_reference, "does not have the references"),
        (no_picture, "manifest.json cannot be understood"),
    ],
)
def test_archive_that_is_not_as_it_should_be_is_refused_and_nothing_changes(
    archive: Path, open_folder: OpenFolder, change: Callable[[Contents], None], words: str
) -> None:
    there = open_folder("there")

    with pytest.raises(InputError, match=words):
        import_archive(there, rewritten(archive, change))

    assert (files_of(there), People(there).gallery_version(), AuditLog(there).read()) == ({}, 0, [])
    with pytest.raises(SettingsError, match="no encoder yet"):
        there.encoder(None)


def test_bomb_is_refused_before_it_is_unpacked(archive: Path, open_folder: OpenFolder) -> None:
    bomb = archive.with_name("bomb.zip")
    shutil.copy(archive, bomb)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as content:
        content.writestr("images/zeros.png", bytes(1 << 24))

    with pytest.raises(InputError, match="would unpack to 16 MB"):
        import_archive(open_folder("there"), bomb)


@pytest.mark.parametrize("keep", [0, 100, -40])
def test_archive_that_is_cut_off_is_refused(archive: Path, open_folder: OpenFolder, keep: int) -> None:
    archive.write_bytes(archive.read_bytes()[:keep])

    with pytest.raises(InputError, match="damaged, or no gallery archive"):
        import_archive(open_folder("there"), archive)


def test_flipped_bits_are_refused_wherever_they_are(archive: Path, open_folder: OpenFolder) -> None:
    there, content = open_folder("there"), archive.read_bytes()
    other = archive.with_name("flipped.zip")
    accepted = 0
    for place in range(0, len(content), 37):
        other.write_bytes(content[:place] + bytes([content[place] ^ 0x5A]) + content[place + 1 :])
        try:
            import_archive(there, other)
            accepted += 1
        except (InputError, NotFound):
            assert People(there).gallery_version() in {0, 1}

    assert People(there).gallery_version() <= 1
    assert accepted < 15  # in what zip keeps beside the contents: dates, attributes


def test_missing_archive_is_named(open_folder: OpenFolder, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.zip"):
        import_archive(open_folder("there"), tmp_path / "nowhere.zip")


def test_reference_without_a_picture_enrols_like_any_other(open_folder: OpenFolder) -> None:
    from dataclasses import replace

    control = open_folder("there")
    bare = replace(make_reference(0), image=b"", image_suffix="")

    People(control).enrol("Ann", [bare])

    ((reference,),) = ([*person.references] for person in People(control).list_people())
    assert (reference.image_ref, reference.image_sha256) == ("", bare.image_sha256)
