"""Say who the tracks of a run are: its sightings, and the unknown people that it adds to those met before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from pipeline.control.correcting.corrections import Corrections
from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.people import People
from pipeline.control.gallery.unknowns import Allotment, Unknowns, write_allotment
from pipeline.control.work.run_records import RunRecord
from pipeline.errors import SettingsError, StoreDamaged
from pipeline.identity.decision import DecisionPolicy
from pipeline.identity.matchers.choice import index_dir, matcher_for
from pipeline.identity.matchers.matching import Matcher
from pipeline.identity.policies import policy_of_calibration
from pipeline.options import AnalysisOptions, IdentityOptions
from pipeline.sightings.building.building import TrackNotes, build_sightings
from pipeline.sightings.building.unknowns import group_unknowns
from pipeline.sightings.record.staging import Staging
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import EmbeddingRow, SightingRow, SourceKind, Status, TrackRow

PolicyOf = Callable[[RunRecord], DecisionPolicy]

CLOCKS_DIFFER = timedelta(hours=6)
"""More than rows of a run can lie after its last commit."""
MATCHERS_KEPT = 2
"""Matchers kept in memory: that of today's gallery, and one that an earlier run was named by. Versions never change."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The sightings of a run, and what has to be stored for them to be true."""

    sightings: tuple[SightingRow, ...]
    allotment: Allotment | None = None


def run_options(record: RunRecord) -> AnalysisOptions:
    """The options that the run was submitted with; raises `StoreDamaged` when they make no sense."""
    try:
        return AnalysisOptions.from_json(record.options_json)
    except SettingsError as error:
        raise StoreDamaged(
            f"control database: the options of run {record.run.run_id} cannot be read: {error}"
        ) from error


def run_policy(control: Control, record: RunRecord) -> DecisionPolicy:
    """The operating point of the run's calibration, or the one that ships; with the numbers that its options set."""
    return policy_of_calibration(control, record.encoder, record.calibration_id, run_options(record).identity)


def rows_of_run(record: RunRecord) -> RowFilter:
    """The rows of a run; of a camera, which has been there for months, on the days of the run."""
    wanted = RowFilter(source_id=record.run.source_id, run_id=record.run.run_id)
    if record.source_kind is SourceKind.FILE:
        return wanted
    return replace(wanted, first_day=record.start_ts.date(), last_day=(record.updated_at + CLOCKS_DIFFER).date())


class Labeller:
    """Names the tracks of one record by the galleries and unknown people of its control database."""

    def __init__(self, control: Control, store: Store, policy_of: PolicyOf) -> None:
        self._people = People(control)
        self._unknowns = Unknowns(control)
        self._corrections = Corrections(control)
        self._store = store
        self._policy_of = policy_of
        self._index_dir = index_dir(control.data_dir)
        self._matcher = lru_cache(MATCHERS_KEPT)(self._make_matcher)

    def label(self, record: RunRecord) -> Labels:
        """The sightings of a run as it stands in the store, by the gallery of its version and as people corrected it.

        Unknown people of a run that is on its way stay without ids: only its end is the same whatever interrupted it.
        """
        wanted = rows_of_run(record)
        tracks, embeddings = self._store.read_tracks(wanted), self._store.read_embeddings(record.encoder, wanted)
        return self.label_rows(record, tracks, embeddings, allots=record.state.is_complete)

    def label_rows(
        self, record: RunRecord, tracks: Sequence[TrackRow], embeddings: Mapping[str, EmbeddingRow], *, allots: bool
    ) -> Labels:
        """The sightings of these tracks of a run; unknown people get ids when it `allots` them."""
        allotted = self._unknowns.allotments(record.run.run_id)
        ids = {track_id: unknown_id for track_id, unknown_id in allotted.items() if unknown_id is not None}
        notes = TrackNotes(unknown_ids=ids, corrections=self._corrections.of_source(record.run.source_id))
        sightings = self._build(record, tracks, embeddings, notes)
        unknown = {t for row in sightings if row.status is Status.UNKNOWN for t in row.track_ids} - allotted.keys()
        if not allots or not unknown:
            return Labels(tuple(sightings))
        allotment = self._allot(record, [track for track in tracks if track.track_id in unknown], embeddings)
        notes = replace(notes, unknown_ids={**ids, **allotment.groups.ids})
        return Labels(tuple(self._build(record, tracks, embeddings, notes)), allotment)

    def _build(
        self,
        record: RunRecord,
        tracks: Sequence[TrackRow],
        embeddings: Mapping[str, EmbeddingRow],
        notes: TrackNotes,
    ) -> list[SightingRow]:
        options = run_options(record).identity
        matcher = self._matcher(record.encoder, record.gallery_version, options)
        policy, timeout_s = self._policy_of(record), options.absence_timeout_s
        return build_sightings(tracks, embeddings, matcher, policy, notes, timeout_s)

    def _make_matcher(self, encoder: str, gallery_version: int, options: IdentityOptions) -> Matcher:
        return matcher_for(self._people.gallery(encoder, gallery_version), options, self._index_dir)

    def _allot(
        self, record: RunRecord, tracks: Sequence[TrackRow], embeddings: Mapping[str, EmbeddingRow]
    ) -> Allotment:
        book = self._unknowns.book(record.encoder)
        groups = group_unknowns(tracks, embeddings, book.people, self._policy_of(record), book.next_number)
        return Allotment(record.run.run_id, book, tuple(track.track_id for track in tracks), groups)


def stage_labels(staging: Staging, store: Store, record: RunRecord, labels: Labels) -> None:
    """Prepare the sightings: a file has those of one run, a camera those of all its runs."""
    is_file = record.source_kind is SourceKind.FILE
    replaced = RowFilter(source_id=record.run.source_id) if is_file else rows_of_run(record)
    store.stage_sightings(staging, labels.sightings, replaced)


def write_labels(transaction: Transaction, labels: Labels) -> bool:
    """Store the ids of unknown people; False when others were met meanwhile, and the labels have to be made again."""
    return labels.allotment is None or write_allotment(transaction, labels.allotment)
