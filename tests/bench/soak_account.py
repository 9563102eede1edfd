"""The account of a soak: what every cell of a camera's time became, and whether all of its time is explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.control.database import Control
from pipeline.control.work.run_records import RunRecord
from pipeline.control.work.runs import Runs
from pipeline.events.events import EventKind, SightingEvent
from pipeline.schemas import LeftOut
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import reason_column

SAMPLES_S = 5.0


@dataclass(frozen=True, slots=True)
class CameraAccount:
    """One camera from its first picture to its last."""

    name: str
    n_runs: int
    seconds: float
    """From the first run's beginning to the last one's end."""
    cells: dict[str, int]
    """Cells of the time grid by what became of them, from `coverage/`."""
    down_s: float
    """Seconds without a connection, from `coverage/`."""
    reasons: dict[str, int]
    """Of the dropped and failed ones, why."""
    unlike: int
    """Cells whose fate differs between `coverage/` and the runs' own counters, or that were left out for no reason."""

    @property
    def unexplained_s(self) -> float:
        """Seconds that are neither a cell nor a time without a connection."""
        return self.seconds - sum(self.cells.values()) / SAMPLES_S - self.down_s

    def __str__(self) -> str:
        cells = ", ".join(f"{count} {fate}" for fate, count in self.cells.items())
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.reasons.items()) or "nothing left out"
        return (
            f"{self.name}: {self.n_runs} connections, {self.seconds:.1f} s = {sum(self.cells.values())} cells "
            f"({cells}; {reasons}) + {self.down_s:.1f} s down + {self.unexplained_s:.2f} s unexplained"
        )


def account_of(control: Control, data: Path, camera: str) -> CameraAccount:
    """The account of one camera whose runs are all over."""
    runs = sorted(Runs(control).list(source_id=camera), key=lambda run: run.start_ts)
    rows = Store(data).read_coverage(RowFilter(source_id=camera))
    cells = {fate: sum(getattr(row, fate) for row in rows) for fate in ("decoded", "gated", "dropped", "failed")}
    counted = {fate: sum(getattr(run.counters, f"n_{fate}") for run in runs) for fate in cells}
    reasons = {reason_column(one): sum(getattr(row, reason_column(one)) or 0 for row in rows) for one in LeftOut}
    return CameraAccount(
        name=camera,
        n_runs=len(runs),
        seconds=_length_s(runs),
        cells=cells,
        down_s=sum(row.camera_down_s for row in rows),
        reasons={name: count for name, count in reasons.items() if count},
        unlike=sum(abs(cells[fate] - counted[fate]) for fate in cells)
        + abs(cells["dropped"] + cells["failed"] - sum(reasons.values())),
    )


def _length_s(runs: Sequence[RunRecord]) -> float:
    if not runs:
        return 0.0
    last = runs[-1]
    return (last.start_ts - runs[0].start_ts).total_seconds() + last.counters.n_samples / SAMPLES_S


def tracks_not_told_once(data: Path, camera: str) -> int:
    """Tracks with a useful face that are in no sighting or in several."""
    store = Store(data)
    told = Counter(track for row in store.read_sightings(RowFilter(source_id=camera)) for track in row.track_ids)
    return sum(told[row.track_id] > 1 for row in store.read_tracks(RowFilter(source_id=camera)))


def unbalanced(events: Sequence[SightingEvent]) -> int:
    """Sightings whose beginning and end were not told exactly once each; a repeat under the same id counts once."""
    once = {event.event_id: event for event in events}.values()
    begun = Counter(event.sighting_id for event in once if event.kind is EventKind.NEW)
    ended = Counter(event.sighting_id for event in once if event.kind is EventKind.END)
    return sum(begun[sighting] != 1 or ended[sighting] != 1 for sighting in begun | ended)
