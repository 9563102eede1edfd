"""The Parquet record of one data folder: rows in, rows and data frames out.

    Store(data_dir)
    .read_tracks / read_sightings / read_coverage (RowFilter) -> rows, in order of time
    .read_embeddings(encoder, RowFilter) -> {track_id: EmbeddingRow}
    .sightings_frame / tracks_frame / coverage_frame (RowFilter) -> pandas.DataFrame
    .prepare()                                                           makes it readable before the first row
    .staging() -> Staging                                                files on their way in
    .stage_tracks / stage_embeddings / stage_coverage (staging, ...)     rows join those of their files
    .stage_sightings(staging, rows, RowFilter)                           rows replace those that the filter picks
    .stage_source(staging, SourceRows)                                   everything of a source anew

The `stage_...` methods only prepare files; `Staging.publish` puts them in place, and belongs into the transaction of
`control.fenced`. Only a source's owner stages its rows; everybody may read at any moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.sightings.record.columns import (
    COVERAGE_COLUMNS,
    EMBEDDING_KEY,
    SIGHTING_COLUMNS,
    TRACK_COLUMNS,
    Columns,
    Row,
    embeddings_to_table,
    table_to_embeddings,
    to_rows,
    to_table,
)
from pipeline.sightings.record.files import Part, RowFilter, empty_table, join_tables, read_file, safe_name, to_bytes
from pipeline.sightings.record.merging import group_by_file, in_order, merged, of_run, with_schema
from pipeline.sightings.record.staging import Staging, remove_leftovers
from pipeline.sightings.record.upgrading import upgrade_part
from pipeline.sightings.rows import CoverageRow, EmbeddingRow, SightingRow, TrackRow

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RowFilter", "SourceRows", "Store"]

STAGING = "staging"
"""The folder, beside the parts, in which files are prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRows:
    """All that stands in the record of one source."""

    source_id: str
    tracks: Sequence[TrackRow]
    embeddings: Mapping[str, Mapping[str, EmbeddingRow]]
    """Encoder -> track id -> row."""
    sightings: Sequence[SightingRow]
    coverage: Sequence[CoverageRow]


