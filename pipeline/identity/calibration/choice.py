"""Choose an operating point for a rate of strangers named, and say how far the measurement carries it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from pipeline.identity.calibration.rates import Proportion, proportion, threshold_at_rate
from pipeline.identity.calibration.scores import Best, GalleryScores, PairCounts
from pipeline.identity.decision import MeasuredPoint

UNCERTAIN_RATE = 3.0
"""So many times the strangers who may be named may be called uncertain."""
RULE_OF_THREE = 3.0
"""When none of n is seen, the true rate is below 3/n with 95 % confidence."""
FEW_GENUINE = 30
"""Below so many probes a rate of misses is hardly more than a guess: its interval is 30 points wide."""
DIGITS = 4
HIGHEST = 1.0
"""The cosine of a picture with itself: no threshold lies above it."""
GROWTH = (1, 2, 5, 10)
"""Sizes of the gallery, relative to today's, for which the rate of strangers named is foretold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFigures:
    """How one size of faces fares at the operating point."""

    face_px: int
    """Side of the face in pixels; 0: pictures as they are."""
    named_strangers: Proportion
    """The false-positive identification rate: strangers who get a name."""
    named_left_out: Proportion
    """Those of them who are people of the gallery, each left out in turn."""
    missed: Proportion
    """The false-negative identification rate: people of the gallery who do not get their own name."""
    misnamed: Proportion
    """People of the gallery who get another one's name; they are among the missed."""
    threshold: float
    """What this size alone would ask for, of left-out people and of strangers from outside each by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a larger gallery would do to the rate of strangers named, if comparisons were independent."""

    n_people: int
    fpir: float
    """1 - (1 - FMR)^N, FMR being the rate of single comparisons with a stranger that reach the threshold."""
    most: float
    """The same for the highest FMR that the measurement leaves open (95 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationReport:
    """An operating point, what was measured at it, and what should be known before it is trusted."""

    encoder: str
    n_people: int
    n_images: int
    n_impostor_people: int
    n_impostor_images: int
    fpir: float
    """Asked for, 0..1."""
    threshold: float
    uncertain_threshold: float
    margin: float
    shipped_threshold: float
    sizes: tuple[SizeFigures, ...]
    auc: float | None
    """Area under the ROC curve of single comparisons at full size; None without any of one kind."""
    fmr: Proportion
    """Single comparisons with a stranger that reach the threshold."""
    growth: tuple[Growth, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a calibration is to hold for, and what stands in where it cannot be shown."""

    encoder: str
    fpir: float
    shipped: MeasuredPoint


def calibrate(scores: GalleryScores, n_people: int, n_images: int, asked: Asked) -> CalibrationReport:
    """The operating point at which no size of faces names more strangers than asked, with all figures at it.

    Where pictures are too few to show the rate, nothing is set lower than what ships, and a warning says so.
    """
    point = _point(scores, asked)
    sizes = sorted({int(size) for size in (*scores.genuine.sizes_px, *scores.impostor.sizes_px)}, key=_large_first)
    fmr = proportion(scores.other_pairs.n_reaching(point.threshold), scores.other_pairs.total)
    figures = tuple(_figures(scores, size, point, asked.fpir) for size in sizes)
    return CalibrationReport(
        encoder=asked.encoder,
        n_people=n_people,
        n_images=n_images,
        n_impostor_people=scores.n_impostor_people,
        n_impostor_images=_n_pictures(scores.impostor),
        fpir=asked.fpir,
        threshold=point.threshold,
        uncertain_threshold=point.uncertain_threshold,
        margin=point.margin,
        shipped_threshold=asked.shipped.threshold,
        sizes=figures,
        auc=_pair_area(scores.own_pairs, scores.other_pairs),
        fmr=fmr,
        growth=tuple(_growth(fmr, n_people * by) for by in GROWTH),
        warnings=tuple(_warnings(scores, point, asked, figures)),
    )


def pictures_needed(rate: float) -> int:
    """How many pictures of strangers, none of them named, show that at most `rate` of strangers are."""
    return ceil(RULE_OF_THREE / rate - 1e-9)


def _point(scores: GalleryScores, asked: Asked) -> MeasuredPoint:
    shipped, n_strangers = asked.shipped, _n_pictures(scores.impostor)
    threshold = _strictest(scores.impostor, asked.fpir)
    if n_strangers < pictures_needed(asked.fpir):
        threshold = max(threshold, shipped.threshold)
    threshold = _rounded_up(threshold)
    wide = min(0.5, UNCERTAIN_RATE * asked.fpir)
    uncertain = min(threshold, _rounded_up(_strictest(scores.impostor, wide)))
    if n_strangers < pictures_needed(wide):
        uncertain = max(-1.0, threshold - (shipped.threshold - shipped.uncertain_threshold))
    margin = _margin(scores.genuine, threshold, asked.fpir)
    if _n_pictures(scores.genuine) < pictures_needed(asked.fpir):
        margin = max(margin, shipped.margin)
    return MeasuredPoint(threshold, round(uncertain, DIGITS), margin, "")


