"""The encoders of a data folder's own: entries of its `models.toml`, put in and taken out whole.

Several processes may do so at the same time; a reader sees the manifest of before or of after.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.encoders.local.toml_format import write_toml
from pipeline.encoders.manifest import LOCAL_MANIFEST, ManifestEntry, encoder_entries, local_entries, shipped_entries
from pipeline.errors import InputError, NotFound
from pipeline.fetching.carriers import file_sha256
from pipeline.folder_lock import changing

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
OPENING = "The models of this data folder's own, written by `facetrail models` and `facetrail train`."


def check_new_name(weights_dir: Path, name: str) -> None:
    """Raise `InputError` unless an encoder may be added under `name`: well formed, and nobody's yet.

    An encoder that ships without its file is waiting to be added, so its name is free until then.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name for a model: use small letters, digits and hyphens, such as sface-office"
        )
    for entry in encoder_entries(weights_dir):
        if entry.name == name and (entry.package or entry in local_entries(weights_dir)):
            raise InputError(
                f"there is a model called {name} already; give another name: vectors of two models cannot be "
                f"compared (`facetrail models remove {name}` takes away one that was added here)"
            )


def add_entry(weights_dir: Path, entry: ManifestEntry) -> None:
    """Put an encoder into the data folder's manifest, with the checksum of its trained layers when it has some.

    Raises `InputError` when the name cannot be had (see `check_new_name`).
    """
    with changing(weights_dir):
        check_new_name(weights_dir, entry.name)
        if entry.tail:
            entry = msgspec.structs.replace(entry, tail_sha256=file_sha256(weights_dir / entry.tail))
        _write(weights_dir, [*local_entries(weights_dir), entry])


def remove_entry(weights_dir: Path, name: str) -> ManifestEntry:
    """Take an encoder out of the data folder's manifest, and remove the files that no other one needs.

    Raises `NotFound` when the data folder has none of that name of its own.
    """
    with changing(weights_dir):
        entries = {entry.name: entry for entry in local_entries(weights_dir)}
        if name not in entries:
            raise NotFound(_not_local(name, list(entries)))
        entry = entries.pop(name)
        _write(weights_dir, list(entries.values()))
        _remove_files(weights_dir, entry, [*shipped_entries(), *entries.values()])
    return entry


def _not_local(name: str, known: list[str]) -> str:
    if any(entry.name == name for entry in shipped_entries()):
        return f"{name} comes with Facetrail, and there is nothing of it here to remove"
    return f"no model called {name!r} was added or trained here; those that were: {', '.join(known) or 'none'}"


def _remove_files(weights_dir: Path, entry: ManifestEntry, others: Sequence[ManifestEntry]) -> None:
    """Remove what only `entry` had. Weights out of a package stay: they are a cache, and may be fetched again."""
    needed = {name for other in others if not other.package for name in (other.member, other.tail, other.labels)}
    own = (entry.tail, entry.labels, "" if entry.package else entry.member)
    for name in {name for name in own if name} - needed:
        path = weights_dir / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _write(weights_dir: Path, entries: Sequence[ManifestEntry]) -> None:
    tables = {entry.name: msgspec.to_builtins(msgspec.structs.replace(entry, name="")) for entry in entries}
    write_toml(weights_dir / LOCAL_MANIFEST, {"encoders": tables}, OPENING)
