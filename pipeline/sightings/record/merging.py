"""Bring new rows together with those that a file of the record holds already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StoreDamaged
from pipeline.sightings.record.files import read_file

Item = TypeVar("Item")


def group_by_file(rows: Sequence[Item], file_of: Callable[[Item], Path]) -> dict[Path, list[Item]]:
    """The rows by the file that holds them, in the order given."""
    groups: dict[Path, list[Item]] = defaultdict(list)
    for row in rows:
        groups[file_of(row)].append(row)
    return dict(groups)


def merged(path: Path, fresh: Any, key: Sequence[str], order: Sequence[str]) -> Any:
    """The table in `path` with the fresh rows in the place of those with the same key, sorted.

    Raises `StoreDamaged` when the file has other columns than the fresh rows.
    """
    if not path.exists():
        return in_order(fresh, order)
    found = with_schema(read_file(path), fresh.schema, path)
    kept = found.filter(pc.invert(_has_key_of(found, fresh, key)))
    return in_order(pa.concat_tables([kept, fresh]), order)


def with_schema(table: Any, schema: Any, path: Path) -> Any:
    """The table with the columns of `schema`; those that came after it was written are null.

    Raises `StoreDamaged` when that does not explain what is different.
    """
    if not is_earlier(table.schema, schema):
        raise StoreDamaged(
            f"the recorded file {path} has other columns than this Facetrail writes: {table.schema.names}"
        )
    later = [pa.nulls(table.num_rows, field.type) for field in list(schema)[table.num_columns :]]
    return pa.Table.from_arrays([*table.columns, *later], schema=schema)  # without what reading added to the schema


def is_earlier(found: Any, schema: Any) -> bool:
    """Whether `schema` is what was found, and perhaps columns behind it that may be null."""
    later = list(schema)[len(found) :]
    return bool(found.equals(pa.schema(list(schema)[: len(found)]))) and all(field.nullable for field in later)


def in_order(table: Any, order: Sequence[str]) -> Any:
    """The table sorted by these columns, ascending."""
    return table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in order]))


def of_run(table: Any, run_id: str | None) -> Any:
    """The table's rows of one run; None keeps all."""
    return table if run_id is None else table.filter(pc.equal(table.column("run_id"), run_id))


def _has_key_of(found: Any, fresh: Any, key: Sequence[str]) -> Any:
    """One boolean a row: whether its key is among those of `fresh`."""
    if len(key) == 1:
        return pc.is_in(found.column(key[0]), value_set=fresh.column(key[0]).combine_chunks())
    taken = set(zip(*(fresh.column(name).to_pylist() for name in key), strict=True))
    keys = zip(*(found.column(name).to_pylist() for name in key), strict=True)
    return pa.array([one in taken for one in keys], type=pa.bool_())
