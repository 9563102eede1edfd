"""`facetrail train classifier`: a classifier that tells the people of one folder apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table, warn
from dashboards.cli.session import Session, open_session
from dashboards.cli.training.flags import EpochsFlag, NameFlag, PatienceFlag, PeopleFolder, SeedFlag

if TYPE_CHECKING:
    from pipeline.identity.calibration.rates import Proportion
    from pipeline.training.classifier.backbones import Backbone
    from pipeline.training.classifier.closed_set import ClosedSet
    from pipeline.training.classifier.training import ClassifierTrainingOptions, TrainedClassifier
    from pipeline.training.faces.gathering import LeftOut

EXAMPLES = examples(
    ("facetrail train classifier --people staff/ --name staff", "a head on the default encoder: quick, and the best"),
    (
        "facetrail train classifier --people staff/ --name staff-cnn --backbone small-cnn",
        "a small network from scratch",
    ),
    ("facetrail train classifier --people staff/ --name staff-vgg --backbone vgg16", "from your VGGFace weights"),
)
SHOWN_CONFUSIONS = 10
CLOSED_SET = "a classifier gives one of its names to everybody, strangers too; `facetrail identify` knows strangers"
COST = (
    "from scratch this network wants tens of thousands of pictures, and hours on a CPU; "
    "a head on an encoder needs a few pictures a person, and seconds"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often somebody was taken for somebody else."""

    person: str
    said: str
    n_pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierTraining:
    """What training came to; the figures are of the pictures held out."""

    name: str
    backbone: str
    n_people: int
    n_learnt: int
    n_watched: int
    """Pictures that decided when to stop."""
    n_held_out: int
    top_1: Proportion
    top_5: Proportion
    confusions: tuple[Confusion, ...]
    best_epoch: int
    n_epochs: int
    left_out: tuple[LeftOut, ...]
    folder: Path


def register(group: typer.Typer) -> None:
    """Add `classifier` to the group."""
    group.command("classifier", epilog=EXAMPLES)(train_classifier)


