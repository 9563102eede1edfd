"""Decide from a match whether a track is somebody: known, uncertain or unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.encoders.manifest import ManifestEntry
from pipeline.options import IdentityOptions, check_range
from pipeline.schemas import Match
from pipeline.sightings.rows import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPolicy:
    """The operating point: scores are cosine similarity of a track's template and a person's mean reference."""

    threshold: float
    """From here on a track may be known."""
    uncertain_threshold: float
    """From here on a track is at least uncertain."""
    margin: float
    """Least lead over the second person; does not apply with a single person enrolled."""
    min_faces: int
    """Least number of encoded faces for a name."""
    same_face_cosine: float
    """From here on the templates of two tracks show the same face."""
    source: str
    """The calibration that the numbers come from."""

    def __post_init__(self) -> None:
        check_range("identity.threshold", self.threshold, -1, 1)
        check_range("identity.uncertain_threshold", self.uncertain_threshold, -1, self.threshold)
        check_range("identity.margin", self.margin, 0, 2)
        check_range("identity.min_faces", self.min_faces, 1, 100)


@dataclass(frozen=True, slots=True)
class MeasuredPoint:
    """The thresholds of a calibration; the encoder ships with one, and another may have been made with this gallery."""

    threshold: float
    uncertain_threshold: float
    margin: float
    source: str


def policy_for(entry: ManifestEntry, options: IdentityOptions, measured: MeasuredPoint | None = None) -> DecisionPolicy:
    """The policy by `measured`, else by the encoder's own calibration, with the numbers that `options` sets instead.

    Another threshold moves the uncertain one along with it.
    """
    shipped = entry.calibration
    point = measured or MeasuredPoint(shipped.threshold, shipped.uncertain_threshold, shipped.margin, shipped.source)
    policy = DecisionPolicy(
        threshold=point.threshold,
        uncertain_threshold=point.uncertain_threshold,
        margin=point.margin if options.margin is None else options.margin,
        min_faces=options.min_faces,
        same_face_cosine=entry.tracking.agree_cosine,
        source=point.source,
    )
    if options.threshold is None:
        return policy
    band = point.threshold - point.uncertain_threshold
    uncertain = max(-1.0, options.threshold - band)
    return replace(policy, threshold=options.threshold, uncertain_threshold=uncertain, source="set by the user")


def decide(match: Match | None, n_useful_faces: int, policy: DecisionPolicy) -> Status:
    """The status of a track with this best match, seen in so many useful (encoded) faces."""
    if match is None or match.score < policy.uncertain_threshold:
        return Status.UNKNOWN
    leads = match.margin is None or match.margin >= policy.margin
    if match.score >= policy.threshold and leads and n_useful_faces >= policy.min_faces:
        return Status.KNOWN
    return Status.UNCERTAIN
