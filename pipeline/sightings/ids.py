"""Ids of sources and runs: from content and options, never from floats, times or file names."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from datetime import datetime

from pipeline.options import AnalysisOptions
from pipeline.sightings.rows import PIPELINE_VERSION

FOOTAGE_ID = re.compile(r"f_[0-9a-f]{16}")
"""The source id of a file; no camera is called so."""

ID_DIGITS = 16
"""Hex digits of a digest that an id keeps: 64 bits."""


def run_id_for(source_id: str, options: AnalysisOptions) -> str:
    """The id of the run over a file with these options.

    The identity options are not part of it: others only name the same tracks anew.
    """
    return _digest({"source": source_id, **_finding(options)})


def live_run_id_for(source_id: str, options: AnalysisOptions, began_at: datetime) -> str:
    """The id of the run of a camera that began at that moment, to the microsecond."""
    return _digest({"source": source_id, "began": began_at.isoformat(), **_finding(options)})


def is_camera(source_id: str) -> bool:
    """Whether a source is a live camera, by its id."""
    return FOOTAGE_ID.fullmatch(source_id) is None


def _finding(options: AnalysisOptions) -> dict[str, object]:
    return {name: asdict(getattr(options, name)) for name in ("sampling", "detection", "encoding", "tracking")}


def _digest(parts: dict[str, object]) -> str:
    text = json.dumps({"pipeline": PIPELINE_VERSION, **parts}, sort_keys=True)
    return "r_" + hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]