def train_classifier(
    people: PeopleFolder,
    name: NameFlag,
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone",
            help="An encoder, small-cnn, or vgg16, resnet50, senet50 (from your VGGFace files, or --from-scratch). "
            "Default: the encoder in use.",
            metavar="NAME",
        ),
    ] = None,
    from_scratch: Annotated[bool, typer.Option("--from-scratch", help="Begin a large network with nothing.")] = False,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate.", min=1e-6, max=1)] = 0.003,
    views: Annotated[int, typer.Option("--views", help="Views of each picture.", min=1, max=256)] = 12,
    epochs: EpochsFlag = 60,
    patience: PatienceFlag = 10,
    seed: SeedFlag = 1,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Train a classifier that tells the people of a folder apart, and judge it by every tenth picture of each.

    It knows nobody else: strangers get one of its names, too. The result is for `facetrail classify`.
    """
    from pipeline.training.classifier.training import ClassifierTrainingOptions
    from pipeline.training.early_stopping import EpochLimits

    limits = EpochLimits(most=epochs, patience=patience)
    options = ClassifierTrainingOptions(rate=rate, limits=limits, n_views=views, seed=seed)
    session = open_session(data=data)
    found = _train(session, people, name, _backbone(session, backbone, from_scratch=from_scratch), options)
    if as_json:
        emit_json(found)
    else:
        _print(found)


def _backbone(session: Session, name: str | None, *, from_scratch: bool) -> Backbone:
    from dashboards.cli.training.choosing import encoder_in_use
    from pipeline.training.classifier.backbones import find_backbone

    return find_backbone(name or encoder_in_use(session), session.weights_dir, from_scratch=from_scratch)


def _train(
    session: Session, people: Path, name: str, backbone: Backbone, options: ClassifierTrainingOptions
) -> ClassifierTraining:
    from dashboards.cli.quiet import start_tensorflow
    from dashboards.cli.training.watching import gather, watching_epochs
    from pipeline.encoders.registry import weights_path
    from pipeline.training.classifier.backbones import SMALL, build_network
    from pipeline.training.classifier.closed_set import divide
    from pipeline.training.classifier.files import check_classifier_name, classifiers_dir
    from pipeline.training.classifier.training import train_classifier

    folder = classifiers_dir(session.data_dir)
    check_classifier_name(folder, name)
    if backbone.entry is not None:
        weights_path(backbone.entry, session.weights_dir)  # to hear of missing weights before the pictures are done
    elif backbone.name != SMALL:
        warn(COST)
    start_tensorflow()
    faces = gather(session, people, backbone.alignment)
    closed_set = divide(faces)
    network = build_network(backbone, session.weights_dir, len(closed_set.labels), options.seed)
    with watching_epochs(options.limits.most, "score") as watching:
        trained = train_classifier(network, closed_set, options, watching)
    _save(folder / name, backbone, closed_set.labels, trained, options.seed)
    return _summary(folder / name, backbone.name, closed_set, trained, faces.left_out)


def _save(folder: Path, backbone: Backbone, labels: tuple[str, ...], trained: TrainedClassifier, seed: int) -> None:
    from pipeline.training.classifier.files import ClassifierRecord, save_classifier
    from pipeline.training.report import classifier_page, classifier_pictures

    record = ClassifierRecord(backbone.name, backbone.entry is None, backbone.digest, seed)
    page = classifier_page(folder.name, backbone.name, labels, trained, datetime.now(UTC))
    shown = {**classifier_pictures(trained, labels), "report.html": page.encode()}
    save_classifier(folder, record, labels, trained, shown=shown)


def _summary(
    folder: Path, backbone: str, closed_set: ClosedSet, trained: TrainedClassifier, left_out: tuple[LeftOut, ...]
) -> ClassifierTraining:
    figures = trained.figures
    return ClassifierTraining(
        name=folder.name,
        backbone=backbone,
        n_people=len(closed_set.labels),
        n_learnt=figures.n_learnt,
        n_watched=figures.n_watched,
        n_held_out=figures.n_held_out,
        top_1=figures.top_1,
        top_5=figures.top_5,
        confusions=_confusions(closed_set, figures.confusion.tolist()),
        best_epoch=trained.trained.best.number,
        n_epochs=trained.trained.epochs[-1].number,
        left_out=left_out,
        folder=folder,
    )


def _confusions(closed_set: ClosedSet, counts: list[list[int]]) -> tuple[Confusion, ...]:
    """Who was taken for whom, the most often first."""
    labels = closed_set.labels
    wrong = [
        Confusion(person=person, said=said, n_pictures=n_pictures)
        for person, row in zip(labels, counts, strict=True)
        for said, n_pictures in zip(labels, row, strict=True)
        if n_pictures and person != said
    ]
    return tuple(sorted(wrong, key=lambda one: -one.n_pictures))


def _print(found: ClassifierTraining) -> None:
    answers().print(f"{found.name}: {found.n_people} people, {found.n_learnt} pictures learnt from", markup=False)
    answers().print(
        f"right at first   {_share(found.top_1)}\namong the first 5 {_share(found.top_5)}\n"
        f"best epoch       {found.best_epoch} of {found.n_epochs}",
        markup=False,
    )
    if not found.best_epoch:
        warn("no epoch was better than the beginning: it only guesses. Give it more pictures or another backbone")
    if found.confusions:
        made = table("person", "taken for", "pictures", right=("pictures",))
        for one in found.confusions[:SHOWN_CONFUSIONS]:
            made.add_row(one.person, one.said, str(one.n_pictures))
        answers().print(made)
    answers().print(f"in {found.folder}, with report.html", markup=False, soft_wrap=True)
    warn(CLOSED_SET)


def _share(found: Proportion) -> str:
    return f"{found.successes} of {found.trials} held out ({found.rate:.3f}, 95 %: {found.low:.3f}..{found.high:.3f})"
