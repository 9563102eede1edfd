"""A threshold as a distance: the same as a cosine, there and back."""

from __future__ import annotations

import pytest

from pipeline.identity.verdicts import cosine_of, distance_of
from tests.dashboards.cli.conftest import Run


@pytest.mark.parametrize(("distance", "cosine"), [(0.0, 1.0), (0.52, 0.8648), (0.7, 0.755), (2**0.5, 0.0), (2.0, -1.0)])
def test_a_distance_is_a_cosine_and_back(distance: float, cosine: float):
    assert cosine_of(distance) == pytest.approx(cosine)
    assert distance_of(cosine) == pytest.approx(distance)


def test_a_cosine_just_above_one_is_no_distance():
    assert distance_of(1.0000001) == 0


@pytest.mark.parametrize("command", [("verify", "a.jpg", "b.jpg"), ("identify", "a.jpg")])
def test_a_distance_out_of_range_is_refused(facetrail: Run, command: tuple[str, ...]):
    said = facetrail(*command, "--distance", "2.1")

    assert said.code == 2
    assert "--distance" in said.err
