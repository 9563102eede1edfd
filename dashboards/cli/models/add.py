"""`facetrail models add`: weights that the user has, or another alignment, as an encoder of the data folder's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.models.agreeing import AcceptFlag, agree_to_terms
from dashboards.cli.output import answers, emit_json
from dashboards.cli.session import Session, open_session
from pipeline.errors import InputError, NotFound

if TYPE_CHECKING:
    from pipeline.encoders.manifest import ManifestEntry

EXAMPLES = examples(
    ("facetrail models add rcmalli_vggface_tf_notop_vgg16.h5", "recognised by the layers in it"),
    ("facetrail models add weights/ --as nn4-small2 --name nn4-course", "the tutorials' 226 CSV files"),
    ("facetrail models add face_recognition_sface_2021dec.onnx", "a shipped model's file, brought from elsewhere"),
    ("facetrail models add --base sface --alignment eyes-nose", "another alignment makes another encoder"),
)


def register(group: typer.Typer) -> None:
    """Add `models add`."""
    group.command("add", epilog=EXAMPLES)(add)


def add(
    source: Annotated[
        Path | None, typer.Argument(help="A file of weights, or a folder.", metavar="FILE|FOLDER")
    ] = None,
    as_encoder: Annotated[
        str | None, typer.Option("--as", help="The encoder whose weights these are.", metavar="ENCODER")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the new encoder is to be called.", metavar="NAME")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Names of the classes of a VGGFace file with its top.", metavar="FILE")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="Without a file: the encoder to align otherwise.", metavar="ENCODER")
    ] = None,
    alignment: Annotated[str | None, typer.Option(help="With --base: the name of the alignment.")] = None,
    points: Annotated[
        str | None,
        typer.Option(
            help="Where eyes-nose puts left eye, right eye, nose: fractions of the crop.", metavar="X,Y,X,Y,X,Y"
        ),
    ] = None,
    accept: AcceptFlag = False,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Add an encoder to the data folder: from a file of weights, or one that is here with another alignment.

    A file is recognised by its checksum or by the layers in it, and otherwise by --as. It is built and tried once,
    copied into the data folder, and known by its checksum from then on.
    """
    session = open_session(data=data)
    if (source is None) == (base is None):
        raise InputError("give a file of weights, or --base ENCODER with --alignment NAME")
    if source is not None:
        if alignment is not None or points is not None:
            raise InputError("an alignment goes with --base ENCODER: add the file first, and then align it")
        entry = _base_of(session, source, as_encoder)
        agree_to_terms(entry, session.weights_dir, accept=accept)
        added = _add_file(session, source, entry, name=name, labels=labels)
    else:
        added = _add_alignment(session, base or "", alignment, points, name)
    _report(session, added, as_json=as_json)


def _base_of(session: Session, source: Path, as_encoder: str | None) -> ManifestEntry:
    from pipeline.encoders.local.recognition import recognise
    from pipeline.encoders.manifest import encoder_entries, encoder_entry

    if as_encoder is None:
        return recognise(source, encoder_entries())
    if not source.exists():
        raise NotFound(f"there is no file or folder {source}")
    return encoder_entry(as_encoder, session.weights_dir)


def _add_file(
    session: Session, source: Path, entry: ManifestEntry, *, name: str | None, labels: Path | None
) -> ManifestEntry:
    from dashboards.cli.models.trying import prove
    from pipeline.encoders.local.adding import add_weights

    if labels is not None and not labels.is_file():
        raise NotFound(f"there is no file {labels}")
    return add_weights(source, entry, session.weights_dir, prove, name=name, labels=labels)


def _add_alignment(
    session: Session, base: str, alignment: str | None, points: str | None, name: str | None
) -> ManifestEntry:
    from pipeline.encoders.local.adding import add_alignment
    from pipeline.encoders.manifest import encoder_entry

    if alignment is None:
        raise InputError("--base wants --alignment NAME, such as eyes-nose")
    entry = encoder_entry(base, session.weights_dir)
    return add_alignment(entry, session.weights_dir, alignment=alignment, points=parse_points(points), name=name)


def parse_points(text: str | None) -> tuple[float, ...]:
    """The numbers of `0.28,0.17,...`; raises `InputError` for anything else."""
    if text is None:
        return ()
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--points is {text!r}, and must be numbers with commas between them") from error


def _report(session: Session, entry: ManifestEntry, *, as_json: bool) -> None:
    from dashboards.cli.models.choosing import current_encoder
    from dashboards.cli.models.rows import encoder_row

    if as_json:
        emit_json({"models": [encoder_row(entry, session.weights_dir, current_encoder(session))]})
        return
    answers().print(
        f"{entry.name} is here; `facetrail models check {entry.name}` measures it, --encoder {entry.name} uses it "
        "in a new data folder",
        markup=False,
    )
