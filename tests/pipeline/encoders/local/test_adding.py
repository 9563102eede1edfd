"""What a user adds: proved first, kept whole, known by its checksum, and never in the place of something else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pipeline.encoders.local.adding import add_alignment, add_weights
from pipeline.encoders.local.availability import ModelState, availability
from pipeline.encoders.local.model_files import content_sha256
from pipeline.encoders.manifest import ManifestEntry, encoder_entry, local_entries
from pipeline.encoders.registry import alignment_of
from pipeline.errors import InputError, NotFound, WeightsError

SFACE = encoder_entry("sface")


def proved(entry: ManifestEntry, path: Path) -> None:
    """Finds every file good that is there."""
    assert path.exists()


def refused(entry: ManifestEntry, path: Path) -> None:
    raise WeightsError("this is no network")


def give(tmp_path: Path, name: str = "mine.ONNX") -> Path:
    path = tmp_path / "given" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"weights of mine")
    return path


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_weights_of_ones_own_are_an_encoder_of_their_own(tmp_path: Path):
    source, folder = give(tmp_path), tmp_path / "weights"

    added = add_weights(source, SFACE, folder, proved, name="sface-mine")

    assert encoder_entry("sface-mine", folder) == added
    assert (added.module, added.package, added.member) == (SFACE.module, "", "sface-mine.onnx")
    assert added.sha256 == content_sha256(source)
    assert "not measured for this one" in added.calibration.source
    assert availability(added, folder).state is ModelState.READY


def test_weights_that_do_not_work_change_nothing(tmp_path: Path):
    folder = tmp_path / "weights"

    with pytest.raises(WeightsError, match="this is no network"):
        add_weights(give(tmp_path), SFACE, folder, refused, name="sface-mine")

    assert visible(folder) == []
    assert not list(folder.glob(".adding-*"))


def test_what_is_wrong_is_told_of_the_file_that_was_given(tmp_path: Path):
    tried: list[str] = []

    add_weights(give(tmp_path), SFACE, tmp_path / "weights", lambda _, path: tried.append(path.name), name="sface-mine")

    assert tried == ["mine.ONNX"]


def test_another_file_wants_another_name(tmp_path: Path):
    with pytest.raises(InputError, match="give it a name of its own by --name"):
        add_weights(give(tmp_path), SFACE, tmp_path / "weights", proved)


def test_the_very_file_of_a_package_is_kept_as_if_it_had_been_fetched(tmp_path: Path):
    source = give(tmp_path)
    carried = msgspec.structs.replace(SFACE, sha256=content_sha256(source), member="nowhere/net.onnx")

    added = add_weights(source, carried, tmp_path / "weights", refused)

    assert added == carried
    assert availability(carried, tmp_path / "weights").state is ModelState.READY
    assert local_entries(tmp_path / "weights") == ()


def test_a_folder_of_files_and_labels_are_taken_along(tmp_path: Path):
    give(tmp_path, "conv1_w.csv")
    give(tmp_path, "conv1_b.csv")
    labels = tmp_path / "names.TXT"
    labels.write_text("ada\n")

    added = add_weights(tmp_path / "given", SFACE, tmp_path / "weights", proved, name="course", labels=labels)

    assert visible(tmp_path / "weights") == ["course", "course-labels.txt", "models.toml"]
    assert visible(tmp_path / "weights" / "course") == ["conv1_b.csv", "conv1_w.csv"]
    assert added.labels == "course-labels.txt"


def test_another_alignment_makes_another_encoder(tmp_path: Path):
    added = add_alignment(SFACE, tmp_path, alignment="eyes-nose", points=(0.3, 0.4, 0.7, 0.4, 0.5, 0.6))

    assert added.name == "sface-eyes-nose"
    assert (added.sha256, added.package) == (SFACE.sha256, SFACE.package)
    assert alignment_of(added).name == "eyes-nose"
    assert added.alignment_points == ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6))
    assert encoder_entry("sface-eyes-nose", tmp_path) == added


@pytest.mark.parametrize(
    ("alignment", "points", "error", "words"),
    [
        ("dlib-150", (), NotFound, "no alignment 'dlib-150' gives crops of 112 pixels"),
        ("arcface-112", (0.1,) * 6, InputError, "only the alignment eyes-nose takes points"),
        ("eyes-nose", (0.1,) * 5, InputError, "points are six fractions"),
        ("eyes-nose", (0.1, 0.1, 0.5, 0.5, 0.9, 0.9), InputError, "lie on one line"),
        ("eyes-nose", (38.0, 51.0, 73.0, 51.0, 56.0, 71.0), InputError, "points are six fractions"),
    ],
)
def test_an_alignment_that_does_not_fit_is_refused(
    tmp_path: Path, alignment: str, points: tuple[float, ...], error: type[Exception], words: str
):
    with pytest.raises(error, match=words):
        add_alignment(SFACE, tmp_path, alignment=alignment, points=points)

    assert local_entries(tmp_path) == ()
