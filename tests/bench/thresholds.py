"""The numbers that an encoder's entry in the manifest wants, found on the labelled photographs; see `--encoder`.

Thirty people are enrolled by three photographs each; their others are probes, at full size and shrunk to what faces
measure in footage, and everybody is once a stranger to the rest. The rule for each number stands at its function.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.encoders.registry import load_encoder
from pipeline.faces.mtcnn.detector import MtcnnDetector
from pipeline.identity.calibration.pictures import FULL_SIZE, VIDEO_SIZES_PX
from pipeline.identity.calibration.rates import proportion
from pipeline.identity.enrolment import find_face
from pipeline.identity.photos.portraits import Portrait
from pipeline.options import DetectionOptions
from tests.bench.measurement import Measurement
from tests.bench.settings import BenchSettings
from tests.bench.thresholds_probes import Faces, Probes, Scores, pairs, probe, see
from tests.photographs import photographs_of_people

FALSE_RATE = 0.01
"""Strangers named: the upper end of the 95 % interval has to stay below it."""
SMALLEST_PX = VIDEO_SIZES_PX[-1]


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Nothing without the open test data, which lies beside the repository or at $FACETRAIL_OPEN_DATA."""
    open_data = find_open_data()
    if open_data is None:
        return
    portraits = find_portraits(open_data)
    for entry in settings.chosen_encoders:
        yield from _numbers(entry.name, see(load_encoder(entry.name, settings.weights), portraits))


def find_open_data() -> Path | None:
    """The open test data, where it is at hand."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "open"
    open_data = Path(os.environ.get("FACETRAIL_OPEN_DATA", beside))
    return open_data if (open_data / "MANIFEST.md").is_file() else None


def find_portraits(open_data: Path) -> list[tuple[str, Portrait]]:
    """Who is on each labelled photograph of one person, with the face found."""
    detector = MtcnnDetector(DetectionOptions())
    grey = sorted((open_data / "verification" / "orl_s01_s20").glob("*/*.png"))
    people = [(photo.person, photo.path) for photo in photographs_of_people(open_data)]
    people += [(path.parent.name, path) for path in grey]
    found = [(person, find_face(path, detector)) for person, path in people]
    return [(person, one.portrait) for person, one in found if one.portrait is not None and one.report.is_usable]


def _numbers(name: str, faces: Faces) -> Iterator[Measurement]:
    known, strangers = probe(name, faces)
    same, different = pairs(faces)
    margin, threshold = find_margin(known), find_threshold(strangers)
    yield _number(name, "threshold", threshold, _counted(known, strangers, threshold, margin))
    highest = f"97.5 % of strangers score below it, all of them to {strangers.score.max():.3f}"
    yield _number(name, "uncertain_threshold", find_uncertain(strangers), highest)
    yield _number(name, "margin", margin, f"of {(known.size_px == FULL_SIZE).sum()} probes at full size")
    alike = f"two photographs of somebody score to {same[FULL_SIZE].max():.3f}"
    yield _number(name, "duplicate_cosine", find_duplicate(same), alike)
    yield _number(name, "contradict_cosine", find_contradict(same), f"1 % of its pairs at {SMALLEST_PX} px lie below")
    yield _number(name, "agree_cosine", find_agree(different), f"two people score to {_highest(different):.3f}")


def find_threshold(strangers: Probes) -> float:
    """The least one at which the rate of strangers named stays below `FALSE_RATE`, by score alone, with 95 % care."""
    scores = np.sort(strangers.score)[::-1]
    allowed = 0
    while proportion(allowed + 1, len(scores)).high <= FALSE_RATE:
        allowed += 1
    return _up(scores[allowed])


def find_uncertain(strangers: Probes) -> float:
    """Where one stranger in forty still comes to."""
    return _down(np.quantile(strangers.score, 0.975))


def find_margin(known: Probes) -> float:
    """A third of the lead that 99 % of known people have at full size: it stops what stands between two people."""
    full = known.at(FULL_SIZE)
    return _down(np.quantile(full.lead[full.is_right], 0.01) / 3)


def find_duplicate(same: dict[int, Scores]) -> float:
    """What one pair in a hundred of two photographs of somebody reaches: those that were taken a moment apart."""
    return _down(np.quantile(same[FULL_SIZE], 0.99))


def find_contradict(same: dict[int, Scores]) -> float:
    """Below it lies 1 % of what two photographs of somebody score at the smallest size."""
    return _down(np.quantile(same[SMALLEST_PX], 0.01))


def find_agree(different: dict[int, Scores]) -> float:
    """From what two people score at most at any size, a quarter of the way to being equal."""
    highest = _highest(different)
    return _down(highest + (1 - highest) / 4)


def _highest(different: dict[int, Scores]) -> float:
    """One pair in ten thousand lies above it, at the size at which that is the highest."""
    return max(float(np.quantile(scores, 0.9999)) for scores in different.values())


def _counted(known: Probes, strangers: Probes, threshold: float, margin: float) -> str:
    named = proportion(int(strangers.named(threshold, margin).sum()), len(strangers.score))
    parts = [f"{named.successes} of {named.trials} strangers named (95 %: to {named.high:.4f})"]
    for size in (FULL_SIZE, *VIDEO_SIZES_PX):
        of_size = known.at(size)
        right = int((of_size.is_right & of_size.named(threshold, margin)).sum())
        parts.append(f"{right} of {len(of_size.score)} right at {f'{size} px' if size else 'full size'}")
    wrong = int((~known.is_right & known.named(threshold, margin)).sum())
    return ", ".join([*parts, f"{wrong} wrong"])


def _number(encoder: str, field: str, figure: float, detail: str) -> Measurement:
    return Measurement(what=f"{encoder}: {field}", figure=figure, unit="", detail=detail)


def _up(value: float | np.floating) -> float:
    """To the next 0.005: with so few people more decimals mean nothing."""
    return round(float(np.ceil(value * 200) / 200), 3)


def _down(value: float | np.floating) -> float:
    return round(float(np.floor(value * 200) / 200), 3)
