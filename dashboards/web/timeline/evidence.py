"""What a sighting rests on: its faces, its scores in words, what was looked at around it, and where its footage is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from dashboards.web.site import Site
from dashboards.web.words import score
from pipeline.control.correcting.corrections import Corrections, Said
from pipeline.control.gallery.listing import PeopleListing
from pipeline.control.work.sources import SourceRecord, Sources
from pipeline.errors import NotFound
from pipeline.sightings.record.files import safe_name
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.record.thumbnails import THUMBS
from pipeline.sightings.rows import CoverageRow, SightingRow, SourceKind, Status

AROUND = timedelta(minutes=1)
"""How far before and after a sighting its coverage is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAround:
    """What became of the samples around a sighting."""

    expected: int
    decoded: int
    unchanged: int
    """Gated: the picture was the same as before."""
    dropped: int
    failed: int
    camera_down_s: float

    @property
    def is_whole(self) -> bool:
        """Whether everything was looked at."""
        return self.dropped == 0 and self.failed == 0 and self.camera_down_s == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingEvidence:
    """All that the page of a sighting tells."""

    row: SightingRow
    name: str
    """Today's name, the unknown's id, or who it may be."""
    candidate_name: str | None
    second_name: str | None
    reasons: tuple[str, ...]
    """Why its status is what it is, in sentences."""
    faces: tuple[str, ...]
    """References of all thumbnails of its tracks, the best one first."""
    source: SourceRecord | None
    coverage: CoverageAround | None
    footage_problem: str | None
    """Why there can be no clip, in words; None when the footage seems to be there."""


def evidence_of(site: Site, row: SightingRow) -> SightingEvidence:
    """The evidence of one sighting."""
    names = PeopleListing(site.control).names_of()
    candidate = names.get(row.candidate_id or "", row.candidate_id)
    source = _source(site, row.source_id)
    return SightingEvidence(
        row=row,
        name=_name(row, names, candidate),
        candidate_name=candidate,
        second_name=names.get(row.second_person_id or "", row.second_person_id),
        reasons=reasons_of(row, candidate, _said(site, row, names)),
        faces=faces_of(site.data_dir, row),
        source=source,
        coverage=_coverage(Store(site.data_dir), row),
        footage_problem=footage_problem(row, source),
    )


def reasons_of(row: SightingRow, candidate: str | None, said: Sequence[str] = ()) -> tuple[str, ...]:
    """Why somebody is known, uncertain or unknown; `candidate` is the name of whom the face is most like.

    What people said of it goes before what its scores say, and is told in the sentences `said`.
    """
    if row.best_score is None or row.threshold is None or candidate is None:
        return tuple(said) or ("No face in it was good enough to be compared, or nobody was enrolled at that time.",)
    likeness = f"The face is most like {candidate}, with a score of {score(row.best_score)}"
    if said:
        return (*said, f"{likeness}; the threshold is {score(row.threshold)}.")
    is_enough = row.best_score >= row.threshold
    lead = "" if row.margin is None else f", {score(row.margin)} ahead of the next person"
    if row.status is Status.KNOWN:
        return (f"{likeness}: at or above the threshold of {score(row.threshold)}{lead}.",)
    if row.status is Status.UNCERTAIN:
        why = (
            f"{likeness}{lead}. That is near the threshold of {score(row.threshold)}, but the score, the lead over the "
            "next person or the number of good faces is too small to say a name."
        )
        return (why,)
    if is_enough:
        return (f"{likeness}, but too few of its faces are good, or the lead is too small.",)
    return (f"{likeness}: below the threshold of {score(row.threshold)}, so it is nobody who is enrolled.",)


def _said(site: Site, row: SightingRow, names: Mapping[str, str]) -> list[str]:
    verbs = {Said.IS: "is", Said.IS_NOT: "is not"}
    told = [
        f"{one.who} said that this {verbs[one.verdict]} {names.get(one.person_id or '', one.person_id)}."
        for one in Corrections(site.control).of_tracks(row.track_ids)
        if one.verdict in verbs
    ]
    return list(dict.fromkeys(told))


def faces_of(data_dir: Path, row: SightingRow) -> tuple[str, ...]:
    """References of the thumbnails of all tracks of a sighting that are there, its own first."""
    found = [row.thumb_ref] if row.thumb_ref and (data_dir / row.thumb_ref).is_file() else []
    days = sorted({row.start_ts.date(), row.end_ts.date()})
    for track_id in row.track_ids:
        for day in days:
            folder = data_dir / THUMBS / f"date={day.isoformat()}" / f"source={safe_name(row.source_id)}"
            files = sorted(folder.glob(f"{safe_name(track_id)}_*.jpg"))
            found.extend(path.relative_to(data_dir).as_posix() for path in files)
    return tuple(dict.fromkeys(found))


def footage_problem(row: SightingRow, source: SourceRecord | None) -> str | None:
    """Why there is nothing to cut a clip from, as far as can be told without reading the footage."""
    if row.source_kind is SourceKind.LIVE:
        return "This was seen by a live camera. Facetrail keeps faces and times of it, and no video."
    if source is None or source.path is None:
        return "The record does not say where the footage is."
    if not Path(source.path).is_file():
        return "The footage is no longer where it was when it was analysed: it was moved, renamed or deleted."
    return None


def _name(row: SightingRow, names: dict[str, str], candidate: str | None) -> str:
    if row.person_id is not None:
        return names.get(row.person_id) or row.person_name or row.person_id
    if row.status is Status.UNCERTAIN and candidate:
        return f"Perhaps {candidate}"
    return "Unknown person"


def _source(site: Site, source_id: str) -> SourceRecord | None:
    try:
        return Sources(site.control).get(source_id)
    except NotFound:
        return None


def _coverage(store: Store, row: SightingRow) -> CoverageAround | None:
    since, until = row.start_ts - AROUND, row.end_ts + AROUND
    wanted = RowFilter(
        source_id=row.source_id,
        run_id=row.run_id,
        first_day=(since - AROUND).date(),
        last_day=until.date(),
    )
    minutes = [one for one in store.read_coverage(wanted) if since - AROUND < one.minute_ts < until]
    return _summed(minutes) if minutes else None


def _summed(minutes: list[CoverageRow]) -> CoverageAround:
    return CoverageAround(
        expected=sum(one.expected for one in minutes),
        decoded=sum(one.decoded for one in minutes),
        unchanged=sum(one.gated for one in minutes),
        dropped=sum(one.dropped for one in minutes),
        failed=sum(one.failed for one in minutes),
        camera_down_s=sum(one.camera_down_s for one in minutes),
    )
