"""The page and the curves of a calibration: how people and strangers score, and what a threshold costs."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from pipeline.identity.calibration.choice import CalibrationReport
from pipeline.identity.calibration.rates import Proportion
from pipeline.identity.calibration.scores import GalleryScores, PairCounts
from pipeline.reports.curves import DARK, LIGHT, Panel, Rule, Series, Stroke, Theme, draw_panels
from pipeline.reports.figures_page import FiguresPage, PagePicture, PageTable, render_figures
from pipeline.reports.html.page import Fact

HISTOGRAM_BINS = 40
LEAST_RATE = 1e-4
"""Where logarithmic axes end: no calibration here has more probes than that takes."""
CLOSING = (
    "Scores are cosine similarities to the mean of a person's references, as matching uses them. A person is a probe "
    "by each picture, known by the others; a stranger is somebody from outside, or somebody enrolled who is left out. "
    "Shrunk faces keep the landmarks of the large ones. Pictures of one person are not independent of each other, so "
    "that true intervals are somewhat wider."
)


def draw_calibration(scores: GalleryScores, report: CalibrationReport, theme: Theme = LIGHT) -> bytes:
    """All curves as one PNG: distributions, errors over the threshold, DET and ROC."""
    return draw_panels(
        [_distributions(scores, report), _errors(scores, report), _det(scores, report), _roc(scores, report)], theme
    )


def render_calibration(
    scores: GalleryScores, report: CalibrationReport, made_at: datetime, notes: tuple[str, ...]
) -> str:
    """The page as text."""
    curves = PagePicture(
        "Curves",
        draw_calibration(scores, report),
        draw_calibration(scores, report, DARK),
        "score distributions, error rates over the threshold, DET and ROC curves",
        "FPIR: strangers who would be named. FNIR: people of the gallery who would not get their own name. "
        "FMR and TMR: the same for comparisons with a single person.",
    )
    return render_figures(
        FiguresPage(
            title=f"Calibration of {report.encoder}",
            headline=f"A name from {report.threshold:.4f} on, for at most {100 * report.fpir:g} % of strangers",
            made_at=made_at,
            counts=_counts(report),
            facts=_facts(report, notes),
            warnings=report.warnings,
            pictures=(curves,),
            tables=(_size_table(report), _growth_table(report)),
            closing=CLOSING,
        )
    )


def counted(share: Proportion) -> str:
    """A rate with its counts and interval, as `1 of 36 (0.5 to 14.2 %)`."""
    if not share.trials:
        return "none tried"
    return f"{share.successes} of {share.trials} ({100 * share.low:.1f} to {100 * share.high:.1f} %)"


def size_name(face_px: int) -> str:
    """The size of a face in words."""
    return f"{face_px} px" if face_px else "as they are"


def _counts(report: CalibrationReport) -> tuple[Fact, ...]:
    return (
        Fact("threshold", f"{report.threshold:.4f}"),
        Fact("people", str(report.n_people)),
        Fact("pictures of them", str(report.n_images)),
        Fact("strangers", str(report.n_impostor_people)),
        Fact("pictures of strangers", str(report.n_impostor_images)),
    )


def _facts(report: CalibrationReport, notes: tuple[str, ...]) -> tuple[Fact, ...]:
    return (
        Fact("Known from", f"{report.threshold:.4f} (ships with {report.shipped_threshold:.4f})"),
        Fact("Uncertain from", f"{report.uncertain_threshold:.4f}"),
        Fact("Lead over the second person", f"{report.margin:.4f}"),
        Fact("Encoder", report.encoder),
        Fact("Pictures a person", f"{report.n_images / max(1, report.n_people):.3g}"),
        Fact("Area under the ROC curve", "not known" if report.auc is None else f"{report.auc:.4f}"),
        *(Fact("Left out", note) for note in notes),
    )


def _distributions(scores: GalleryScores, report: CalibrationReport) -> Panel:
    edges = np.linspace(*_span(scores), HISTOGRAM_BINS + 1)
    centres = (edges[1:] + edges[:-1]) / 2
    series = [
        Series(
            label, centres, np.histogram(best.of_size(0).scores, edges)[0] / max(1, len(best.of_size(0).scores)), stroke
        )
        for label, best, stroke in (
            ("people of the gallery", scores.genuine, Stroke.FILLED),
            ("strangers", scores.impostor, Stroke.FILLED),
        )
    ]
    return Panel(
        title="Best score of each picture (as it is)",
        x_label="cosine with the best person",
        y_label="share of pictures",
        series=tuple(series),
        rules=_rules(report),
    )


def _errors(scores: GalleryScores, report: CalibrationReport) -> Panel:
    at = np.linspace(*_span(scores), 400)
    fpir, fnir = _rates(scores, 0, at)
    return Panel(
        title="Errors over the threshold (pictures as they are)",
        x_label="threshold",
        y_label="rate",
        series=(Series("FNIR: people missed", at, fnir), Series("FPIR: strangers named", at, fpir)),
        rules=(*_rules(report), Rule(report.fpir, "FPIR asked for", is_vertical=False)),
        has_log_y=True,
        y_range=(LEAST_RATE, 1.1),
    )


def _det(scores: GalleryScores, report: CalibrationReport) -> Panel:
    at = np.linspace(*_span(scores), 400)
    series = []
    for size in report.sizes:
        fpir, fnir = _rates(scores, size.face_px, at)
        series.append(Series(size_name(size.face_px), fpir, fnir, Stroke.STEPS))
    return Panel(
        title="DET: people missed against strangers named",
        x_label="FPIR",
        y_label="FNIR",
        series=tuple(series),
        rules=(Rule(report.fpir, "FPIR asked for"),),
        has_log_x=True,
        has_log_y=True,
        x_range=(LEAST_RATE * 10, 1.1),
        y_range=(LEAST_RATE * 10, 1.1),
    )


def _roc(scores: GalleryScores, report: CalibrationReport) -> Panel:
    fmr, tmr = _reaching(scores.other_pairs), _reaching(scores.own_pairs)
    title = "ROC of single comparisons" + ("" if report.auc is None else f" (area {report.auc:.4f})")
    return Panel(
        title=title,
        x_label="FMR: another person accepted",
        y_label="TMR: the right one accepted",
        series=(Series("", fmr, tmr),),
        has_log_x=True,
        x_range=(LEAST_RATE, 1.1),
        y_range=(0, 1.03),
    )


def _rules(report: CalibrationReport) -> tuple[Rule, ...]:
    return (Rule(report.threshold, f"known from {report.threshold:.3f}"),)


def _rates(scores: GalleryScores, size: int, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """FPIR and FNIR `(N,)` over thresholds `(N,)`, without a margin; NaN where there are no probes."""
    genuine, impostor = scores.genuine.of_size(size), np.sort(scores.impostor.of_size(size).scores)
    right = np.sort(genuine.scores[genuine.is_right])
    named = len(impostor) - np.searchsorted(impostor, at, side="left")
    found = len(right) - np.searchsorted(right, at, side="left")
    with np.errstate(invalid="ignore", divide="ignore"):
        return named / np.float64(len(impostor)), 1 - found / np.float64(len(genuine.scores))


def _reaching(pairs: PairCounts) -> np.ndarray:
    """`(PAIR_BINS,)`: share of comparisons that reach each step."""
    return pairs.counts[::-1].cumsum()[::-1] / max(1, pairs.total)


def _span(scores: GalleryScores) -> tuple[float, float]:
    both = np.concatenate([scores.genuine.scores, scores.impostor.scores])
    return float(both.min()) - 0.02, min(1.0, float(both.max()) + 0.02)


def _size_table(report: CalibrationReport) -> PageTable:
    return PageTable(
        "At this operating point, by size of the face",
        (
            "face",
            "strangers named",
            "of them left out of the gallery",
            "people missed",
            "of them given another name",
            "threshold that this size asks for",
        ),
        tuple(
            (
                size_name(each.face_px),
                counted(each.named_strangers),
                counted(each.named_left_out),
                counted(each.missed),
                counted(each.misnamed),
                f"{each.threshold:.4f}" if each.named_strangers.trials else "",
            )
            for each in report.sizes
        ),
        "With 95 % intervals (Wilson). The threshold is the highest that any size asks for, of people left out of the "
        "gallery and of strangers from outside each by themselves; it is never below the one that ships when pictures "
        "of strangers are too few to show the rate.",
    )


def _growth_table(report: CalibrationReport) -> PageTable:
    return PageTable(
        "If the gallery grows",
        ("people enrolled", "strangers named, expected", "at most (95 %)"),
        tuple((str(each.n_people), f"{100 * each.fpir:.2f} %", f"{100 * each.most:.2f} %") for each in report.growth),
        f"1 - (1 - FMR)^N: {counted(report.fmr)} single comparisons with a stranger reach the threshold. Comparisons "
        "are taken for independent, and the margin is left out of account: both make it a high estimate.",
    )
