"""What the record of the sample has to say, read as any other program would: with pandas, from the Parquet files.

python tests/end_to_end/sample_record.py DATA_FOLDER TRUTH_CSV
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

COLUMNS = {
    "sighting_id",
    "person_id",
    "person_name",
    "status",
    "source_id",
    "start_ts",
    "end_ts",
    "media_start_s",
    "media_end_s",
    "presence_s",
    "best_score",
    "mean_score",
    "margin",
    "threshold",
    "encoder",
    "gallery_version",
    "thumb_ref",
}
"""Names that others read."""
STRANGER = "stranger"
SLACK_S = 0.5
"""Two samples and a frame: how far a sighting's begin or end may lie from the truth."""


def list_faults(data: Path, truth_csv: Path) -> list[str]:
    """Everything in which the record below `data` differs from the truth, in words; empty when it is right."""
    truth = pd.read_csv(truth_csv)
    sightings = pd.read_parquet(data / "sightings")
    coverage = pd.read_parquet(data / "coverage")
    missing = COLUMNS - set(sightings.columns)
    if missing:
        return [f"sightings/ lacks the columns {sorted(missing)}"]
    return [
        *_sighting_faults(sightings, truth),
        *_coverage_faults(coverage),
        *_evidence_faults(sightings, data),
    ]


def _sighting_faults(sightings: pd.DataFrame, truth: pd.DataFrame) -> Iterator[str]:
    """One sighting for every clear row, with the right name, at the right time; and no other."""
    clear = truth[truth["level"] == "clear"].sort_values("t_start")
    found = sightings.sort_values("media_start_s")
    if len(found) != len(clear):
        yield f"{len(clear)} sightings are expected and {len(found)} are recorded:\n{_brief(found)}"
        return
    for expected, sighting in zip(clear.itertuples(), found.itertuples(), strict=True):
        if not _is_person(sighting, str(expected.person)):
            yield f"{expected.person} is recorded as {sighting.status} {sighting.person_name} ({sighting.person_id})"
        off = max(abs(sighting.media_start_s - expected.t_start), abs(sighting.media_end_s - expected.t_end))
        if off > SLACK_S:
            yield f"{expected.person} is recorded {off:.2f} s off:\n{_brief(found)}"


def _is_person(sighting: tuple, person: str) -> bool:
    if person == STRANGER:
        return sighting.status == "unknown" and str(sighting.person_id).startswith("unknown-")
    return sighting.status == "known" and sighting.person_name == person


def _coverage_faults(coverage: pd.DataFrame) -> Iterator[str]:
    """17.6 s at five samples a second, every one accounted for, the still stretch gated."""
    total = coverage[["expected", "decoded", "gated", "dropped", "failed"]].sum()
    if total["expected"] != 88 or total[["decoded", "gated", "dropped", "failed"]].sum() != 88:
        yield f"coverage/ does not add up to 88 samples: {total.to_dict()}"
    if total["dropped"] or total["failed"] or not total["gated"]:
        yield f"coverage/ should have gated samples, and none that were dropped or failed: {total.to_dict()}"


def _evidence_faults(sightings: pd.DataFrame, data: Path) -> Iterator[str]:
    for reference in sightings["thumb_ref"]:
        if not (data / str(reference)).is_file():
            yield f"there is no thumbnail {reference}"


def _brief(sightings: pd.DataFrame) -> str:
    return sightings[["person_name", "person_id", "status", "media_start_s", "media_end_s", "best_score"]].to_string()


if __name__ == "__main__":
    faults = list_faults(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write("\n".join(faults or ["the record of the sample is right"]) + "\n")
    sys.exit(bool(faults))
