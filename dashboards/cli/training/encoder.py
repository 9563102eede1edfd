"""`facetrail train encoder`: fine-tune an encoder's last layers on a folder of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table, warn
from dashboards.cli.session import Session, folder_encoder, open_database, open_session
from dashboards.cli.training.choosing import encoder_in_use, has_database
from dashboards.cli.training.flags import EpochsFlag, NameFlag, PatienceFlag, PeopleFolder, SeedFlag
from pipeline.training.triplets.mining import Mining

if TYPE_CHECKING:
    from pipeline.encoders.manifest import CalibrationEntry
    from pipeline.faces.alignment import Alignment
    from pipeline.training.early_stopping import Epoch
    from pipeline.training.encoder.training import BeforeAndAfter, EncoderTrainingOptions, TrainedEncoder
    from pipeline.training.faces.gathering import FaceFolder, LeftOut
    from pipeline.training.measuring import Figures

EXAMPLES = examples(
    ("facetrail train encoder --people staff/ --name sface-staff", "from the data folder's encoder"),
    ("facetrail train encoder --base dlib-resnet --people staff/ --name dlib-staff --evaluate others/", "judged twice"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """Figures of the people of one folder, by the base and by the fine-tuned encoder."""

    people: str
    """The folder; for those held back the folder that was learnt from."""
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderTraining:
    """What fine-tuning came to."""

    name: str
    base: str
    is_saved: bool
    """False when it brought nothing on the people held back."""
    n_trained_people: int
    n_held_back_people: int
    n_pictures: int
    left_out: tuple[LeftOut, ...]
    gain: float
    """Rise of the area under the ROC curve on the people held back, in all views."""
    is_doubtful: bool
    """Saved, though it gained too little to say anything about other people."""
    best_epoch: int
    epochs: tuple[Epoch, ...]
    held_back: Evaluated
    evaluated: tuple[Evaluated, ...]
    calibration: CalibrationEntry | None
    curves: tuple[Path, ...]
    """A page and a picture in the data folder's reports."""


def register(group: typer.Typer) -> None:
    """Add `encoder` to the group."""
    group.command("encoder", epilog=EXAMPLES)(train_encoder)


