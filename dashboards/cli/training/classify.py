"""`facetrail classify`: which of the people that a classifier knows does a picture resemble most?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.exits import ExitCode
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, table, warn
from dashboards.cli.session import Session, open_session
from dashboards.cli.training.classifier import CLOSED_SET
from pipeline.errors import ImageUnreadable, InputError, NotFound

if TYPE_CHECKING:
    from pipeline.faces.detection import Detector
    from pipeline.training.classifier.answering import Classifier, Guess

EXAMPLES = examples(
    ("facetrail classify visitor.jpg --model staff", "the five most probable names"),
    ("facetrail classify *.jpg --model staff --top 1 --json", "one name each, for a script"),
    ("facetrail classify star.jpg --model vggface-vgg16", "a celebrity, with your VGGFace file and its labels"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What a classifier says about one picture."""

    image: str
    guesses: tuple[Guess, ...]
    """The most probable first; empty when the picture cannot be used."""
    problem: str | None


def register(app: typer.Typer, panel: str) -> None:
    """Add `classify`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(classify)


def classify(
    images: Annotated[list[Path], typer.Argument(help="Pictures of one face each.", metavar="IMAGE...")],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="A classifier that was trained here, or vggface-vgg16, vggface2-resnet50, vggface2-senet50.",
            metavar="NAME",
        ),
    ],
    top: Annotated[int, typer.Option("--top", help="Names for each picture.", min=1, max=1000)] = 5,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Name the people that a picture resembles most, among those that a classifier knows.

    It knows nobody else, so that strangers get names, too. Leaves with 3 when a picture cannot be used. Every use is
    written to the audit log of the data folder.
    """
    session = open_session(data=data)
    for image in images:
        if not image.is_file():
            raise ImageUnreadable(f"{image}: there is no such file")
    found = _classify(session, images, model, top)
    if as_json:
        emit_json({"model": model, "is_closed_set": True, "images": found})
    else:
        _print(found)
    raise typer.Exit(ExitCode.PARTIAL if any(one.problem for one in found) else ExitCode.OK)


def load_any_classifier(session: Session, model: str) -> Classifier:
    """A classifier that was trained here, or a celebrity classifier with the user's files.

    Raises `NotFound` for one that nobody knows, and `WeightsError` when its files cannot be used.
    """
    from dashboards.cli.quiet import start_tensorflow
    from pipeline.training.classifier.files import classifiers_dir, list_classifiers, load_classifier

    folder = classifiers_dir(session.data_dir)
    is_trained = model in list_classifiers(folder)
    if not is_trained and model in _celebrity_models():
        return _load_celebrities(session, model)
    if is_trained:
        start_tensorflow()
    return load_classifier(folder, model, session.weights_dir)


def _celebrity_models() -> frozenset[str]:
    from pipeline.training.classifier.backbones import USERS_WEIGHTS

    return frozenset(USERS_WEIGHTS.values())


def _load_celebrities(session: Session, model: str) -> Classifier:
    from dashboards.cli.quiet import start_tensorflow
    from pipeline.encoders.manifest import encoder_entry
    from pipeline.encoders.networks.vggface_top import load_celebrity_classifier
    from pipeline.encoders.registry import weights_path

    entry = encoder_entry(model, session.weights_dir)
    weights = weights_path(entry, session.weights_dir)
    if not entry.labels:
        raise NotFound(f"{model} has no names yet: `facetrail models add FILE --labels LABELS` gives it some")
    start_tensorflow()
    return load_celebrity_classifier(weights, session.weights_dir / entry.labels)


def _classify(session: Session, images: list[Path], model: str, top: int) -> list[Classified]:
    from dashboards.cli.progress import counting
    from pipeline.faces.detectors.choice import load_detector

    classifier = load_any_classifier(session, model)
    detector = load_detector(session.settings.detection, session.weights_dir)
    found = []
    with counting("pictures", len(images)) as advance_to:
        for image in images:
            found.append(_look_at(image, detector, classifier, top))
            advance_to(len(found))
    _audit(session, images, model)
    return found


def _look_at(image: Path, detector: Detector, classifier: Classifier, top: int) -> Classified:
    from pipeline.training.classifier.answering import top_guesses
    from pipeline.training.faces.gathering import cut_face

    try:
        crop_rgb = cut_face(image.read_bytes(), detector, classifier.alignment)
    except InputError as error:
        return Classified(image=str(image), guesses=(), problem=str(error))
    (guesses,) = top_guesses(classifier.predict(crop_rgb[None]), classifier.labels, top)
    return Classified(image=str(image), guesses=guesses, problem=None)


def _audit(session: Session, images: list[Path], model: str) -> None:
    """Whoever has a data folder can tell from it later who was looked for."""
    from dashboards.cli.session import open_database
    from dashboards.cli.training.choosing import has_database
    from pipeline.control.audit import AuditLog, current_user
    from pipeline.fetching.carriers import file_sha256

    if not has_database(session):
        return
    with open_database(session) as control:
        for image in images:
            digest = file_sha256(image)
            AuditLog(control).append("classify", "", who=current_user(), image_sha256=digest, detail=f"by {model}")


def _print(found: list[Classified]) -> None:
    made = table("picture", "name", "probability", right=("probability",))
    for one in found:
        if one.problem:
            made.add_row(Path(one.image).name, one.problem, "-")
        for place, guess in enumerate(one.guesses):
            made.add_row(Path(one.image).name if not place else "", guess.label, f"{guess.probability:.4f}")
    answers().print(made)
    warn(CLOSED_SET)
