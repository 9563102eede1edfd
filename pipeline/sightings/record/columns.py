"""Rows to Arrow tables and back: the columns of every part of the record, with their types.

It hides Arrow from the rows; beside `store_files.py` and `store.py` it is the only importer of pyarrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa

from pipeline.schemas import LeftOut, VectorF32
from pipeline.sightings.rows import (
    Clock,
    CoverageRow,
    EmbeddingRow,
    SightingRow,
    SourceKind,
    Status,
    TrackRow,
    reason_column,
)

Row = TypeVar("Row", TrackRow, SightingRow, CoverageRow)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = pa.timestamp("us", tz="UTC")
_BOX = pa.list_(pa.float64(), 4)


@dataclass(frozen=True, slots=True)
class Columns(Generic[Row]):
    """How one kind of row stands in a file."""

    row_type: type[Row]
    schema: Any
    """The Arrow schema; its names are the row's fields, in order."""
    key: tuple[str, ...]
    """What makes a row the same row."""
    order: tuple[str, ...]
    """How a file is sorted; ends all ties, so that the same rows make the same bytes."""


def _schema(*fields: tuple[str, Any] | tuple[str, Any, bool]) -> Any:
    return pa.schema([pa.field(name, kind, nullable=bool(rest)) for name, kind, *rest in fields])


_NULLABLE = True

TRACK_COLUMNS = Columns(
    TrackRow,
    _schema(
        ("track_id", pa.string()),
        ("source_id", pa.string()),
        ("source_kind", pa.string()),
        ("run_id", pa.string()),
        ("start_ts", _TIME),
        ("end_ts", _TIME),
        ("clock", pa.string()),
        ("media_start_s", pa.float64()),
        ("media_end_s", pa.float64()),
        ("n_faces", pa.int64()),
        ("n_frames", pa.int64()),
        ("n_frames_dropped", pa.int64()),
        ("n_good", pa.int64()),
        ("n_useful", pa.int64()),
        ("best_quality", pa.float64()),
        ("thumb_ref", pa.string(), _NULLABLE),
        ("box_xywh", _BOX),
        ("pipeline_version", pa.string()),
    ),
    key=("track_id",),
    order=("start_ts", "track_id"),
)

SIGHTING_COLUMNS = Columns(
    SightingRow,
    _schema(
        ("sighting_id", pa.string()),
        ("person_id", pa.string(), _NULLABLE),
        ("person_name", pa.string(), _NULLABLE),
        ("status", pa.string()),
        ("candidate_id", pa.string(), _NULLABLE),
        ("source_id", pa.string()),
        ("source_kind", pa.string()),
        ("run_id", pa.string()),
        ("start_ts", _TIME),
        ("end_ts", _TIME),
        ("clock", pa.string()),
        ("media_start_s", pa.float64()),
        ("media_end_s", pa.float64()),
        ("presence_s", pa.float64()),
        ("track_ids", pa.list_(pa.string())),
        ("n_faces", pa.int64()),
        ("n_frames_dropped", pa.int64()),
        ("best_score", pa.float64(), _NULLABLE),
        ("mean_score", pa.float64(), _NULLABLE),
        ("second_person_id", pa.string(), _NULLABLE),
        ("margin", pa.float64(), _NULLABLE),
        ("threshold", pa.float64(), _NULLABLE),
        ("encoder", pa.string()),
        ("gallery_version", pa.int64()),
        ("thumb_ref", pa.string(), _NULLABLE),
        ("box_xywh", _BOX),
        ("pipeline_version", pa.string()),
    ),
    key=("sighting_id",),
    order=("start_ts", "sighting_id"),
)

COVERAGE_COLUMNS = Columns(
    CoverageRow,
    _schema(
        ("source_id", pa.string()),
        ("run_id", pa.string()),
        ("minute", pa.int64()),
        ("minute_ts", _TIME),
        ("expected", pa.int64()),
        ("decoded", pa.int64()),
        ("gated", pa.int64()),
        ("dropped", pa.int64()),
        ("failed", pa.int64()),
        ("camera_down_s", pa.float64()),
        *((reason_column(reason), pa.int64(), _NULLABLE) for reason in LeftOut),
    ),
    key=("run_id", "minute"),
    order=("minute_ts", "run_id"),
)