def _strictest(impostor: Best, rate: float) -> float:
    """The threshold that at most `rate` of the strangers reach: at every size, and in both groups of them.

    People left out of the gallery are mostly more like the others than strangers from elsewhere are (they come from the
    same pictures, and often from the same circle): among many who are easy the few who are hard would be forgotten.
    """
    groups = [
        impostor.where((impostor.sizes_px == size) & (impostor.is_outside == is_outside)).scores
        for size in np.unique(impostor.sizes_px)
        for is_outside in (False, True)
    ]
    return max((threshold_at_rate(scores, rate) for scores in groups), default=-1.0)


def _margin(genuine: Best, threshold: float, rate: float) -> float:
    """The least lead at which at most `rate` of the people who are enrolled get another one's name."""
    wrong = genuine.margins[~genuine.is_right & (genuine.scores >= threshold)]
    allowed = int(np.floor(rate * len(genuine.scores)))
    if len(wrong) <= allowed:
        return 0.0
    return _rounded_up(float(np.nextafter(np.sort(wrong)[::-1][allowed], np.inf)))


def _figures(scores: GalleryScores, size: int, point: MeasuredPoint, fpir: float) -> SizeFigures:
    genuine, impostor = scores.genuine.of_size(size), scores.impostor.of_size(size)
    named = genuine.named(point.threshold, point.margin)
    strangers_named = impostor.named(point.threshold, point.margin)
    left_out = ~impostor.is_outside
    return SizeFigures(
        face_px=size,
        named_strangers=proportion(int(strangers_named.sum()), len(strangers_named)),
        named_left_out=proportion(int(strangers_named[left_out].sum()), int(left_out.sum())),
        missed=proportion(int((~(named & genuine.is_right)).sum()), len(named)),
        misnamed=proportion(int((named & ~genuine.is_right).sum()), len(named)),
        threshold=_rounded_up(_strictest(impostor, fpir)),
    )


def _growth(fmr: Proportion, n_people: int) -> Growth:
    rate = fmr.rate if fmr.trials else 0.0
    return Growth(n_people=n_people, fpir=1 - (1 - rate) ** n_people, most=1 - (1 - fmr.high) ** n_people)


def _warnings(scores: GalleryScores, point: MeasuredPoint, asked: Asked, figures: tuple[SizeFigures, ...]) -> list[str]:
    n_strangers, n_genuine = _n_pictures(scores.impostor), _n_pictures(scores.genuine)
    needed, found = pictures_needed(asked.fpir), []
    if point.threshold >= HIGHEST:
        found.append(
            f"the rate of {100 * asked.fpir:g} % cannot be kept with this gallery: pictures of different people are as "
            "alike as copies of one, so that no threshold tells them apart. `facetrail gallery check` names those "
            "enrolled twice"
        )
    if n_strangers < needed:
        kept = (
            "; the threshold was not set below the one that ships" if point.threshold <= asked.shipped.threshold else ""
        )
        found.append(
            f"{n_strangers} pictures of strangers cannot show {100 * asked.fpir:g} %: with none of them named the true "
            f"rate may still be {_two_digits(100 * min(1.0, RULE_OF_THREE / max(1, n_strangers)))} %. "
            f"{needed} are needed (--impostors DIR){kept}"
        )
    if n_genuine == 0:
        found.append("nobody has two pictures, so that nothing is known of how many people would be missed")
    elif n_genuine < FEW_GENUINE:
        found.append(f"the rate of misses rests on {n_genuine} pictures only")
    if figures and figures[0].missed.trials and figures[0].missed.rate > 0.5:
        found.append(
            f"at this threshold {figures[0].missed.successes} of {figures[0].missed.trials} pictures of people who are "
            "enrolled get no name: ask for a higher --fpir, take another encoder, or enrol clearer pictures"
        )
    return found


def _pair_area(own: PairCounts, other: PairCounts) -> float | None:
    """The area under the curve of single comparisons, to the width of a step; None when there are none of a kind."""
    if not own.total or not other.total:
        return None
    below = np.cumsum(other.counts) - other.counts / 2
    return float((own.counts * below).sum() / own.total / other.total)


def _n_pictures(best: Best) -> int:
    """Probes of the size that has most: the shrunk views of a picture say little that it does not."""
    sizes, counts = np.unique(best.sizes_px, return_counts=True)
    return int(counts.max()) if len(sizes) else 0


def _rounded_up(score: float) -> float:
    """Never below the score, which a stranger may have."""
    return min(HIGHEST, float(np.ceil(score * 10**DIGITS) / 10**DIGITS))


def _two_digits(number: float) -> str:
    """8.3, 100 or 0.0003: never with an exponent."""
    return np.format_float_positional(number, precision=2, fractional=False, trim="-")


def _large_first(size_px: int) -> float:
    return -np.inf if size_px == 0 else -size_px
