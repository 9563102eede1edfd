"""How well people are told apart on real photographs, by every encoder at hand with the detector that ships."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.encoders.local.availability import ModelState, availability
from pipeline.encoders.manifest import ManifestEntry, encoder_entries
from pipeline.encoders.registry import alignment_of, load_encoder
from pipeline.faces.detectors.choice import load_detector
from pipeline.identity.calibration.rates import Proportion
from pipeline.identity.comparison import N_REFERENCES, Figures, OpenSetFigures, PairFigures, Vectors, figures_of
from pipeline.identity.comparison_faces import cut_photos, embed_photos
from pipeline.identity.photos.sets import PhotoSet
from pipeline.options import DetectionOptions, EncodingOptions
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings
from tests.photographs import PAIR_SETS, photographs_of_people, set_of_pairs


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Nothing without the open test data, which lies beside the repository or at $FACETRAIL_OPEN_DATA."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "open"
    open_data = Path(os.environ.get("FACETRAIL_OPEN_DATA", beside))
    if not (open_data / "MANIFEST.md").is_file():
        return
    people = PhotoSet(name="celebs and friends_stills", digest="", photos=tuple(photographs_of_people(open_data)))
    sets = [people, *(set_of_pairs(open_data, name) for name in PAIR_SETS)]
    entries = {entry.name: entry for entry in encoder_entries(settings.weights) if _is_at_hand(entry, settings.weights)}
    paths = sorted({path for photo_set in sets for path in photo_set.paths})
    alignments = {name: alignment_of(entry) for name, entry in entries.items()}
    photos = list(cut_photos(paths, load_detector(DetectionOptions(), settings.weights), alignments))
    for name, entry in entries.items():
        vectors = embed_photos(photos, name, load_encoder(name, settings.weights))
        for photo_set in sets:
            yield from _measurements(entry, photo_set, vectors)


def _is_at_hand(entry: ManifestEntry, weights: Path) -> bool:
    """What ships without terms is fetched; the rest is measured where it is there already."""
    state = availability(entry, weights).state
    return state in {ModelState.READY, ModelState.TO_FETCH}


def _measurements(entry: ManifestEntry, photo_set: PhotoSet, vectors: Vectors) -> Iterator[Measurement]:
    shipped = entry.calibration.threshold
    figures = figures_of(photo_set, vectors, encoder=entry.name, shipped_threshold=shipped)
    if figures.open_set is not None:
        yield from _open_set(entry, figures.open_set)
    elif figures.pairs is not None:
        yield _verification(entry.name, photo_set.name, figures, figures.pairs)


def _open_set(entry: ManifestEntry, found: OpenSetFigures) -> Iterator[Measurement]:
    what = f"{entry.name}: open-set identification, {N_REFERENCES} references"
    yield Measurement(
        what=f"{what}, at 1 % false",
        figure=found.identified.rate,
        unit="correct",
        detail=f"threshold {found.threshold:.3f}: {_counted(found.identified)}",
        bar=Bar(0.96, 0.99, at_least=True) if entry.name == EncodingOptions().encoder else None,
    )
    strangers = found.strangers_named
    yield Measurement(
        what=f"{what}, as shipped",
        figure=found.identified_as_shipped.rate,
        unit="correct",
        detail=f"threshold {entry.calibration.threshold:.3f}: {_counted(found.identified_as_shipped)}"
        f"; {strangers.successes} of {strangers.trials} strangers named",
    )


def _verification(encoder: str, name: str, figures: Figures, pairs: PairFigures) -> Measurement:
    return Measurement(
        what=f"{encoder}: pairs of {name}, area under the curve",
        figure=pairs.auc,
        unit="",
        detail=f"{pairs.hits.rate:.3f} of {pairs.hits.trials} same pairs found at 1 % of {pairs.n_different} others"
        f" (threshold {pairs.threshold:.3f}); {figures.n_without_face} of {figures.n_photos} pictures without a face",
    )


def _counted(share: Proportion) -> str:
    return f"{share.successes} of {share.trials} probes, 95 % interval {share.low:.3f} to {share.high:.3f}"
