"""The three VGGFace networks, on random weights in rcmalli's files: the same numbers as Keras layer by layer.

One file for the three modules, for they share every test and the true weights are not to be had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from pipeline.encoders.execution import Execution, Precision
from pipeline.encoders.formats.keras_format import read_keras_weights
from pipeline.encoders.manifest import encoder_entry
from pipeline.encoders.network import NetworkEncoder
from pipeline.encoders.networks.vggface_top import load_celebrity_classifier
from pipeline.errors import WeightsError
from pipeline.faces.alignment import ALIGNMENTS
from tests.pipeline.encoders.vggface_reference import N_CLASSES, make_reference
from tests.pipeline.encoders.weight_files import write_keras

pytestmark = pytest.mark.slow

NETWORKS = {
    "vggface-vgg16": ("vgg16", 14_714_688, 512),
    "vggface2-resnet50": ("resnet50", 23_561_152, 2048),
    "vggface2-senet50": ("senet50", 26_092_144, 2048),
}
LABELS = tuple(f" Celebrity_{number}" for number in range(N_CLASSES))


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A network with the reference's answers, and its weights in files with and without the top."""

    name: str
    folder: Path
    crops_rgb: np.ndarray
    embeddings: np.ndarray
    probabilities: np.ndarray

    @property
    def without_top(self) -> Path:
        return self.folder / encoder_entry(self.name).member

    @property
    def with_top(self) -> Path:
        return self.folder / encoder_entry(self.name).member.replace("notop_", "")


@pytest.fixture(scope="module", params=NETWORKS)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    reference = make_reference(NETWORKS[request.param][0])
    noise = np.random.default_rng(1).integers(0, 256, (224, 224, 3), np.uint8)
    crops = np.stack([noise, np.cumsum(noise // 40, axis=1, dtype=np.uint8)])
    with TemporaryDirectory() as folder:
        made = Case(request.param, Path(folder), crops, *reference.run(crops))
        write_keras(made.without_top, reference.layers(with_top=False))
        write_keras(made.with_top, reference.layers(with_top=True))
        np.save(made.folder / "labels.npy", np.array(LABELS))
        yield made


def relative_error(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def test_the_file_has_as_many_parameters_as_the_original(case: Case):
    assert read_keras_weights(case.without_top).n_parameters == NETWORKS[case.name][1]


def test_embeddings_are_those_of_keras(case: Case):
    network = import_module(encoder_entry(case.name).module).build(case.without_top)
    encoder = NetworkEncoder(case.name, network, ALIGNMENTS["vggface-224"])

    vectors = encoder.embed(case.crops_rgb)

    wanted = case.embeddings / np.linalg.norm(case.embeddings, axis=1, keepdims=True)
    assert vectors.shape == (2, NETWORKS[case.name][2])
    assert relative_error(vectors, wanted) < 1e-5


def test_half_precision_keeps_faces_what_they_are(case: Case):
    network = import_module(encoder_entry(case.name).module).build(case.without_top)
    encoder = NetworkEncoder(case.name, network, ALIGNMENTS["vggface-224"], Execution(Precision.MIXED))

    wanted = case.embeddings / np.linalg.norm(case.embeddings, axis=1, keepdims=True)
    assert (encoder.embed(case.crops_rgb) * wanted).sum(axis=1).min() > 0.999


def test_only_its_own_network_takes_a_file(case: Case):
    others = [import_module(encoder_entry(name).module).build for name in NETWORKS if name != case.name]

    for build in others:
        with pytest.raises(WeightsError, match=r"has no layer|is of SENet-50"):
            build(case.without_top)


def test_the_top_gives_the_probabilities_of_keras(case: Case):
    classifier = load_celebrity_classifier(case.with_top, case.folder / "labels.npy")

    probabilities = classifier.predict(case.crops_rgb)

    assert case.probabilities.min() > 0.001
    assert relative_error(probabilities, case.probabilities) < 1e-4
    assert classifier.predict(case.crops_rgb[:0]).shape == (0, N_CLASSES)


def test_the_best_names_come_first(case: Case):
    classifier = load_celebrity_classifier(case.with_top, case.folder / "labels.npy")

    (guesses,) = classifier.decode_predictions(case.probabilities[:1], top=5)

    assert len(guesses) == 5
    assert guesses[0].name == LABELS[int(case.probabilities[0].argmax())].strip()
    assert guesses[0].probability == pytest.approx(case.probabilities[0].max())
    assert [guess.probability for guess in guesses] == sorted((guess.probability for guess in guesses), reverse=True)


def test_a_file_without_top_is_refused_as_a_classifier(case: Case):
    with pytest.raises(WeightsError, match="has no top"):
        load_celebrity_classifier(case.without_top, case.folder / "labels.npy")


def test_names_of_another_top_are_refused(case: Case):
    (case.folder / "labels.txt").write_text("Ada\nBob\n")

    with pytest.raises(WeightsError, match=f"has 2 names, and .* tells {N_CLASSES} people apart"):
        load_celebrity_classifier(case.with_top, case.folder / "labels.txt")
