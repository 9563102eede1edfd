"""`facetrail models list`: every model, whether it can be used, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag
from dashboards.cli.models.rows import STATES, ModelRow
from dashboards.cli.output import answers, emit_json
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
    from pipeline.faces.detectors.manifest import detector_entries

    folder, encoder, detector = session.weights_dir, current_encoder(session), session.settings.detection.detector
    rows = [encoder_row(entry, folder, encoder) for entry in encoder_entries(folder)]
    return rows + [detector_row(entry, folder, detector) for entry in detector_entries()]


def _print(rows: Sequence[ModelRow]) -> None:
    """Each model as a line of what changes and a paragraph of what does not, which suits any width."""
    from rich.markup import escape
    from rich.padding import Padding

    for row in rows:
        mark = " (default)" if row.is_default else ""
        facts = ", ".join(filter(None, (STATES[row.state], _size(row), _speed(row), _accuracy(row))))
        answers().print(f"[bold]{escape(row.name)}[/]{mark}: {facts}")
        about = "; ".join(filter(None, (row.summary, f"licence: {row.licence}", _face(row))))
        answers().print(Padding(f"[dim]{escape(about)}[/]", (0, 0, 0, 4)))
        if row.problem:
            answers().print(Padding(f"[red]{escape(row.problem)}[/]", (0, 0, 0, 4)))
    answers().print("`models fetch`, `add`, `check` and `compare` change what stands here.", style="dim")


def _size(row: ModelRow) -> str:
    if row.size_bytes is None:
        return f"{row.download_bytes / MB:.0f} MB" if row.download_bytes else ""
    return f"{row.size_bytes / MB:.0f} MB" if row.size_bytes >= MB else f"{row.size_bytes / 1e3:.0f} kB"


def _face(row: ModelRow) -> str:
    if row.dimensions is None or row.threshold is None:
        return ""
    return f"{row.dimensions} numbers a face, aligned by {row.alignment}; the same from {row.threshold:.3f} on"


def _speed(row: ModelRow) -> str:
    return (
        "" if row.speed is None else f"{row.speed.one_face_ms:.1f} ms a face, {row.speed.faces_per_s:.0f}/s in batches"
    )


def _accuracy(row: ModelRow) -> str:
    if not row.accuracy:
        return ""
    latest = row.accuracy[0]
    named = "" if latest.identified is None else f", {latest.identified:.3f} named"
    return f"on {latest.photo_set} AUC {latest.auc:.4f}{named}"
