"""From a file that came to its run: looked into, registered, or refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from pipeline.config import Settings
from pipeline.control.database import Control
from pipeline.control.work.arrivals import Arrival, Arrivals
from pipeline.control.work.run_records import RunRecord
from pipeline.errors import InputError
from pipeline.intake.footage import register_footage
from pipeline.intake.sections import options_with, sections_from_json


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an arrival."""

    arrival: Arrival
    run: RunRecord | None
    """None when it was refused."""


def take_in(control: Control, settings: Settings, zone: tzinfo, arrival: Arrival) -> Taken:
    """Queue a run for the file, or find the one that is there; a file that cannot be analysed is refused for good.

    Doing it again changes nothing. Raises what is not the file's fault, such as `WeightsError` and `StoreFull`.
    """
    arrivals = Arrivals(control)
    try:
        run = register_footage(
            control,
            arrival.path,
            options_with(settings, sections_from_json(arrival.options_json), control),
            zone=zone,
            start_time=arrival.start_ts,
            label=arrival.label,
        )
    except InputError as error:
        return Taken(arrivals.refuse(arrival.arrival_id, _without_folder(str(error), arrival)), None)
    is_known = run.created_at < arrival.created_at
    return Taken(arrivals.take(arrival.arrival_id, run.run, is_known=is_known), run)


def _without_folder(problem: str, arrival: Arrival) -> str:
    """An uploaded file by the name that its owner gave it."""
    return problem.replace(str(arrival.path), arrival.label)
