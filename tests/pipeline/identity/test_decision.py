"""The decision: score, margin and the number of useful faces, each for itself enough to withhold a name."""

from __future__ import annotations

import pytest

from pipeline.encoders.manifest import encoder_entries, encoder_entry
from pipeline.errors import SettingsError
from pipeline.identity.decision import DecisionPolicy, decide, policy_for
from pipeline.options import IdentityOptions
from pipeline.schemas import Match
from pipeline.sightings.rows import Status

POLICY = DecisionPolicy(
    threshold=0.5, uncertain_threshold=0.4, margin=0.1, min_faces=2, same_face_cosine=0.5, source="a test"
)


@pytest.mark.parametrize(
    ("score", "margin", "n_faces", "status"),
    [
        (0.5, 0.1, 2, Status.KNOWN),
        (0.9, None, 2, Status.KNOWN),
        (0.49, 0.3, 9, Status.UNCERTAIN),
        (0.9, 0.09, 9, Status.UNCERTAIN),
        (0.9, 0.3, 1, Status.UNCERTAIN),
        (0.4, 0.0, 0, Status.UNCERTAIN),
        (0.39, 0.3, 9, Status.UNKNOWN),
    ],
)
def test_status(score, margin, n_faces, status):
    match = Match("p_1", score, None if margin is None else "p_2", margin)

    assert decide(match, n_faces, POLICY) is status


def test_without_a_match_a_track_is_unknown():
    assert decide(None, 9, POLICY) is Status.UNKNOWN


@pytest.mark.parametrize("entry", encoder_entries(), ids=lambda entry: entry.name)
def test_every_encoder_ships_a_policy_that_names_its_data(entry):
    policy = policy_for(entry, IdentityOptions())

    assert policy.uncertain_threshold < policy.threshold
    assert "pictures of" in policy.source or "the tutorials' rule" in policy.source


def test_a_threshold_of_the_users_moves_the_uncertain_one_along():
    shipped = encoder_entry("sface").calibration

    policy = policy_for(encoder_entry("sface"), IdentityOptions(threshold=0.6, margin=0.2))

    assert policy.threshold == 0.6
    assert policy.threshold - policy.uncertain_threshold == pytest.approx(
        shipped.threshold - shipped.uncertain_threshold
    )
    assert policy.margin == 0.2
    assert "user" in policy.source


def test_a_policy_out_of_range_is_refused():
    with pytest.raises(SettingsError, match=r"uncertain_threshold is 0\.9"):
        DecisionPolicy(
            threshold=0.5, uncertain_threshold=0.9, margin=0.1, min_faces=2, same_face_cosine=0.5, source="a test"
        )