def train_encoder(
    people: PeopleFolder,
    name: NameFlag,
    base: Annotated[
        str | None, typer.Option("--base", help="The encoder to begin with (else the one in use).", metavar="NAME")
    ] = None,
    evaluate: Annotated[
        list[Path] | None,
        typer.Option("--evaluate", help="Also judge it on this folder of other people; repeatable.", metavar="DIR"),
    ] = None,
    alpha: Annotated[
        float, typer.Option("--alpha", help="Margin of the triplet loss, in squared distance.", min=0.01, max=2)
    ] = 0.2,
    mining: Annotated[Mining, typer.Option("--mining", help="Which triplets of a batch count.")] = Mining.SEMI_HARD,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate.", min=1e-6, max=1)] = 0.005,
    views: Annotated[int, typer.Option("--views", help="Views of each picture.", min=1, max=256)] = 16,
    epochs: EpochsFlag = 60,
    patience: PatienceFlag = 10,
    seed: SeedFlag = 1,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Fine-tune an encoder's last layers by the triplet loss; the result is one more encoder of the data folder.

    A third of the people are held back, and training ends when it no longer helps to tell those apart. When no epoch is
    better on them than the encoder as it was, nothing is saved, and the command leaves with 1.
    """
    from pipeline.training.early_stopping import EpochLimits
    from pipeline.training.encoder.tail import TripletOptions
    from pipeline.training.encoder.training import EncoderTrainingOptions

    options = EncoderTrainingOptions(
        triplets=TripletOptions(alpha=alpha, mining=mining, rate=rate),
        limits=EpochLimits(most=epochs, patience=patience),
        n_views=views,
        seed=seed,
    )
    session = open_session(data=data)
    found = _train(session, people, name, base or encoder_in_use(session), evaluate or [], options)
    if as_json:
        emit_json(found)
    else:
        _print(found, session)
    raise typer.Exit(ExitCode.OK if found.is_saved else ExitCode.NO)


def _train(
    session: Session, folder: Path, name: str, base: str, evaluate: list[Path], options: EncoderTrainingOptions
) -> EncoderTraining:
    from dashboards.cli.quiet import start_tensorflow
    from dashboards.cli.training.watching import gather, watching_epochs
    from pipeline.encoders.local.models import check_new_name
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.encoders.registry import alignment_of, load_network
    from pipeline.identity.photos.reading import list_gallery
    from pipeline.training.encoder.entries import save_encoder
    from pipeline.training.encoder.training import compare_on, train_encoder

    check_new_name(session.weights_dir, name)
    for other in evaluate:
        list_gallery(other)  # to hear of a wrong name at once
    entry = encoder_entry(base, session.weights_dir)
    start_tensorflow()
    network = load_network(entry, session.weights_dir)
    faces = gather(session, folder, alignment_of(entry))
    judges = _gather_judges(session, evaluate, alignment_of(entry))
    with watching_epochs(options.limits.most, "AUC") as watching:
        trained = train_encoder(network, faces, options, watching)
    shown = judges if trained.is_better else []
    others = [(other, compare_on(network, trained.trained, found)) for other, found in shown]
    saved = save_encoder(session.weights_dir, name, entry, trained) if trained.is_better else None
    return EncoderTraining(
        name=name,
        base=base,
        is_saved=saved is not None,
        n_trained_people=len(trained.split.trained),
        n_held_back_people=len(trained.split.held_back),
        n_pictures=faces.n_faces,
        left_out=faces.left_out,
        gain=trained.gain,
        is_doubtful=trained.is_doubtful,
        best_epoch=trained.trained.best.number,
        epochs=trained.trained.epochs,
        held_back=_evaluated(folder, trained.held_back),
        evaluated=tuple(_evaluated(*other) for other in others),
        calibration=saved.calibration if saved else None,
        curves=_write_curves(session.data_dir / "reports", name, base, trained, others),
    )


def _write_curves(
    folder: Path, name: str, base: str, trained: TrainedEncoder, others: list[tuple[Path, BeforeAndAfter]]
) -> tuple[Path, ...]:
    from pipeline.training.report import draw_encoder_training, encoder_page
    from pipeline.training.whole_files import write_whole

    page = encoder_page(name, base, trained, [(other.name, both) for other, both in others], datetime.now(UTC))
    return (
        write_whole(folder / f"training-{name}.html", page.encode()),
        write_whole(folder / f"training-{name}.png", draw_encoder_training(trained)),
    )


def _gather_judges(session: Session, folders: list[Path], alignment: Alignment) -> list[tuple[Path, FaceFolder]]:
    """The faces to judge by, before the training: a folder that cannot judge would otherwise cost its result."""
    from dashboards.cli.training.watching import gather
    from pipeline.training.encoder.training import check_judges

    judges = [(folder, gather(session, folder, alignment)) for folder in folders]
    for folder, faces in judges:
        check_judges(str(folder), faces)
    return judges


def _evaluated(folder: Path, figures: BeforeAndAfter) -> Evaluated:
    return Evaluated(people=str(folder), before=figures.before, after=figures.after)


def _print(found: EncoderTraining, session: Session) -> None:
    made = table("", "pictures", "AUC", "accepted at 1 %", "named at 1 %", right=("pictures", "AUC"))
    for evaluated, label in (
        (found.held_back, "held back"),
        *((one, Path(one.people).name) for one in found.evaluated),
    ):
        for figures, when in ((evaluated.before, "before"), (evaluated.after, "after")):
            made.add_row(f"{label}, {when}", *_cells(figures))
    answers().print(made)
    if not found.is_saved:
        warn(f"no epoch was better than {found.base} on the people held back: there is nothing to save")
        return
    if found.is_doubtful:
        warn(f"it gained {found.gain:.5f} in AUC on the people held back: too little to say anything about others")
    for one in found.evaluated:
        if one.after.auc < one.before.auc:
            warn(f"it tells the people of {one.people} apart worse than {found.base} does")
    _print_use(found, session)


def _fixed_encoder(session: Session) -> str | None:
    if not has_database(session):
        return None
    with open_database(session) as control:
        return folder_encoder(control)


def _cells(figures: Figures) -> tuple[str, ...]:
    named = figures.open_set
    known = "-" if named is None else f"{named.rate:.3f} ({named.low:.3f}..{named.high:.3f}) of {named.trials}"
    pictures = f"{figures.n_pictures} of {figures.n_people} people"
    return pictures, f"{figures.auc:.4f}", f"{figures.true_accept_rate:.3f}", known


def _print_use(found: EncoderTraining, session: Session) -> None:
    fixed = _fixed_encoder(session)
    answers().print(f"{found.name}: saved, from epoch {found.best_epoch}; how it went: {found.curves[0]}", markup=False)
    if fixed is None:
        answers().print(
            f"`facetrail enroll DIR --encoder {found.name} --data {session.data_dir}` uses it", markup=False
        )
        return
    answers().print(
        f"this data folder's vectors are those of {fixed}, and stay so; `facetrail verify A B --encoder {found.name}` "
        "tries it here, and training with --data NEW makes a data folder that can begin with it",
        markup=False,
    )
