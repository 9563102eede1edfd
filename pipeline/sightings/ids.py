"""Ids of sources and runs: from content and options, never from floats, times or file names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from pipeline.options import AnalysisOptions
from pipeline.sightings.rows import PIPELINE_VERSION

ID_DIGITS = 16
"""Hex digits of a digest that an id keeps: 64 bits."""


def run_id_for(source_id: str, options: AnalysisOptions) -> str:
    """The id of the run over a file with these options.

    The identity options are not part of it: others only name the same tracks anew.
    """
    parts = {name: asdict(getattr(options, name)) for name in ("sampling", "detection", "encoding", "tracking")}
    text = json.dumps({"source": source_id, "pipeline": PIPELINE_VERSION, **parts}, sort_keys=True)
    return "r_" + hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]
