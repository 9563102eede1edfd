"""The operating point in effect for a command, with a word to the user when a calibration is stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.cli.output import warn

if TYPE_CHECKING:
    from dashboards.cli.session import Session
    from pipeline.control.database import Control
    from pipeline.identity.decision import DecisionPolicy
    from pipeline.identity.policies import PolicyInEffect, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """By what faces are judged today."""

    encoder: str
    threshold: float
    uncertain_threshold: float
    margin: float
    source: str
    """Where they come from, in words."""
    calibration_id: int | None
    """The calibration in effect; None when there is none, or when it is not used."""
    stale: tuple[str, ...]
    """Why the newest calibration is not used; empty when it is, or when there is none."""

    def __str__(self) -> str:
        return f"{self.encoder}: known from {self.threshold:.4f} on ({self.source})"


def thresholds_of(session: Session, control: Control) -> Thresholds:
    """By what the data folder's faces are judged today; a stale calibration is named."""
    encoder = session.settings.encoding.encoder
    in_effect = _in_effect(session, control, encoder)
    policy, standing = in_effect.policy, in_effect.standing
    warn_if_stale(standing)
    return Thresholds(
        encoder=encoder,
        threshold=policy.threshold,
        uncertain_threshold=policy.uncertain_threshold,
        margin=policy.margin,
        source=policy.source,
        calibration_id=standing.calibration_id,
        stale=standing.stale,
    )


def policy_of(session: Session, control: Control, encoder: str) -> DecisionPolicy:
    """By what faces are judged today: settings, else the calibration, else what ships; a stale one is named."""
    in_effect = _in_effect(session, control, encoder)
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


def _in_effect(session: Session, control: Control, encoder: str) -> PolicyInEffect:
    from pipeline.identity.policies import policy_in_effect

    return policy_in_effect(control, encoder, session.settings.identity)
