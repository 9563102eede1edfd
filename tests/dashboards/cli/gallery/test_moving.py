"""Galleries leave in one file and arrive from one, and from stores of vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from tests.builders import make_vector
from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run
from tests.pipeline.galleries.conftest import make_pictured


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store as the face-login tutorials write it: two people, and a vector that is all zero."""
    lmdb = pytest.importorskip("lmdb", reason="LMDB is not installed (extra `lmdb`)")
    values = {b"1": make_vector(0), b"2": 3 * make_vector(1), b"3": np.zeros(128, np.float32)}
    with lmdb.open(str(tmp_path / "faces.lmdb"), map_size=1 << 24) as opened, opened.begin(write=True) as transaction:
        for key, vector in values.items():
            transaction.put(key, vector.astype("<f4").tobytes())
    return tmp_path / "faces.lmdb"


@pytest.fixture
def pictured(tmp_path: Path) -> None:
    """A data folder in which Ann has a real picture."""
    control = open_control(tmp_path / "data")
    control.encoder("sface")
    People(control).enrol("Ann", [make_pictured(0, 10)])
    control.close()


def people(facetrail: Run, data: str = "data") -> list[tuple[str, str, int]]:
    listed = facetrail("people", "list", "--json", "--data", data).json["people"]
    return [(person["name"], person["person_id"], len(person["references"])) for person in listed]


def test_gallery_moves_to_another_folder(facetrail: Run, pictured: None) -> None:
    out = facetrail("gallery", "export", "people.zip")
    moved = facetrail("gallery", "import", "people.zip", "--data", "other", "--json")

    assert (out.code, moved.code, moved.json["people_added"]) == (0, 0, 1)
    assert "biometric" in out.err
    assert people(facetrail, "other") == people(facetrail)


def test_export_and_import_tell_scripts_what_they_did(facetrail: Run, record: Path) -> None:
    out = facetrail("gallery", "export", "people.zip", "--without-images", "--json").json
    again = facetrail("gallery", "import", "people.zip", "--json").json

    assert (out["n_people"], out["n_images"], out["missing"]) == (1, 0, [])
    assert (again["people_added"], again["references_known"], again["gallery_version"]) == (0, 1, 1)
    page = (REPOSITORY / "docs" / "command-line.md").read_text()
    for command, document in (("export", out), ("import", again)):
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `gallery {command} ")]
        assert [key for key in document if f"`{key}`" not in line] == []


@pytest.mark.slow
def test_past_is_named_by_people_who_came_from_a_store(facetrail: Run, record: Path, store: Path) -> None:
    Path("names.csv").write_text("id,name\n2,Bob\n")
    arguments = ("--values", "raw-float32", "--encoder", "dlib-resnet", "--names", "names.csv", "--json")

    said = facetrail("gallery", "import", store, *arguments)
    relabelled = facetrail("relabel", "--json").json["sources"]

    assert (said.code, said.json["people_added"]) == (3, 2)
    assert said.json["refused"] == [{"key": "3", "reason": "it is all zero"}]
    assert {name for name, _, _ in people(facetrail)} == {"Ada", "Bob", "id-1"}
    assert relabelled[0]["n_changed"] >= 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [(), ("--values", "raw-float32"), ("--encoder", "dlib-resnet"), ("--values", "raw-float32", "--encoder", "sface")],
)
def test_store_wants_to_be_described_and_made_by_the_folders_encoder(
    facetrail: Run, record: Path, store: Path, given: tuple[str, ...]
) -> None:
    assert facetrail("gallery", "import", store, *given).code == 2
    assert [name for name, _, _ in people(facetrail)] == ["Ada"]


def test_store_of_vectors_of_another_length_is_refused(facetrail: Run, store: Path) -> None:
    said = facetrail("gallery", "import", store, "--values", "raw-float32", "--encoder", "facenet-512")

    assert said.code == 2
    assert "it has 128 numbers; the encoder gives 512" in said.err.replace("\n", " ")


def test_damaged_archive_is_refused_with_a_sentence(facetrail: Run, pictured: None) -> None:
    facetrail("gallery", "export", "people.zip")
    Path("people.zip").write_bytes(Path("people.zip").read_bytes()[:200])

    said = facetrail("gallery", "import", "people.zip", "--data", "other")

    assert said.code == 2
    assert "damaged" in said.err
