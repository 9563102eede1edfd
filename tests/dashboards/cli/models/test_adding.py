"""Adding and removing: a model of one's own, built before it is believed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.encoders.manifest import encoder_entry, local_entries
from pipeline.fetching.carriers import find_installed
from tests.dashboards.cli.conftest import Run


def dlib_file() -> Path:
    """The weights of dlib-resnet, which an ordinary dependency carries."""
    entry = encoder_entry("dlib-resnet")
    assert find_spec("face_recognition_models") is not None
    found = find_installed(entry.member, entry.sha256)
    assert found is not None
    return found


def test_an_alignment_makes_an_encoder_that_can_be_removed(facetrail: Run, tmp_path: Path):
    added = facetrail("models", "add", "--base", "sface", "--alignment", "eyes-nose", "--json")
    (model,) = added.json["models"]
    removed = facetrail("models", "remove", "sface-eyes-nose", "--json")

    assert (added.code, removed.code) == (0, 0)
    assert (model["name"], model["alignment"]) == ("sface-eyes-nose", "eyes-nose")
    assert removed.json == {"removed": "sface-eyes-nose"}
    assert local_entries(tmp_path / "data" / "weights") == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give a file of weights, or --base"),
        (("--base", "sface"), "--base wants --alignment"),
        (("--base", "sface", "--alignment", "round"), "no alignment 'round'"),
        (("--base", "nobody", "--alignment", "eyes-nose"), "no encoder is called 'nobody'"),
        (("--base", "sface", "--alignment", "eyes-nose", "--points", "a,b"), "must be numbers with commas"),
        (("none.h5",), "there is no file or folder none.h5"),
        (("none.h5", "--as", "sface"), "there is no file or folder none.h5"),
        (("none.h5", "--alignment", "eyes-nose"), "an alignment goes with --base"),
    ],
)
def test_what_cannot_be_added_is_said(facetrail: Run, arguments: tuple[str, ...], words: str):
    said = facetrail("models", "add", *arguments)

    assert said.code == 2
    assert words in " ".join(said.err.split())


def test_terms_are_asked_for_before_anything_is_built(facetrail: Run, tmp_path: Path):
    (tmp_path / "mine.h5").write_bytes(b"weights")

    said = facetrail("models", "add", "mine.h5", "--as", "vggface-vgg16")

    assert said.code == 4
    assert "--accept-licence" in said.err


def test_the_encoder_of_the_folder_stays(facetrail: Run):
    said = facetrail("models", "remove", "sface")

    assert said.code == 2
    assert "sface is what this data folder sees faces with" in " ".join(said.err.split())


@pytest.mark.slow
def test_a_file_that_is_no_network_is_refused_and_not_kept(facetrail: Run, tmp_path: Path):
    (tmp_path / "mine.dat").write_bytes(dlib_file().read_bytes()[:100_000])

    said = facetrail("models", "add", "mine.dat", "--as", "dlib-resnet", "--name", "mine")

    assert said.code == 4
    assert [path.name for path in (tmp_path / "data" / "weights").iterdir() if path.name[0] != "."] == []


@pytest.mark.slow
def test_weights_of_ones_own_are_built_and_kept(facetrail: Run, tmp_path: Path):
    content = bytearray(dlib_file().read_bytes())
    content[-200] ^= 1  # the lowest bit of one number of the last layer
    (tmp_path / "mine.dat").write_bytes(content)

    said = facetrail("models", "add", "mine.dat", "--as", "dlib-resnet", "--name", "mine", "--json")

    assert said.code == 0, said.err
    (model,) = said.json["models"]
    assert (model["origin"], model["state"]) == ("your file", "ready")
    assert Path(model["path"]).name == "mine.dat"
