"""The hint names the step at which most is lost."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.cli.system.funnel import Funnel, hint


def make_funnel(**changes: Any) -> Funnel:
    counts = {"n_samples": 300, "n_decoded": 200, "n_gated": 100, "n_failed": 0, "n_dropped": 0}
    counts |= {"n_faces": 100, "n_good": 80, "n_useful": 50, "n_tracks": 5}
    counts |= {"n_known": 5, "n_uncertain": 0, "n_unknown": 0}
    return Funnel(label="a", source_id="f", run_id="r", state="done", **{**counts, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"n_samples": 0}, "nothing has been looked at"),
        ({"n_failed": 30}, "could not be decoded"),
        ({"n_faces": 0, "n_good": 0, "n_useful": 0, "n_tracks": 0}, "--min-face"),
        ({"n_good": 3}, "too small, blurred or turned away"),
        ({"n_uncertain": 3}, "more pictures"),
    ],
)
def test_hint_says_where_it_goes_wrong(changes: dict[str, int], words: str) -> None:
    assert words in hint(make_funnel(**changes))
    assert bool(words) == bool(hint(make_funnel(**changes)))
