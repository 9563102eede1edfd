"""Status tells where people get lost on the way to a name."""

from __future__ import annotations

from pathlib import Path

from tests.dashboards.cli.conftest import Run


def test_funnel_goes_from_samples_to_names(facetrail: Run, record: Path) -> None:
    said = facetrail("status", "--json").json

    assert said["running"] is False
    (funnel,) = said["funnels"]
    assert (funnel["n_samples"], funnel["n_gated"], funnel["n_decoded"]) == (300, 100, 200)
    assert (funnel["n_tracks"], funnel["n_known"], funnel["n_uncertain"], funnel["n_unknown"]) == (3, 2, 0, 1)


def test_nothing_running_is_said_with_what_helps(facetrail: Run, record: Path) -> None:
    assert "facetrail up" in facetrail("status").out
