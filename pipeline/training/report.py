"""Draw how a training went, on self-contained pages and as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from pipeline.identity.calibration.rates import Proportion
from pipeline.reports.curves import (
    DARK,
    LIGHT,
    Panel,
    Rule,
    Series,
    Stroke,
    Theme,
    draw_matrix,
    draw_panels,
)
from pipeline.reports.figures_page import FiguresPage, PagePicture, PageTable, render_figures
from pipeline.reports.html.page import Fact
from pipeline.training.classifier.training import TrainedClassifier
from pipeline.training.early_stopping import Trained
from pipeline.training.encoder.training import BeforeAndAfter, TrainedEncoder
from pipeline.training.measuring import Figures
from pipeline.training.siamese.training import TrainedSiamese

MOST_IN_A_MATRIX = 60
"""People whose names can still be read beside a confusion matrix."""
BINS = np.linspace(-1, 1, 101)
LEAST_SPAN = 0.02
"""Of an axis of areas under a curve, so that a rise of no weight does not look like one."""
HELD_BACK = (
    "The people held back decided when to stop, so that their figures flatter the result a little; those of other "
    "folders do not. Pictures of one person are not independent of each other: true intervals are wider."
)
DOUBTFUL = (
    "On the people held back it gained too little to say anything about others; look at how it does on a folder of "
    "other people (--evaluate) before using it"
)
CLOSED_SET = "A closed-set classifier gives one of its names to everybody, strangers too. Intervals are of 95 %."


def draw_encoder_training(trained: TrainedEncoder, theme: Theme = LIGHT) -> bytes:
    """A PNG of loss, area under the curve, and how alike pairs of two people held back are before and after."""
    loss, score = _course(trained.trained, "triplet loss", "area under the ROC curve")
    impostors = Panel(
        title="Pairs of two people held back",
        x_label="cosine similarity",
        y_label="share of pairs",
        series=(
            _distribution("before", trained.scores_before.impostor),
            _distribution("after", trained.scores_after.impostor),
        ),
    )
    return draw_panels((loss, score, impostors), theme)


def draw_classifier_training(trained: TrainedClassifier, theme: Theme = LIGHT) -> bytes:
    """A PNG of loss and score."""
    return draw_panels(_course(trained.trained, "cross-entropy", "log probability of the right name"), theme)


def draw_siamese_training(trained: TrainedSiamese, theme: Theme = LIGHT) -> bytes:
    """A PNG of loss and score."""
    return draw_panels(_course(trained.trained, "cross-entropy", "log probability of what is so"), theme)


def classifier_pictures(trained: TrainedClassifier, labels: Sequence[str]) -> dict[str, bytes]:
    """PNGs by their names: the course of the training and, for up to 60 people, the confusion matrix."""
    pictures = {"curves.png": draw_classifier_training(trained)}
    if len(labels) <= MOST_IN_A_MATRIX:
        pictures["confusion.png"] = draw_matrix(trained.figures.confusion, labels, "Pictures held out")
    return pictures


def encoder_page(
    name: str, base: str, trained: TrainedEncoder, others: Sequence[tuple[str, BeforeAndAfter]], made_at: datetime
) -> str:
    """The page of a fine-tuned encoder; `others` are folders it was also judged on."""
    curves = PagePicture(
        "Curves",
        draw_encoder_training(trained),
        draw_encoder_training(trained, DARK),
        "loss and area under the ROC curve over the epochs, and scores of pairs of two people before and after",
    )
    judged = [("people held back", trained.held_back), *others]
    rows = [
        (f"{label}, {when}", *_cells(figures))
        for label, both in judged
        for when, figures in (("before", both.before), ("after", both.after))
    ]
    better = f"Epoch {trained.trained.best.number} told the people held back apart best"
    return render_figures(
        FiguresPage(
            title=f"Training of {name}",
            headline=better if trained.is_better else f"No epoch was better than {base}: nothing was saved",
            made_at=made_at,
            counts=(
                Fact("people learnt from", str(len(trained.split.trained))),
                Fact("people held back", str(len(trained.split.held_back))),
                Fact("epochs", str(trained.trained.epochs[-1].number)),
            ),
            facts=(Fact("begun with", base),),
            warnings=(DOUBTFUL,) if trained.is_doubtful else (),
            pictures=(curves,),
            tables=(PageTable("Before and after", COLUMNS, tuple(rows)),),
            closing=HELD_BACK,
        )
    )


def classifier_page(name: str, backbone: str, labels: Sequence[str], trained: TrainedClassifier, at: datetime) -> str:
    """The page of a classifier."""
    figures = trained.figures
    pictures = [
        PagePicture(
            "Learning",
            draw_classifier_training(trained),
            draw_classifier_training(trained, DARK),
            "loss and score over the epochs",
        )
    ]
    if len(labels) <= MOST_IN_A_MATRIX:
        light, dark = (draw_matrix(figures.confusion, labels, "Pictures held out", one) for one in (LIGHT, DARK))
        pictures.append(PagePicture("Who was taken for whom", light, dark, "confusion matrix"))
    rows = (("right at first", _share(figures.top_1)), ("among the first five", _share(figures.top_5)))
    return render_figures(
        FiguresPage(
            title=f"Classifier {name}",
            headline=f"{figures.top_1.successes} of {figures.top_1.trials} pictures held out got the right name",
            made_at=at,
            counts=(Fact("people", str(len(labels))), Fact("pictures learnt from", str(figures.n_learnt))),
            facts=(Fact("built on", backbone), Fact("best epoch", str(trained.trained.best.number))),
            pictures=tuple(pictures),
            tables=(PageTable("Pictures held out", ("", "share"), rows),),
            closing=CLOSED_SET,
        )
    )


COLUMNS = ("", "pictures", "AUC", "accepted at 1 % false acceptance", "named at 1 % false identification")


def _cells(figures: Figures) -> tuple[str, ...]:
    named = "too few pictures" if figures.open_set is None else _share(figures.open_set)
    pictures = f"{figures.n_pictures} of {figures.n_people} people"
    return pictures, f"{figures.auc:.4f}", f"{figures.true_accept_rate:.3f}", named


def _share(found: Proportion) -> str:
    return f"{found.rate:.3f} ({found.low:.3f}..{found.high:.3f}) of {found.trials}"


def _course(trained: Trained, loss_name: str, score_name: str) -> tuple[Panel, Panel]:
    """Loss and score over the epochs, with the best one marked."""
    numbers = np.array([epoch.number for epoch in trained.epochs], float)
    losses = np.array([np.nan if epoch.loss is None else epoch.loss for epoch in trained.epochs])
    scores = np.array([epoch.score for epoch in trained.epochs])
    best = (Rule(trained.best.number, f"best: epoch {trained.best.number}"),)
    middle, half = (scores.max() + scores.min()) / 2, max(LEAST_SPAN, float(np.ptp(scores)) * 1.1) / 2
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
            y_range=(float(middle - half), float(middle + half)),
        ),
    )


def _distribution(label: str, scores: np.ndarray) -> Series:
    counts, edges = np.histogram(scores, BINS)
    return Series(label, (edges[1:] + edges[:-1]) / 2, counts / max(1, len(scores)), Stroke.FILLED)
