"""What an analysis came to: sightings, files, what is missing, and the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.cli.exits import ExitCode
from dashboards.cli.footage.intake import Refused
from dashboards.cli.footage.jobs import job_payload
from dashboards.cli.output import answers, emit_json, warn
from dashboards.cli.record.tables import sighting_payloads, sightings_table
from pipeline.sightings.reading import Reading
from pipeline.sightings.rows import Status

if TYPE_CHECKING:
    from dashboards.cli.identities.enrolling import Enrolment
    from dashboards.cli.session import Session
    from pipeline.control.work.run_records import RunRecord

POOR_WORDS = "sightings of unknown people, too brief or too poor to tell them apart: `facetrail sightings` lists them"
PARTS = ("sightings", "tracks", "embeddings", "coverage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that `analyze` has to say at its end."""

    runs: Sequence[RunRecord]
    done_before: frozenset[str]
    """Source ids of those that had been analysed before."""
    refused: Sequence[Refused]
    problems: dict[str, str]
    """What is missing, by run id, in words."""
    enrolment: Enrolment | None
    reading: Reading
    report: Path | None

    @property
    def exit_code(self) -> ExitCode:
        """OK only when nothing is missing."""
        if not any(run.state.is_complete for run in self.runs):
            return ExitCode.TROUBLE
        is_whole = not self.refused and all(run.state == "done" for run in self.runs)
        return ExitCode.OK if is_whole else ExitCode.PARTIAL


def parquet_files(data_dir: Path, source_ids: Sequence[str]) -> dict[str, list[Path]]:
    """The files of the record that hold rows of these sources, by part."""
    return {
        part: sorted(
            path for source_id in source_ids for path in (data_dir / part).glob(f"**/source={source_id}/*.parquet")
        )
        for part in PARTS
    }


def show_results(session: Session, results: Results, *, as_json: bool) -> None:
    """Print the table of sightings and where everything is, or one JSON document."""
    source_ids = [run.run.source_id for run in results.runs]
    files = parquet_files(session.data_dir, source_ids)
    if as_json:
        emit_json(_payload(session, results, files))
        return
    _print_sightings(session, results)
    _say_problems(results)
    _print_places(results, files)


def _print_sightings(session: Session, results: Results) -> None:
    """A table for each source; those who cannot be told apart are only counted."""
    for run in results.runs:
        rows = [row for row in results.reading.sightings if row.source_id == run.run.source_id]
        told = [row for row in rows if row.person_id is not None or row.status is Status.UNCERTAIN]
        title = run.label if len(results.runs) > 1 else None
        if told:
            answers().print(sightings_table(told, session.zone, people=results.reading.people, title=title))
        else:
            answers().print(f"{run.label}: nobody was seen{' well' if rows else ''}", markup=False)
        if len(told) < len(rows):
            answers().print(f"and {len(rows) - len(told)} {POOR_WORDS}\n")


def _say_problems(results: Results) -> None:
    for run in results.runs:
        problem = results.problems.get(run.run.run_id)
        if run.state != "done" or problem:
            warn(f"{run.label}: {run.state}{f': {problem}' if problem else ''}")


def _print_places(results: Results, files: dict[str, list[Path]]) -> None:
    for path in files["sightings"]:
        answers().print(f"sightings  {path}", markup=False, soft_wrap=True)
    counts = ", ".join(f"{len(files[part])} of {part}" for part in PARTS[1:])
    answers().print(f"           and {counts} beside them", markup=False, soft_wrap=True)
    if results.report is not None:
        answers().print(f"report     {results.report}", markup=False, soft_wrap=True)


def _payload(session: Session, results: Results, files: dict[str, list[Path]]) -> dict[str, object]:
    enrolment = results.enrolment
    return {
        "data": session.data_dir,
        "options_digest": session.settings.options().digest(),
        "gallery": enrolment and {"version": enrolment.gallery_version, "images": enrolment.verdicts},
        "sources": [
            {
                **job_payload(run),
                "problem": results.problems.get(run.run.run_id),
                "analysed_before": run.run.source_id in results.done_before,
            }
            for run in results.runs
        ],
        "refused": results.refused,
        "sightings": sighting_payloads(results.reading.sightings, results.reading.labels),
        "files": files,
        "report": results.report,
    }
