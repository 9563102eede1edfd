"""`facetrail train siamese`: a verifier for `facetrail verify --method siamese`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, EncoderFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.session import Session, open_session
from dashboards.cli.training.choosing import encoder_in_use
from dashboards.cli.training.flags import EpochsFlag, PatienceFlag, PeopleFolder, SeedFlag
from pipeline.training.siamese.differences import Difference

if TYPE_CHECKING:
    from pipeline.training.faces.gathering import LeftOut
    from pipeline.training.siamese.training import PairFigures, SiameseTrainingOptions

EXAMPLES = examples(
    ("facetrail train siamese --people staff/", "for the encoder in use"),
    ("facetrail train siamese --people staff/ --difference chi-squared", "the other form of the tutorials"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiameseTraining:
    """What training came to; the figures are of pairs of the people held back."""

    encoder: str
    difference: Difference
    n_trained_people: int
    n_held_back_people: int
    n_pictures: int
    cosine: PairFigures
    siamese: PairFigures
    best_epoch: int
    n_epochs: int
    left_out: tuple[LeftOut, ...]
    folder: Path


def register(group: typer.Typer) -> None:
    """Add `siamese` to the group."""
    group.command("siamese", epilog=EXAMPLES)(train_siamese)


def train_siamese(
    people: PeopleFolder,
    encoder: EncoderFlag = None,
    difference: Annotated[
        Difference, typer.Option("--difference", help="Of the numbers of two embeddings.")
    ] = Difference.ABSOLUTE,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate.", min=1e-6, max=1)] = 0.01,
    epochs: EpochsFlag = 40,
    patience: PatienceFlag = 8,
    seed: SeedFlag = 1,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Train a Siamese verifier: a logistic unit on the differences of two embeddings; the encoder stays as it is.

    It takes the place of the encoder's earlier one. A third of the people are held back to judge it beside the cosine.
    """
    from pipeline.training.early_stopping import EpochLimits
    from pipeline.training.siamese.training import SiameseTrainingOptions

    limits = EpochLimits(most=epochs, patience=patience)
    options = SiameseTrainingOptions(difference=difference, rate=rate, limits=limits, seed=seed)
    session = open_session(data=data, encoding=None if encoder is None else {"encoder": encoder})
    found = _train(session, people, encoder_in_use(session), options)
    if as_json:
        emit_json(found)
    else:
        _print(found)


def _train(session: Session, people: Path, encoder: str, options: SiameseTrainingOptions) -> SiameseTraining:
    from dashboards.cli.quiet import start_tensorflow
    from dashboards.cli.training.watching import gather, watching_epochs
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.encoders.registry import alignment_of, load_network
    from pipeline.training.classifier.files import classifiers_dir
    from pipeline.training.report import draw_siamese_training
    from pipeline.training.siamese.files import save_siamese
    from pipeline.training.siamese.training import train_siamese

    entry = encoder_entry(encoder, session.weights_dir)
    start_tensorflow()
    network = load_network(entry, session.weights_dir)
    faces = gather(session, people, alignment_of(entry))
    with watching_epochs(options.limits.most, "score") as watching:
        trained = train_siamese(network, faces, options, watching)
    folder = save_siamese(classifiers_dir(session.data_dir), entry, trained, draw_siamese_training(trained))
    return SiameseTraining(
        encoder=encoder,
        difference=options.difference,
        n_trained_people=len(trained.split.trained),
        n_held_back_people=len(trained.split.held_back),
        n_pictures=faces.n_faces,
        cosine=trained.cosine,
        siamese=trained.siamese,
        best_epoch=trained.trained.best.number,
        n_epochs=trained.trained.epochs[-1].number,
        left_out=faces.left_out,
        folder=folder,
    )


def _print(found: SiameseTraining) -> None:
    made = table("people held back", "AUC", "accuracy", "accepted at 1 %", "threshold", right=("AUC", "accuracy"))
    for label, figures in (("cosine", found.cosine), ("siamese", found.siamese)):
        made.add_row(label, f"{figures.auc:.4f}", f"{figures.accuracy:.4f}", *_cells(figures))
    answers().print(made)
    pairs = f"{found.siamese.n_genuine} pairs of one person and as many of two"
    answers().print(f"{pairs}, of {found.n_held_back_people} people; in {found.folder}", markup=False, soft_wrap=True)
    answers().print(f"`facetrail verify A B --method siamese --encoder {found.encoder}` uses it", markup=False)


def _cells(figures: PairFigures) -> tuple[str, str]:
    return f"{figures.true_accept_rate:.3f}", f"{figures.threshold:.4f}"
