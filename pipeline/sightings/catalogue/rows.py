"""Many sightings in little memory: one array a column, texts that come again as numbers; some 220 bytes a sighting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.sightings.record.arrays import NO_WORD, CodedTexts, SightingColumns
from pipeline.sightings.rows import Clock, SightingRow, SourceKind, Status

Ints: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.float64]
Texts: TypeAlias = npt.NDArray[np.bytes_]
Order: TypeAlias = npt.NDArray[np.intp]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATUSES = tuple(Status)
"""Statuses by their codes."""


class Words:
    """Texts by number, and numbers by text; grows only. One thread adds, all may look."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._words: list[str] = []

    def __len__(self) -> int:
        """How many there are; codes are below it."""
        return len(self._words)

    def add(self, word: str) -> int:
        """The code of a word, from now on."""
        code = self._codes.get(word)
        if code is None:
            code = len(self._words)
            self._words.append(word)
            self._codes[word] = code
        return code

    def codes_of(self, words: Iterable[str]) -> list[int]:
        """The codes of those words that are known."""
        return [self._codes[word] for word in words if word in self._codes]

    def word(self, code: int) -> str | None:
        """The word of a code; None for `NO_WORD`."""
        return None if code == NO_WORD else self._words[code]


class Vocabulary:
    """The words of a record, by what they name."""

    def __init__(self) -> None:
        self.people = Words()
        """Ids of people and of unknown ones."""
        self.names = Words()
        self.sources = Words()
        self.runs = Words()
        self.folders = Words()
        """Folders of thumbnails below the data folder."""
        self.labels = Words()
        """Few and short: kinds, clocks, encoders, versions."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackIds:
    """`(N,)` lists of track ids."""

    values: Texts
    """All ids, one list after the other."""
    lengths: npt.NDArray[np.int32]
    """`(N,)` int32."""

    def __getitem__(self, order: Order) -> TrackIds:
        """The lists at these places."""
        starts = np.cumsum(self.lengths, dtype=np.int64) - self.lengths
        lengths = self.lengths[order]
        before = np.cumsum(lengths, dtype=np.int64) - lengths
        places = np.repeat(starts[order] - before, lengths) + np.arange(lengths.sum())
        return TrackIds(self.values[places], lengths)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CatalogueRows:
    """`(N,)` sightings; codes are those of a `Vocabulary`, `NO_WORD` for none. Times are microseconds since 1970."""

    sighting_id: Texts
    person: Ints
    name: Ints
    status: Ints
    """int8: places in `STATUSES`."""
    candidate: Ints
    source: Ints
    source_kind: Ints
    run: Ints
    start_us: Ints
    end_us: Ints
    clock: Ints
    media_start_s: Floats
    media_end_s: Floats
    presence_s: Floats
    tracks: TrackIds
    n_faces: Ints
    n_frames_dropped: Ints
    best_score: Floats
    """NaN for none, as in the next three."""
    mean_score: Floats
    margin: Floats
    threshold: Floats
    second: Ints
    encoder: Ints
    gallery_version: Ints
    thumb_folder: Ints
    thumb_file: Texts
    box_xywh: Floats
    """`(N, 4)`."""
    pipeline_version: Ints

    def __len__(self) -> int:
        """How many there are."""
        return len(self.start_us)

    def at(self, order: Order) -> CatalogueRows:
        """The sightings at these places, in this order."""
        return CatalogueRows(**{field.name: getattr(self, field.name)[order] for field in fields(self)})

    def row(self, place: int, words: Vocabulary) -> SightingRow:
        """One sighting as everybody knows it."""
        return _row(self, place, words)


def joined(parts: Sequence[CatalogueRows]) -> CatalogueRows:
    """The sightings of all parts, one after the other; at least one part."""
    if len(parts) == 1:
        return parts[0]
    columns = {f.name: _joined([getattr(part, f.name) for part in parts]) for f in fields(CatalogueRows)}
    return CatalogueRows(**columns)


def newest_first(rows: CatalogueRows) -> CatalogueRows:
    """The sightings by start, the newest first; those that start together by id."""
    order = np.argsort(-rows.start_us, kind="stable")
    start = rows.start_us[order]
    same = start[1:] == start[:-1]
    if same.any():
        places = np.flatnonzero(np.append(same, False) | np.append(False, same))
        tied = order[places]
        order[places] = tied[np.lexsort((rows.sighting_id[tied], -rows.start_us[tied]))]
    return rows.at(order)


def read_rows(columns: SightingColumns, words: Vocabulary) -> CatalogueRows:
    """The sightings of one file, in its order; new words join `words`."""
    folders, files = _thumbs(columns.texts("thumb_ref"), words.folders)
    track_ids, lengths = columns.lists("track_ids")
    statuses = columns.coded("status")
    status_codes = [STATUSES.index(Status(word)) for word in statuses.words]
    return CatalogueRows(
        sighting_id=_bytes(columns.texts("sighting_id")),
        person=_coded(columns.coded("person_id"), words.people),
        name=_coded(columns.coded("person_name"), words.names),
        status=np.array([*status_codes, 0], np.int8)[statuses.codes],
        candidate=_coded(columns.coded("candidate_id"), words.people),
        source=_coded(columns.coded("source_id"), words.sources),
        source_kind=_coded(columns.coded("source_kind"), words.labels, np.int16),
        run=_coded(columns.coded("run_id"), words.runs),
        start_us=columns.integers("start_ts"),
        end_us=columns.integers("end_ts"),
        clock=_coded(columns.coded("clock"), words.labels, np.int16),
        media_start_s=columns.floats("media_start_s"),
        media_end_s=columns.floats("media_end_s"),
        presence_s=columns.floats("presence_s"),
        tracks=TrackIds(_bytes(track_ids), lengths.astype(np.int32)),
        n_faces=columns.integers("n_faces").astype(np.int32),
        n_frames_dropped=columns.integers("n_frames_dropped").astype(np.int32),
        best_score=columns.floats("best_score"),
        mean_score=columns.floats("mean_score"),
        margin=columns.floats("margin"),
        threshold=columns.floats("threshold"),
        second=_coded(columns.coded("second_person_id"), words.people),
        encoder=_coded(columns.coded("encoder"), words.labels, np.int16),
        gallery_version=columns.integers("gallery_version").astype(np.int32),
        thumb_folder=folders,
        thumb_file=files,
        box_xywh=columns.boxes("box_xywh"),
        pipeline_version=_coded(columns.coded("pipeline_version"), words.labels, np.int16),
    )


def microseconds(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(at_us: int) -> datetime:
    """The moment so many microseconds after 1970, UTC."""
    return EPOCH + timedelta(microseconds=int(at_us))


def _row(rows: CatalogueRows, place: int, words: Vocabulary) -> SightingRow:
    track_start = int(rows.tracks.lengths[:place].sum())
    tracks = rows.tracks.values[track_start : track_start + int(rows.tracks.lengths[place])]
    folder = words.folders.word(rows.thumb_folder[place])
    left, top, width, height = rows.box_xywh[place].tolist()
    return SightingRow(
        sighting_id=rows.sighting_id[place].decode(),
        person_id=words.people.word(rows.person[place]),
        person_name=words.names.word(rows.name[place]),
        status=STATUSES[rows.status[place]],
        candidate_id=words.people.word(rows.candidate[place]),
        source_id=words.sources.word(rows.source[place]) or "",
        source_kind=SourceKind(words.labels.word(rows.source_kind[place]) or ""),
        run_id=words.runs.word(rows.run[place]) or "",
        start_ts=moment(rows.start_us[place]),
        end_ts=moment(rows.end_us[place]),
        clock=Clock(words.labels.word(rows.clock[place]) or ""),
        media_start_s=float(rows.media_start_s[place]),
        media_end_s=float(rows.media_end_s[place]),
        presence_s=float(rows.presence_s[place]),
        track_ids=tuple(track.decode() for track in tracks.tolist()),
        n_faces=int(rows.n_faces[place]),
        n_frames_dropped=int(rows.n_frames_dropped[place]),
        best_score=_known(rows.best_score[place]),
        mean_score=_known(rows.mean_score[place]),
        second_person_id=words.people.word(rows.second[place]),
        margin=_known(rows.margin[place]),
        threshold=_known(rows.threshold[place]),
        encoder=words.labels.word(rows.encoder[place]) or "",
        gallery_version=int(rows.gallery_version[place]),
        thumb_ref=None if folder is None else f"{folder}/{rows.thumb_file[place].decode()}",
        box_xywh=(left, top, width, height),
        pipeline_version=words.labels.word(rows.pipeline_version[place]) or "",
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _coded(texts: CodedTexts, words: Words, dtype: Any = np.int32) -> Ints:
    codes = [*(words.add(word) for word in texts.words), NO_WORD]
    return np.array(codes, dtype)[texts.codes]


def _bytes(texts: Sequence[str | None]) -> Texts:
    return np.array([(text or "").encode() for text in texts], np.bytes_)


def _thumbs(references: Sequence[str | None], folders: Words) -> tuple[Ints, Texts]:
    parts = [(reference or "").rpartition("/") for reference in references]
    codes = [folders.add(folder) if name else NO_WORD for folder, _, name in parts]
    return np.array(codes, np.int32), _bytes([name for _, _, name in parts])


def _joined(columns: Sequence[Any]) -> Any:
    if isinstance(columns[0], TrackIds):
        lengths = np.concatenate([one.lengths for one in columns])
        return TrackIds(np.concatenate([one.values for one in columns]), lengths)
    return np.concatenate(columns)
