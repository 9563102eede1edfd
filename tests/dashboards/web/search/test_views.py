"""What a search shows of those who were found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboards.web.search.views import results
from pipeline.search.finding import Findings, Found
from pipeline.search.searching import Likeness
from pipeline.sightings.rows import SourceKind, Status
from tests.builders import make_sighting


@pytest.mark.parametrize(
    ("kind", "words"), [(SourceKind.LIVE, "Not grouped yet"), (SourceKind.FILE, "Unknown, seen poorly")]
)
def test_stranger_of_a_camera_gets_an_id_later_and_was_not_seen_poorly(kind: SourceKind, words: str) -> None:
    row = replace(make_sighting(person=None, status=Status.UNKNOWN), source_kind=kind)
    hit = Found(sighting=row, score=0.67, likeness=Likeness.SAME, track_id=row.track_ids[0])
    findings = Findings(
        found=(hit,),
        n_tracks=1,
        encoder="sface",
        threshold=0.44,
        uncertain_threshold=0.34,
        threshold_source="shipped",
    )

    assert results(findings, {}, {}).names == ((words, 1),)
