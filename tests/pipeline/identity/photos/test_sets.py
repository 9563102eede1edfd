"""Labelled photographs: pair files and folders of people, and what is wrong with those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError, NotFound
from pipeline.identity.photos.sets import LabelledPair, LabelledPhoto, read_pairs, read_people


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def write_pairs(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text)
    return path


def test_a_pair_file_is_read_beside_its_pictures(tmp_path: Path):
    put(tmp_path, "a.jpg", "x/b.jpg", "c.jpg")

    found = read_pairs(write_pairs(tmp_path, "a,b,same\na.jpg,x/b.jpg,1\na.jpg,c.jpg,0\n"))

    a, b, c = tmp_path / "a.jpg", tmp_path / "x" / "b.jpg", tmp_path / "c.jpg"
    assert found.name == tmp_path.name
    assert found.pairs == (LabelledPair(a, b, True), LabelledPair(a, c, False))
    assert found.paths == (a, c, b)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks 'a'"),
        ("a,b\n", "lacks 'same'"),
        ("a,b,same\n", "lists no pairs"),
        ("a,b,same\na.jpg,none.jpg,1\n", "line 2: there is no file"),
        ("a,b,same\na.jpg,a.jpg,perhaps\n", "line 2: same is 'perhaps'"),
        ("a,b,same\na.jpg,a.jpg\n", "line 2: same is None"),
    ],
)
def test_a_pair_file_that_cannot_be_used_is_told_line_by_line(tmp_path: Path, text: str, words: str):
    put(tmp_path, "a.jpg")

    with pytest.raises(InputError, match=words):
        read_pairs(write_pairs(tmp_path, text))


def test_a_pair_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match="there is no file"):
        read_pairs(tmp_path / "pairs.csv")


def test_strangers_are_each_somebody_else(tmp_path: Path):
    put(tmp_path, "ada/1.jpg", "ada/2.jpg", "grace.jpg", "strangers/1.jpg", "strangers/2.jpg")

    found = read_people(tmp_path)

    assert [photo.person for photo in found.photos] == ["ada", "ada", "grace", "strangers/1.jpg", "strangers/2.jpg"]
    assert found.photos[0] == LabelledPhoto("ada", tmp_path / "ada" / "1.jpg")


def test_a_set_is_known_by_its_content(tmp_path: Path):
    put(tmp_path / "one", "ada/1.jpg", "grace.jpg")
    put(tmp_path / "same", "ada/1.jpg", "grace.jpg")
    put(tmp_path / "other", "ada/1.jpg", "grace.jpg")
    (tmp_path / "other" / "grace.jpg").write_bytes(b"another")

    one, same, other = (read_people(tmp_path / name).digest for name in ("one", "same", "other"))

    assert one == same != other
