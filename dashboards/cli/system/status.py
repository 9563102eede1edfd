"""`facetrail status`: what is running, what waits, and where people get lost on the way to a name."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from dashboards.cli.examples import examples
from dashboards.cli.flags import DataFlag, JsonFlag, SourceFlag
from dashboards.cli.output import answers, emit_json, table
from dashboards.cli.policies import Thresholds, thresholds_of
from dashboards.cli.session import Session, adopt_encoder, open_database, open_existing
from dashboards.cli.system.funnel import Funnel, funnel_of, hint
from pipeline.sightings.rows import SightingRow

if TYPE_CHECKING:
    from pipeline.control.database import Control
    from pipeline.control.work.run_records import RunRecord
    from workers.status import WorkersStatus

RATE_OVER_S = 1.0
"""How long two looks at the server lie apart, in seconds: they give the rates."""
EXAMPLES = examples(
    ("facetrail status", "is it running, what waits, and why was somebody not recognised?"),
    ("facetrail status --source party.mp4", "one source"),
    ("facetrail status --no-rates --json", "at once, for a monitor"),
)


@dataclass(frozen=True, slots=True)
class Flow:
    """What the workers are at, and how fast."""

    now: WorkersStatus
    chunks_per_second: dict[str, float]
    """By group of workers; empty when rates were not asked for."""


def register(app: typer.Typer, panel: str) -> None:
    """Add `status`."""
    app.command(epilog=EXAMPLES, rich_help_panel=panel)(status)


def status(
    source: SourceFlag = None,
    rates: Annotated[bool, typer.Option(help="Look twice, a second apart, to tell rates.")] = True,
    data: DataFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the queues and rates of the workers, and each source's way from samples to names.

    The way says why somebody was not recognised: was the footage not decoded, nothing moving, no face found, the faces
    too poor, or nobody enrolled alike?
    """
    from pipeline.control.work.runs import Runs
    from pipeline.control.work.sources import Sources
    from pipeline.sightings.filtering import find_sources

    session = open_existing(data=data)
    with open_database(session) as control:
        wanted = find_sources(Sources(control).list(), source)
        runs = Runs(control).list()
        flow = _look(session, runs, with_rates=rates)
        funnels = _funnels(session, control, runs, wanted)
        thresholds = thresholds_of(adopt_encoder(session, control), control)
    if as_json:
        emit_json(_payload(flow, funnels, thresholds))
        return
    _print_flow(session, flow)
    _print_funnels(funnels)
    answers().print(str(thresholds), markup=False)


def _look(session: Session, runs: list[RunRecord], *, with_rates: bool) -> Flow | None:
    """The workers' status; None when no server is known."""
    from dashboards.cli.server import find_server
    from workers.status import read_status
    from workers.streams import RedisTransport

    url = find_server(session)
    if url is None:
        return None
    transport = RedisTransport(url)
    before, began_s = read_status(transport, runs), time.monotonic()
    if not with_rates:
        return Flow(before, {})
    time.sleep(RATE_OVER_S)
    after, elapsed_s = read_status(transport, runs), time.monotonic() - began_s
    done = {group: count - before.forwarded.get(group, 0) for group, count in after.forwarded.items()}
    return Flow(after, {group: count / elapsed_s for group, count in done.items()})


def _funnels(session: Session, control: Control, runs: list[RunRecord], wanted: frozenset[str] | None) -> list[Funnel]:
    """One for each source: its latest run."""
    from pipeline.sightings.record.store import RowFilter, Store

    latest = {run.run.source_id: run for run in runs if wanted is None or run.run.source_id in wanted}
    by_run: dict[str, list[SightingRow]] = defaultdict(list)
    for row in Store(session.data_dir).read_sightings(RowFilter()):
        by_run[row.run_id].append(row)
    return [funnel_of(run, by_run[run.run.run_id]) for run in latest.values()]


def _payload(flow: Flow | None, funnels: list[Funnel], thresholds: Thresholds) -> dict[str, object]:
    return {
        "running": flow is not None,
        "streams": flow.now.streams if flow else (),
        "in_flight": flow.now.flights if flow else (),
        "workers": flow.now.workers if flow else (),
        "chunks_per_second": flow.chunks_per_second if flow else {},
        "buried": flow.now.buried if flow else (),
        "funnels": funnels,
        "thresholds": thresholds,
    }


def _print_flow(session: Session, flow: Flow | None) -> None:
    if flow is None:
        answers().print(f"nothing runs on {session.data_dir}; `facetrail up` starts it\n", markup=False)
        return
    made = table("stream", "waiting", "in hand", "oldest", "workers", right=("waiting", "in hand", "oldest", "workers"))
    for stream in flow.now.streams:
        waiting, oldest = stream.length - stream.pending, f"{stream.oldest_age_s:.1f} s"
        made.add_row(stream.stream, str(waiting), str(stream.pending), oldest, str(len(stream.consumers)))
    answers().print(made)
    in_flight = sum(flight.n_bytes for flight in flow.now.flights)
    answers().print(f"{len(flow.now.flights)} runs, {in_flight / 1e6:.1f} MB on their way", markup=False)
    for group, rate in sorted(flow.chunks_per_second.items()):
        answers().print(f"{group}: {rate:.1f} chunks a second", markup=False)
    for buried in flow.now.buried:
        answers().print(
            f"buried: {buried.slot.run.source_id} chunk {buried.slot.number}: {buried.burial.reason}", markup=False
        )
    answers().print()


def _print_funnels(funnels: list[Funnel]) -> None:
    columns = ("samples", "unchanged", "searched", "faces", "good enough", "tracks", "known", "uncertain", "unknown")
    made = table("source", "state", *columns, "", right=columns)
    for each in funnels:
        counts = (
            *(each.n_samples, each.n_gated, each.n_decoded, each.n_faces, each.n_good, each.n_tracks),
            *(each.n_known, each.n_uncertain, each.n_unknown),
        )
        made.add_row(each.label, each.state, *map(str, counts), hint(each))
    answers().print(made if funnels else "nothing has been analysed yet")
