"""The operating point in effect for a command, with a word to the user when a calibration is stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.cli.output import warn

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.identity.decision import DecisionPolicy
    from pipeline.identity.policies import Standing


def policy_of(session: Session, control: Control, encoder: str) -> DecisionPolicy:
    """By what faces are judged today: settings, else the calibration, else what ships; a stale one is named."""
    from pipeline.identity.policies import policy_in_effect

    in_effect = policy_in_effect(control, encoder, session.settings.identity)
    warn_if_stale(in_effect.standing)
    return in_effect.policy


def warn_of_calibration(control: Control, encoder: str) -> None:
    """Name a calibration that would have been used, if it were not stale."""
    from pipeline.identity.policies import standing_of

    warn_if_stale(standing_of(control, encoder))


def warn_if_stale(standing: Standing) -> None:
    """Say why a calibration is not used."""
    if standing.warning is not None:
        warn(standing.warning)
