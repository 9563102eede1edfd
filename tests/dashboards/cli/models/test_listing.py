"""The list of models says what can be used, and what is to be done about the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.options import DetectionOptions, EncodingOptions
from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run
from tests.dashboards.cli.models.conftest import PackageIndex


def models_by_name(facetrail: Run) -> dict[str, Any]:
    return {model["name"]: model for model in facetrail("models", "list", "--json").json["models"]}


def test_every_model_has_its_state_its_licence_and_its_threshold(facetrail: Run):
    models = models_by_name(facetrail)

    assert models["dlib-resnet"]["state"] == "ready"
    assert models["sface"]["state"] == "to_fetch"
    assert models["sface"]["download_bytes"] > 70e6
    assert models["w600k-mbf"]["state"] == "terms"
    assert models["vggface-vgg16"]["state"] == "to_add"
    assert all(model["licence"] for model in models.values())
    assert all(model["threshold_source"] for model in models.values() if model["kind"] == "encoder")


def test_what_the_folder_would_use_is_marked(facetrail: Run):
    marked = {model["kind"]: name for name, model in models_by_name(facetrail).items() if model["is_default"]}

    assert marked == {"encoder": EncodingOptions().encoder, "detector": DetectionOptions().detector}


def test_looking_makes_nothing(facetrail: Run, tmp_path: Path):
    said = facetrail("models", "list")

    assert said.code == 0
    assert "sface (default)" in said.out
    assert not (tmp_path / "data").exists()


def test_a_damaged_file_is_told_with_its_path(facetrail: Run, index: PackageIndex):
    kept = index.name_encoder()
    kept.parent.mkdir()
    kept.write_bytes(b"half a mod")

    said = facetrail("models", "list", COLUMNS="200")

    assert "damaged" in said.out
    assert "net.bin is not what was fetched" in " ".join(said.out.split())


def test_an_encoder_of_the_folders_own_is_among_them(facetrail: Run, index: PackageIndex):
    index.name_encoder("office")

    assert models_by_name(facetrail)["office"]["origin"] == "package carrier 1.0, aligned anew here"


def test_every_key_of_the_documents_is_on_the_page(facetrail: Run):
    page = (REPOSITORY / "docs" / "command-line.md").read_text()
    (line,) = [line for line in page.splitlines() if line.startswith("| `models list`")]

    keys = facetrail("models", "list", "--json").json["models"][0]

    assert [key for key in keys if f"`{key}`" not in line] == []