def to_table(columns: Columns[Row], rows: Sequence[Row]) -> Any:
    """The rows as an Arrow table, in the order given."""
    arrays = [pa.array([getattr(row, field.name) for row in rows], type=field.type) for field in columns.schema]
    return pa.Table.from_arrays(arrays, schema=columns.schema)


def to_rows(columns: Columns[Row], table: Any) -> list[Row]:
    """The rows of an Arrow table; its columns must be those of the schema."""
    names = columns.schema.names
    values = [_DECODERS.get(name, _as_is)(table.column(name)) for name in names]
    return [columns.row_type(**dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)]


EMBEDDING_KEY = ("track_id",)
"""What makes an embedding row the same row, and how a file of them is sorted."""


def embedding_schema(dimensions: int) -> Any:
    """The Arrow schema of `embeddings/` for an encoder of that many dimensions."""
    vector = pa.list_(pa.field("item", pa.float32(), nullable=False), dimensions)
    return _schema(
        ("track_id", pa.string()), ("run_id", pa.string()), ("template", vector), ("best_embeddings", pa.list_(vector))
    )


def embeddings_to_table(rows: Sequence[EmbeddingRow]) -> Any:
    """Embeddings of one encoder, at least one, as an Arrow table of fixed-size float32 lists."""
    schema = embedding_schema(len(rows[0].template))
    templates = np.concatenate([row.template for row in rows])
    best = np.concatenate([row.best_embeddings.reshape(-1) for row in rows])
    offsets = np.cumsum([0, *(len(row.best_embeddings) for row in rows)], dtype=np.int32)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(best), type=schema.field("template").type)
    arrays = [
        pa.array([row.track_id for row in rows], type=pa.string()),
        pa.array([row.run_id for row in rows], type=pa.string()),
        pa.FixedSizeListArray.from_arrays(pa.array(templates), type=schema.field("template").type),
        pa.ListArray.from_arrays(pa.array(offsets), vectors, type=schema.field("best_embeddings").type),
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def table_to_embeddings(table: Any) -> list[EmbeddingRow]:
    """The rows of a table of `embeddings/`; their vectors are views of one array."""
    table = table.combine_chunks()
    if table.num_rows == 0:
        return []
    lists = table.column("best_embeddings").chunk(0)
    dimensions = table.schema.field("template").type.list_size
    templates = _vectors(table.column("template").chunk(0), dimensions)
    best = _vectors(lists.flatten(), dimensions)
    ends = np.cumsum(lists.value_lengths().to_numpy())
    starts = ends - lists.value_lengths().to_numpy()
    identities = zip(table.column("track_id").to_pylist(), table.column("run_id").to_pylist(), strict=True)
    return [
        EmbeddingRow(track_id=track_id, run_id=run_id, template=templates[place], best_embeddings=best[start:end])
        for place, ((track_id, run_id), start, end) in enumerate(zip(identities, starts, ends, strict=True))
    ]


def _vectors(array: Any, dimensions: int) -> VectorF32:
    """`(N, D)` float32."""
    flat: VectorF32 = array.flatten().to_numpy(zero_copy_only=False)
    return flat.reshape(-1, dimensions)


def _as_is(column: Any) -> Iterable[Any]:
    values: list[Any] = column.to_pylist()
    return values


def _times(column: Any) -> Iterable[datetime]:
    microseconds = column.cast(pa.int64()).to_pylist()
    return [_EPOCH + timedelta(microseconds=value) for value in microseconds]


def _tuples(column: Any) -> Iterable[tuple[Any, ...]]:
    return [tuple(values) for values in column.to_pylist()]


def _members(kind: type[StrEnum]) -> Callable[[Any], Iterable[StrEnum]]:
    known = {member.value: member for member in kind}
    return lambda column: [known[value] for value in column.to_pylist()]


_DECODERS: dict[str, Callable[[Any], Iterable[Any]]] = {
    "start_ts": _times,
    "end_ts": _times,
    "minute_ts": _times,
    "source_kind": _members(SourceKind),
    "clock": _members(Clock),
    "status": _members(Status),
    "box_xywh": _tuples,
    "track_ids": _tuples,
}
