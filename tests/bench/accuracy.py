"""How well people are told apart on real photographs, by every encoder with the detector that ships."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.encoders.manifest import encoder_entries
from pipeline.encoders.registry import load_encoder
from pipeline.faces.mtcnn.detector import MtcnnDetector
from pipeline.identity.calibration import (
    Proportion,
    area_under_curve,
    hits_at_rate,
    identified_at,
    open_set_scores,
    threshold_at_rate,
)
from pipeline.identity.enrolment import examine_image
from pipeline.options import DetectionOptions, EncodingOptions
from pipeline.schemas import VectorF32
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings
from tests.photographs import PAIR_SETS, LabelledPair, pairs_of, photographs_of_people

N_REFERENCES = 3
FALSE_RATE = 0.01

Vectors = dict[Path, VectorF32]


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Nothing without the open test data, which lies beside the repository or at $FACETRAIL_OPEN_DATA."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "open"
    open_data = Path(os.environ.get("FACETRAIL_OPEN_DATA", beside))
    if not (open_data / "MANIFEST.md").is_file():
        return
    detector = MtcnnDetector(DetectionOptions())
    photos, pairs = photographs_of_people(open_data), {name: pairs_of(open_data, name) for name in PAIR_SETS}
    paths = {photo.path for photo in photos}
    paths |= {path for of_set in pairs.values() for pair in of_set for path in (pair.first, pair.second)}
    for entry in encoder_entries():
        encoder = load_encoder(entry.name, settings.weights)
        reports = {path: examine_image(path, detector, encoder) for path in sorted(paths)}
        vectors = {path: report.embedding for path, report in reports.items() if report.embedding is not None}
        people = [(photo.person, vectors[photo.path]) for photo in photos if photo.path in vectors]
        yield from _open_set(entry.name, people, entry.calibration.threshold)
        for name, of_set in pairs.items():
            yield _verification(entry.name, name, of_set, vectors)


def _open_set(encoder: str, people: list[tuple[str, VectorF32]], shipped: float) -> Iterator[Measurement]:
    scores = open_set_scores(np.stack([vector for _, vector in people]), [n for n, _ in people], N_REFERENCES, encoder)
    threshold = threshold_at_rate(scores.impostor, FALSE_RATE)
    named_falsely = int((scores.impostor >= shipped).sum())
    for what, at, bar in (("at 1 % false", threshold, Bar(0.96, 0.99, at_least=True)), ("as shipped", shipped, None)):
        right = identified_at(scores, at)
        yield Measurement(
            what=f"{encoder}: open-set identification, {N_REFERENCES} references, {what}",
            figure=right.rate,
            unit="correct",
            detail=f"threshold {at:.3f}: {_counted(right)}"
            + ("" if bar else f"; {named_falsely} of {len(scores.impostor)} strangers named"),
            bar=bar if encoder == EncodingOptions().encoder else None,
        )


def _verification(encoder: str, name: str, pairs: list[LabelledPair], vectors: Vectors) -> Measurement:
    usable = [pair for pair in pairs if pair.first in vectors and pair.second in vectors]
    scores = np.array([vectors[pair.first] @ vectors[pair.second] for pair in usable])
    is_same = np.array([pair.is_same for pair in usable])
    point = hits_at_rate(scores[is_same], scores[~is_same], FALSE_RATE)
    return Measurement(
        what=f"{encoder}: pairs of {name}, area under the curve",
        figure=area_under_curve(scores[is_same], scores[~is_same]),
        unit="",
        detail=f"{point.hit_rate:.3f} of {is_same.sum()} same pairs found at 1 % of {(~is_same).sum()} others"
        f" (threshold {point.threshold:.3f}); {len(pairs) - len(usable)} pairs without a face",
    )


def _counted(share: Proportion) -> str:
    return f"{share.successes} of {share.trials} probes, 95 % interval {share.low:.3f} to {share.high:.3f}"
