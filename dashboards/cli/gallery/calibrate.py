"""`facetrail calibrate`: measure from where on a face may be named, with this gallery and this encoder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, EncoderFlag, JsonFlag
from dashboards.cli.output import answers, emit_json, say, table, warn
from dashboards.cli.policies import warn_if_stale
from dashboards.cli.session import Session, adopt_encoder, open_database, open_session
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.gallery.calibrations import Calibration
    from pipeline.identity.calibration.choice import CalibrationReport
    from pipeline.identity.policies import Standing

EXAMPLES = examples(
    ("facetrail calibrate", "from the people enrolled: each in turn plays the stranger"),
    ("facetrail calibrate --impostors other_people/", "with pictures of people who are not enrolled: much better"),
    ("facetrail calibrate people/ --fpir 0.001", "from a folder; at most one stranger in a thousand named"),
    ("facetrail calibrate --show", "the calibration in effect"),
    ("facetrail calibrate --clear && facetrail relabel", "back to what ships with the encoder"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A calibration as scripts read it."""

    calibration_id: int
    made_at: datetime
    encoder: str
    in_effect: bool
    stale: tuple[str, ...]
    """Why it is not used; empty when it is."""
    encoder_digest: str
    gallery_digest: str
    impostors_digest: str
    report: CalibrationReport


def register(app: typer.Typer, panel: str) -> None:
    """Add `calibrate`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(calibrate)


def calibrate(
    gallery: Annotated[
        Path | None, typer.Argument(help="A folder of people (else those who are enrolled).", metavar="GALLERY")
    ] = None,
    impostors: Annotated[
        Path | None,
        typer.Option(
            help="A folder of people who are not enrolled: one picture or one folder for each.", metavar="DIR"
        ),
    ] = None,
    fpir: Annotated[
        float, typer.Option(help="The share of strangers who may be given a name.", min=1e-5, max=0.5)
    ] = 0.01,
    show: Annotated[bool, typer.Option("--show", help="Show the calibration in effect, and measure nothing.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Go back to what ships with the encoder.")] = False,
    encoder: EncoderFlag = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure the threshold for this encoder, this many people and this many pictures of each, and use it.

    Every picture is compared with the gallery without it, and everybody with the gallery without that person, at full
    size and shrunk to 40, 28 and 20 pixels, as faces are in footage. What is found is drawn as curves, and kept with
    the sizes of the samples; a warning says when these are too small for the claim. Settings of `identity` go above it;
    sightings recorded so far keep their names until `facetrail relabel`.
    """
    if show and clear:
        raise InputError("give one of --show and --clear")
    if (show or clear) and (gallery or impostors):
        raise InputError("--show and --clear take no pictures")
    session = open_session(data=data, encoding=None if encoder is None else {"encoder": encoder})
    with open_database(session) as control:
        session = adopt_encoder(session, control)
        if clear:
            _clear(control, as_json=as_json)
        elif show:
            _show(session, control, as_json=as_json)
        else:
            _calibrate(session, control, (gallery, impostors), fpir, as_json=as_json)


def _calibrate(
    session: Session, control: Control, folders: tuple[Path | None, Path | None], fpir: float, *, as_json: bool
) -> None:
    from dashboards.cli.gallery.measuring import keep, measure

    measured = measure(session, control, folders, fpir)
    kept = keep(session, control, measured)
    standing = _standing(session, control)
    if as_json:
        document = {"calibration": _shown(kept.calibration, standing), "notes": measured.notes}
        emit_json({**document, "page": kept.page, "curves": kept.curves})
        return
    for note in measured.notes:
        say(note)
    _print_report(kept.calibration, measured.report)
    answers().print(f"page    {kept.page}\ncurves  {kept.curves}", markup=False, soft_wrap=True)
    warn_if_stale(standing)
    if measured.report.threshold < measured.report.shipped_threshold:
        say("this is lower than what ships, and photographs are easier than footage: try it with `facetrail evaluate`")
    _say_what_follows(session)


def _show(session: Session, control: Control, *, as_json: bool) -> None:
    standing = _standing(session, control)
    if as_json:
        emit_json({"calibration": _shown(standing.newest, standing) if standing.newest else None})
        return
    if standing.newest is None:
        answers().print("nothing was calibrated here: what ships with the encoder applies")
        return
    _print_report(standing.newest, read_report(standing.newest))
    warn_if_stale(standing)


def _clear(control: Control, *, as_json: bool) -> None:
    from pipeline.control.gallery.calibrations import Calibrations
    from pipeline.sightings.recording.recorder import utc_now

    retired = Calibrations(control).retire(utc_now())
    if as_json:
        emit_json({"retired": retired.calibration_id if retired else None})
        return
    answers().print(
        f"calibration {retired.calibration_id} is not used any more; what ships with the encoder applies"
        if retired
        else "nothing was calibrated here"
    )
    if retired:
        say("sightings recorded so far keep their names until `facetrail relabel`")


def read_report(calibration: Calibration) -> CalibrationReport:
    """The figures of a calibration; raises `StoreDamaged` when they cannot be read."""
    import msgspec

    from pipeline.errors import StoreDamaged
    from pipeline.identity.calibration.choice import CalibrationReport

    try:
        return msgspec.json.decode(calibration.report_json, type=CalibrationReport)
    except msgspec.DecodeError as error:
        raise StoreDamaged(f"control database: calibration {calibration.calibration_id}: {error}") from error


def _standing(session: Session, control: Control) -> Standing:
    from pipeline.identity.policies import standing_of

    return standing_of(control, session.settings.encoding.encoder)


def _shown(calibration: Calibration, standing: Standing) -> Shown:
    return Shown(
        calibration_id=calibration.calibration_id,
        made_at=calibration.made_at,
        encoder=calibration.encoder,
        in_effect=standing.calibration_id == calibration.calibration_id,
        stale=standing.stale,
        encoder_digest=calibration.encoder_digest,
        gallery_digest=calibration.gallery_digest,
        impostors_digest=calibration.impostors_digest,
        report=read_report(calibration),
    )


def _print_report(calibration: Calibration, report: CalibrationReport) -> None:
    from pipeline.reports.calibration_page import counted, size_name

    answers().print(
        f"calibration {calibration.calibration_id} of {report.encoder}: {report.n_people} people by "
        f"{report.n_images} pictures, {report.n_impostor_images} pictures of {report.n_impostor_people} strangers\n"
        f"known from {report.threshold:.4f} (ships with {report.shipped_threshold:.4f}), uncertain from "
        f"{report.uncertain_threshold:.4f}, lead {report.margin:.4f}",
        markup=False,
    )
    columns = ("strangers named", "of them left out", "people missed", "given another name")
    made = table("face", *columns, "asks for", right=("asks for",))
    for each in report.sizes:
        shares = (each.named_strangers, each.named_left_out, each.missed, each.misnamed)
        made.add_row(
            size_name(each.face_px),
            *map(counted, shares),
            f"{each.threshold:.4f}" if each.named_strangers.trials else "",
        )
    answers().print(made)
    for warning in report.warnings:
        warn(f"warning: {warning}")


def _say_what_follows(session: Session) -> None:
    if session.settings.identity.threshold is not None:
        say("the settings give identity.threshold, which goes above any calibration: leave it out to use this one")
    say("sightings recorded so far keep their names until `facetrail relabel`")
