"""Compare sightings with the truth about a video: who was named when clear to see, and who was named wrongly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.reports.truth import Level, TruthRow
from pipeline.sightings.building.intervals import Interval, union_length
from pipeline.sightings.rows import SightingRow, Status, TrackRow

TOLERANCE_S = 0.5
"""How exact truth files are: a name this close to a person's interval is not wrong. Seconds."""

Intervals = Mapping[str, Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class RowFound:
    """A row of the truth that has to be found, and whether it was."""

    row: TruthRow
    is_found: bool


@dataclass(frozen=True, slots=True)
class WrongName:
    """A track that carries a name at a time at which that person was not to be seen."""

    person_name: str
    track_id: str
    media_start_s: float
    media_end_s: float
    wrong_s: float
    """Seconds of the track outside the person's intervals; 0 for a track of a single sample."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the comparison found."""

    clear: tuple[RowFound, ...]
    """Every `clear` row of an enrolled person."""
    wrong: tuple[WrongName, ...]
    extra: tuple[SightingRow, ...]
    """Sightings at times at which the truth lists nobody (known: not that person), whatever their status."""

    @property
    def n_found(self) -> int:
        return sum(found.is_found for found in self.clear)

    @property
    def recall(self) -> float | None:
        """Share of the clear rows that were found, 0..1; None when there are none."""
        return self.n_found / len(self.clear) if self.clear else None

    @property
    def wrong_s(self) -> float:
        return sum(name.wrong_s for name in self.wrong)

    @property
    def is_perfect(self) -> bool:
        """Every clear row named, and no wrong name anywhere."""
        return self.n_found == len(self.clear) and not self.wrong


def evaluate(
    truth: Sequence[TruthRow],
    sightings: Sequence[SightingRow],
    tracks: Sequence[TrackRow],
    enrolled: Collection[str],
    tolerance_s: float = TOLERANCE_S,
) -> Evaluation:
    """Compare the sightings of one video with its truth, by media time; `enrolled` are the names of the gallery.

    A clear row is found when a track with that name lies inside the row's interval at least in part. A name is wrong
    where its track lies outside all intervals of that person, widened by `tolerance_s` at both ends. Sightings span
    the gaps between their tracks, so that only the tracks' own intervals are compared.
    """
    interval_of = {track.track_id: Interval(track.media_start_s, track.media_end_s) for track in tracks}
    named = _named_intervals(sightings, interval_of)
    present = _present_intervals(truth, tolerance_s)
    clear = [row for row in truth if row.level is Level.CLEAR and row.person in enrolled]
    return Evaluation(
        clear=tuple(RowFound(row, _is_found(row, named.get(row.person, []))) for row in clear),
        wrong=tuple(name for row in sightings for name in _wrong_names(row, interval_of, present)),
        extra=tuple(row for row in sightings if _is_extra(row, interval_of, present)),
    )


def _named_intervals(sightings: Iterable[SightingRow], interval_of: Mapping[str, Interval]) -> Intervals:
    named: dict[str, list[Interval]] = defaultdict(list)
    for row in sightings:
        if row.status is Status.KNOWN and row.person_name is not None:
            named[row.person_name].extend(_intervals(row, interval_of))
    return named


def _present_intervals(truth: Iterable[TruthRow], tolerance_s: float) -> Intervals:
    present: dict[str, list[Interval]] = defaultdict(list)
    for row in truth:
        present[row.person].append(Interval(row.start_s - tolerance_s, row.end_s + tolerance_s))
    return present


def _is_found(row: TruthRow, named: Iterable[Interval]) -> bool:
    return any(start_s <= row.end_s and row.start_s <= end_s for start_s, end_s in named)


def _wrong_names(row: SightingRow, interval_of: Mapping[str, Interval], present: Intervals) -> Iterable[WrongName]:
    if row.status is not Status.KNOWN or row.person_name is None:
        return
    allowed = present.get(row.person_name, [])
    for track_id in row.track_ids:
        start_s, end_s = interval_of[track_id]
        inside = [
            Interval(max(start_s, low), min(end_s, high)) for low, high in allowed if low <= end_s and start_s <= high
        ]
        wrong_s = end_s - start_s - union_length(inside)
        if not inside or wrong_s > 1e-6:
            yield WrongName(row.person_name, track_id, start_s, end_s, wrong_s)


def _is_extra(row: SightingRow, interval_of: Mapping[str, Interval], present: Intervals) -> bool:
    people = [row.person_name] if row.status is Status.KNOWN else list(present)
    allowed = [interval for person in people if person for interval in present.get(person, [])]
    tracks = _intervals(row, interval_of)
    return not any(low <= end_s and start_s <= high for low, high in allowed for start_s, end_s in tracks)


def _intervals(row: SightingRow, interval_of: Mapping[str, Interval]) -> list[Interval]:
    return [interval_of[track_id] for track_id in row.track_ids]