class Store:
    """The record below one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._tracks = Part(data_dir / "tracks")
        self._sightings = Part(data_dir / "sightings")
        self._coverage = Part(data_dir / "coverage")

    def _embeddings(self, encoder: str) -> Part:
        return Part(self.data_dir / "embeddings" / f"encoder={safe_name(encoder)}")

    def staging(self) -> Staging:
        """A new batch of files on their way into this record."""
        return Staging(self.data_dir / STAGING)

    def remove_leftovers(self, older_than_s: float, now_s: float) -> int:
        """Remove what killed writers left unpublished, unless it is younger than a lease; returns how many files."""
        return remove_leftovers(self.data_dir / STAGING, older_than_s, now_s)

    def encoders(self) -> list[str]:
        """The encoders of which there are embeddings."""
        folders = (self.data_dir / "embeddings").glob("encoder=*")
        return sorted(folder.name.removeprefix("encoder=") for folder in folders)

    def prepare(self) -> None:
        """Let the record be read before there is anything in it, and let what is in it have today's columns."""
        with self.staging() as staging:
            _stage_columns(staging, self._tracks, to_table(TRACK_COLUMNS, []))
            _stage_columns(staging, self._sightings, to_table(SIGHTING_COLUMNS, []))
            _stage_columns(staging, self._coverage, to_table(COVERAGE_COLUMNS, []))
            staging.publish()
        upgrade_part(self._coverage, COVERAGE_COLUMNS, self.data_dir / STAGING)

    def read_tracks(self, wanted: RowFilter) -> list[TrackRow]:
        """The tracks, by start; raises `StoreDamaged` for a file that cannot be read, as all reading does."""
        rows = _read_rows(TRACK_COLUMNS, self._tracks, wanted)
        return sorted(rows, key=lambda row: (row.start_ts, row.track_id))

    def read_sightings(self, wanted: RowFilter) -> list[SightingRow]:
        """The sightings, by start."""
        rows = _read_rows(SIGHTING_COLUMNS, self._sightings, wanted)
        return sorted(rows, key=lambda row: (row.start_ts, row.sighting_id))

    def read_coverage(self, wanted: RowFilter) -> list[CoverageRow]:
        """The coverage, by minute."""
        rows = _read_rows(COVERAGE_COLUMNS, self._coverage, wanted)
        return sorted(rows, key=lambda row: (row.minute_ts, row.source_id, row.run_id))

    def read_embeddings(self, encoder: str, wanted: RowFilter) -> dict[str, EmbeddingRow]:
        """Track id -> what the track looks like to `encoder`."""
        found: dict[str, EmbeddingRow] = {}
        for path in self._embeddings(encoder).files(wanted):
            rows = table_to_embeddings(of_run(read_file(path), wanted.run_id))
            found.update((row.track_id, row) for row in rows)
        return found

    def tracks_frame(self, wanted: RowFilter) -> pd.DataFrame:
        """The tracks as a data frame, times with their zone (UTC)."""
        return _read_frame(TRACK_COLUMNS, self._tracks, wanted)

    def sightings_frame(self, wanted: RowFilter) -> pd.DataFrame:
        """The sightings as a data frame."""
        return _read_frame(SIGHTING_COLUMNS, self._sightings, wanted)

    def coverage_frame(self, wanted: RowFilter) -> pd.DataFrame:
        """The coverage as a data frame."""
        return _read_frame(COVERAGE_COLUMNS, self._coverage, wanted)

    def sighting_files(self, wanted: RowFilter) -> list[Path]:
        """The Parquet files in which the wanted sightings are."""
        return list(self._sightings.files(wanted))

    def stage_tracks(self, staging: Staging, rows: Sequence[TrackRow]) -> None:
        """Let tracks join those of their hours; one that is there already is replaced."""
        for path, group in group_by_file(rows, self._track_file).items():
            _stage_merged(staging, path, TRACK_COLUMNS, group)

    def stage_embeddings(
        self, staging: Staging, encoder: str, tracks: Sequence[TrackRow], rows: Mapping[str, EmbeddingRow]
    ) -> None:
        """Let the embeddings of `tracks` join those of their hours; tracks that have none are passed over."""
        part = self._embeddings(encoder)
        embedded = [track for track in tracks if track.track_id in rows]
        for path, group in group_by_file(embedded, lambda row: part.hour_file(row.source_id, row.start_ts)).items():
            fresh = embeddings_to_table([rows[track.track_id] for track in group])
            _stage_columns(staging, part, empty_table(fresh.schema))
            staging.add(path, to_bytes(merged(path, fresh, EMBEDDING_KEY, EMBEDDING_KEY), is_vectors=True))

    def stage_coverage(self, staging: Staging, rows: Sequence[CoverageRow]) -> None:
        """Let minutes join those of their days; one that is there already is replaced."""
        for path, group in group_by_file(rows, self._coverage_file).items():
            _stage_merged(staging, path, COVERAGE_COLUMNS, group)

    def stage_sightings(self, staging: Staging, rows: Sequence[SightingRow], replaced: RowFilter) -> None:
        """Let `rows` take the place of those that `replaced` picks; days left without any keep an empty file."""
        of_all_runs = replace(replaced, run_id=None)
        kept: list[SightingRow] = []
        if replaced.run_id is not None:
            kept = [row for row in self.read_sightings(of_all_runs) if row.run_id != replaced.run_id]
        groups = group_by_file([*kept, *rows], lambda row: self._sightings.day_file(row.source_id, row.start_ts))
        for path in sorted({*groups, *self._sightings.files(of_all_runs)}):
            _stage_whole(staging, path, SIGHTING_COLUMNS, groups.get(path, []))

    def stage_source(self, staging: Staging, rows: SourceRows) -> None:
        """Write everything of a source anew; what is not in `rows` goes."""
        wanted = RowFilter(source_id=rows.source_id)
        tracks = group_by_file(rows.tracks, self._track_file)
        for path in sorted({*tracks, *self._tracks.files(wanted)}):
            _stage_whole(staging, path, TRACK_COLUMNS, tracks.get(path, []))
        minutes = group_by_file(rows.coverage, self._coverage_file)
        for path in sorted({*minutes, *self._coverage.files(wanted)}):
            _stage_whole(staging, path, COVERAGE_COLUMNS, minutes.get(path, []))
        for encoder in self.encoders():
            self._stage_whole_embeddings(staging, encoder, rows)
        self.stage_sightings(staging, rows.sightings, wanted)

    def _stage_whole_embeddings(self, staging: Staging, encoder: str, rows: SourceRows) -> None:
        part, embeddings = self._embeddings(encoder), rows.embeddings.get(encoder, {})
        embedded = [track for track in rows.tracks if track.track_id in embeddings]
        groups = group_by_file(embedded, lambda row: part.hour_file(row.source_id, row.start_ts))
        for path, group in groups.items():
            table = embeddings_to_table([embeddings[track.track_id] for track in group])
            staging.add(path, to_bytes(in_order(table, EMBEDDING_KEY), is_vectors=True))
        for path in set(part.files(RowFilter(source_id=rows.source_id))) - set(groups):
            staging.add(path, to_bytes(empty_table(read_file(path).schema), is_vectors=True))

    def _track_file(self, row: TrackRow) -> Path:
        return self._tracks.hour_file(row.source_id, row.start_ts)

    def _coverage_file(self, row: CoverageRow) -> Path:
        return self._coverage.day_file(row.source_id, row.minute_ts)


def _stage_columns(staging: Staging, part: Part, without_rows: Any) -> None:
    if not part.columns_file().exists():
        staging.add(part.columns_file(), to_bytes(without_rows))


def _stage_merged(staging: Staging, path: Path, columns: Columns[Row], rows: Sequence[Row]) -> None:
    staging.add(path, to_bytes(merged(path, to_table(columns, rows), columns.key, columns.order)))


def _stage_whole(staging: Staging, path: Path, columns: Columns[Row], rows: Sequence[Row]) -> None:
    staging.add(path, to_bytes(in_order(to_table(columns, rows), columns.order)))


def _read_rows(columns: Columns[Row], part: Part, wanted: RowFilter) -> list[Row]:
    rows: list[Row] = []
    for path in part.files(wanted):
        table = with_schema(read_file(path), columns.schema, path)
        rows.extend(to_rows(columns, of_run(table, wanted.run_id)))
    return rows


def _read_frame(columns: Columns[Row], part: Part, wanted: RowFilter) -> pd.DataFrame:
    tables = [with_schema(read_file(path), columns.schema, path) for path in part.files(wanted)]
    table = of_run(join_tables(tables, columns.schema), wanted.run_id)
    frame: pd.DataFrame = in_order(table, columns.order).to_pandas()
    return frame
