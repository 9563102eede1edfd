"""`facetrail models list`: every model, whether it can be used, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.models.rows import STATES, ModelRow
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.session import Session, open_session

EXAMPLES = examples(
    ("facetrail models list", "what there is, and what it is good for"),
    ("facetrail models list --json | jq '.models[] | select(.state == \"damaged\")'", "for scripts"),
)
MB = 1e6


def register(group: typer.Typer) -> None:
    """Add `models list`."""
    group.command("list", epilog=EXAMPLES)(show)


def show(data: DataFlag = None, as_json: JsonFlag = False) -> None:
    """List the encoders and detectors: licence, size, threshold, and speed and accuracy as measured on this machine.

    Every file here is checked against its checksum. The speed comes from `models check`, the accuracy from
    `models compare`.
    """
    rows = model_rows(open_session(data=data))
    if as_json:
        emit_json({"models": rows})
        return
    _print(rows)


def model_rows(session: Session) -> list[ModelRow]:
    """All encoders, then all detectors."""
    from dashboards.cli.models.choosing import current_encoder
    from dashboards.cli.models.rows import detector_row, encoder_row
    from pipeline.encoders.manifest import encoder_entries
    from pipeline.faces.manifest import detector_entries

    folder, encoder, detector = session.weights_dir, current_encoder(session), session.settings.detection.detector
    rows = [encoder_row(entry, folder, encoder) for entry in encoder_entries(folder)]
    return rows + [detector_row(entry, folder, detector) for entry in detector_entries()]


def _print(rows: Sequence[ModelRow]) -> None:
    from rich.markup import escape

    made = table(
        "model", "state", "size", "licence", "face", "same from", "speed here", "accuracy here", right=("size",)
    )
    for row in rows:
        name = f"[bold]{escape(row.name)}[/]{' (default)' if row.is_default else ''}"
        made.add_row(
            f"{name}\n[dim]{escape(row.summary)}[/]",
            STATES[row.state],
            _size(row),
            escape(row.licence),
            "" if row.dimensions is None else f"{row.dimensions} numbers, {row.alignment}",
            "" if row.threshold is None else f"{row.threshold:.3f}",
            _speed(row),
            _accuracy(row),
        )
    answers().print(made)
    for row in rows:
        if row.problem:
            answers().print(f"{row.name}: {row.problem}", style="red", markup=False)
    answers().print("`models fetch`, `add`, `check` and `compare` change what stands here.", style="dim")


def _size(row: ModelRow) -> str:
    if row.size_bytes is not None:
        return f"{row.size_bytes / MB:.0f} MB" if row.size_bytes >= MB else f"{row.size_bytes / 1e3:.0f} kB"
    return f"{row.download_bytes / MB:.0f} MB to fetch" if row.download_bytes else ""


def _speed(row: ModelRow) -> str:
    if row.speed is None:
        return "" if row.kind == "detector" else "not measured"
    return f"{row.speed.one_face_ms:.1f} ms a face, {row.speed.faces_per_s:.0f}/s in batches"


def _accuracy(row: ModelRow) -> str:
    if not row.accuracy:
        return "" if row.kind == "detector" else "not measured"
    latest = row.accuracy[0]
    named = "" if latest.identified is None else f", {latest.identified:.3f} named"
    return f"{latest.photo_set}: AUC {latest.auc:.4f}{named}"
