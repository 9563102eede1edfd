"""Draw how a training went, into a picture in the data folder's reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.reports.curves import Panel, Rule, Series, Stroke, draw_matrix, draw_panels
from pipeline.training.classifier_training import TrainedClassifier
from pipeline.training.early_stopping import Trained
from pipeline.training.encoder_training import TrainedEncoder
from pipeline.training.siamese_training import TrainedSiamese
from pipeline.training.whole_files import write_whole

MOST_IN_A_MATRIX = 60
"""People whose names can still be read beside a confusion matrix."""
BINS = np.linspace(-1, 1, 101)


def course_panels(trained: Trained, loss_name: str, score_name: str) -> tuple[Panel, Panel]:
    """Loss and score over the epochs, with the best one marked."""
    numbers = np.array([epoch.number for epoch in trained.epochs], float)
    losses = np.array([np.nan if epoch.loss is None else epoch.loss for epoch in trained.epochs])
    scores = np.array([epoch.score for epoch in trained.epochs])
    best = (Rule(trained.best.number, f"best: epoch {trained.best.number}"),)
    return (
        Panel(
            title="Learning",
            x_label="epoch",
            y_label=loss_name,
            series=(Series("", numbers, losses),),
            rules=best,
        ),
        Panel(
            title="On what was held back",
            x_label="epoch",
            y_label=score_name,
            series=(Series("", numbers, scores),),
            rules=best,
        ),
    )


def classifier_pictures(trained: TrainedClassifier, labels: Sequence[str]) -> dict[str, bytes]:
    """PNGs by their names: the course of the training and, for up to 60 people, the confusion matrix."""
    panels = course_panels(trained.trained, "cross-entropy", "log probability of the right name")
    pictures = {"curves.png": draw_panels(panels)}
    if len(labels) <= MOST_IN_A_MATRIX:
        pictures["confusion.png"] = draw_matrix(trained.figures.confusion, labels, "Pictures held out")
    return pictures


def siamese_curves(trained: TrainedSiamese) -> bytes:
    """A PNG of the course of the training."""
    return draw_panels(course_panels(trained.trained, "cross-entropy", "log probability of what is so"))


def write_encoder_curves(folder: Path, name: str, trained: TrainedEncoder) -> Path:
    """Loss, AUC, and how alike two people held back are before and after, as `training-<name>.png`."""
    impostors = Panel(
        title="Pairs of two people held back",
        x_label="cosine similarity",
        y_label="share of pairs",
        series=(
            _distribution("before", trained.scores_before.impostor),
            _distribution("after", trained.scores_after.impostor),
        ),
    )
    panels = (*course_panels(trained.trained, "triplet loss", "area under the ROC curve"), impostors)
    return write_whole(folder / f"training-{name}.png", draw_panels(panels, columns=3))


def _distribution(label: str, scores: np.ndarray) -> Series:
    counts, edges = np.histogram(scores, BINS)
    return Series(label, (edges[1:] + edges[:-1]) / 2, counts / max(1, len(scores)), Stroke.FILLED)
