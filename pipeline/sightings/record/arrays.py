"""Columns of a Parquet file as numpy arrays, for those who keep many rows at hand; hides Arrow from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sightings.record.columns import SIGHTING_COLUMNS
from pipeline.sightings.record.files import read_file
from pipeline.sightings.record.merging import with_schema

NO_WORD = -1
"""The code of a missing text."""


@dataclass(frozen=True, slots=True, eq=False)
class CodedTexts:
    """A column of texts of which many are the same."""

    codes: npt.NDArray[np.int32]
    """`(N,)` int32: places in `words`; `NO_WORD` where there is no text."""
    words: tuple[str, ...]


class SightingColumns:
    """The columns of one file of `sightings/`."""

    def __init__(self, path: Path) -> None:
        """Read the file; raises `StoreDamaged` when it cannot be read, or has other columns."""
        self._table = with_schema(read_file(path), SIGHTING_COLUMNS.schema, path).combine_chunks()

    def __len__(self) -> int:
        """How many sightings the file holds."""
        return int(self._table.num_rows)

    def integers(self, name: str) -> npt.NDArray[np.int64]:
        """`(N,)` int64; times are microseconds since 1970, UTC."""
        values: npt.NDArray[np.int64] = self._column(name).cast(pa.int64()).to_numpy(zero_copy_only=False)
        return values

    def floats(self, name: str) -> npt.NDArray[np.float64]:
        """`(N,)` float64; NaN where there is no value."""
        values: npt.NDArray[np.float64] = self._column(name).to_numpy(zero_copy_only=False)
        return values.astype(np.float64, copy=False)

    def boxes(self, name: str) -> npt.NDArray[np.float64]:
        """`(N, 4)` float64."""
        flat: npt.NDArray[np.float64] = self._column(name).flatten().to_numpy(zero_copy_only=False)
        return flat.reshape(-1, 4)

    def coded(self, name: str) -> CodedTexts:
        """Texts that come again and again."""
        encoded = self._column(name).dictionary_encode()
        codes = pc.fill_null(encoded.indices, NO_WORD).to_numpy(zero_copy_only=False)
        return CodedTexts(codes.astype(np.int32), tuple(encoded.dictionary.to_pylist()))

    def texts(self, name: str) -> list[str | None]:
        """Texts that are all different."""
        values: list[str | None] = self._column(name).to_pylist()
        return values

    def lists(self, name: str) -> tuple[list[str], npt.NDArray[np.int64]]:
        """All texts of a column of lists, one list after the other, and the `(N,)` lengths of the lists."""
        column = self._column(name)
        return column.flatten().to_pylist(), column.value_lengths().to_numpy(zero_copy_only=False).astype(np.int64)

    def _column(self, name: str) -> Any:
        column = self._table.column(name)
        return column.chunk(0) if column.num_chunks else pa.array([], type=column.type)
