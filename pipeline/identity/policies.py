"""Which operating point is in effect: what the user set, else what was calibrated here, else what ships.

A calibration belongs to the weights, to the size of the gallery and to the people's pictures that it was measured with
(these are known when they were enrolled; stand-ins from a folder are judged by size). One that was made for others is
stale: it is named wherever it would be used, and what ships is used in its place.

    standing_of(control, encoder) -> Standing                   the calibration, and why it is not used
    policy_in_effect(control, encoder, options) -> PolicyInEffect
    policy_of_calibration(control, encoder, calibration_id, options) -> DecisionPolicy         what a run was named by
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pipeline.control.database import Control
from pipeline.control.gallery.calibrations import Calibration, Calibrations
from pipeline.control.gallery.versions import count_references, which_enrolled
from pipeline.encoders.manifest import ManifestEntry, encoder_entry
from pipeline.identity.calibration.sketches import estimate_overlap, estimate_shared
from pipeline.identity.decision import DecisionPolicy, MeasuredPoint, policy_for
from pipeline.options import IdentityOptions

MOST_CHANGE = 2.0
"""A gallery may become this many times larger or smaller, in people or in pictures a person, before its calibration is
stale. Strangers are named about in proportion to the people enrolled (1 - (1 - FMR)^N is N FMR while that is small), so
twice as many people double the rate that was asked for; and a mean of half as many pictures is about 1.4 times as
noisy. A smaller change lies within the interval of the measurement itself.

Its pictures may be replaced to the same degree: of the smaller gallery of then and now one picture in so many has to be
in the other. So one that only grows or shrinks is judged by its size, and one of other people is found at any size."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest calibration of a data folder, and whether it can be used as things are."""

    newest: Calibration | None
    stale: tuple[str, ...] = ()
    """Why it is not used, in words; empty when it is."""

    @property
    def used(self) -> Calibration | None:
        """The calibration in effect."""
        return None if self.stale else self.newest

    @property
    def calibration_id(self) -> int | None:
        return self.used.calibration_id if self.used else None

    @property
    def warning(self) -> str | None:
        """What to tell whoever would have used it."""
        if self.newest is None or not self.stale:
            return None
        return (
            f"calibration {self.newest.calibration_id} of {self.newest.made_at:%Y-%m-%d} is stale and not used: "
            f"{'; '.join(self.stale)}. What ships with the encoder applies until `facetrail calibrate` is run again"
        )


@dataclass(frozen=True, slots=True)
class PolicyInEffect:
    """The operating point of today, and the calibration behind it."""

    policy: DecisionPolicy
    standing: Standing


def policy_in_effect(control: Control, encoder: str, options: IdentityOptions) -> PolicyInEffect:
    """By what faces are judged today; raises `NotFound` for an encoder that nobody knows."""
    entry = encoder_entry(encoder, control.weights_dir)
    standing = standing_of(control, encoder)
    return PolicyInEffect(policy_for(entry, options, _point(standing.used)), standing)


def policy_of_calibration(
    control: Control, encoder: str, calibration_id: int | None, options: IdentityOptions
) -> DecisionPolicy:
    """By what sightings were judged that name a calibration, whatever has become of it since."""
    used = None if calibration_id is None else Calibrations(control).get(calibration_id)
    return policy_for(encoder_entry(encoder, control.weights_dir), options, _point(used))


def standing_of(control: Control, encoder: str) -> Standing:
    """The newest calibration, and why it cannot be used with this encoder and the gallery of today."""
    newest = Calibrations(control).newest()
    if newest is None:
        return Standing(None)
    if newest.encoder != encoder:
        return Standing(newest, (f"it was made for the encoder {newest.encoder}, not for {encoder}",))
    stale = []
    if newest.encoder_digest != encoder_digest(control, encoder_entry(encoder, control.weights_dir)):
        stale.append(f"the encoder {encoder} has other weights, or is fed otherwise, than then")
    with control.reading() as transaction:
        counts = count_references(transaction, encoder)
        enrolled = which_enrolled(transaction, encoder, newest.reference_sketch)
    return Standing(newest, (*stale, *changes_of_gallery(newest, counts, enrolled)))


def changes_of_gallery(then: Calibration, counts: list[int], enrolled: frozenset[str]) -> list[str]:
    """How a gallery with so many pictures of each person differs too much from the one of a calibration, in words.

    `enrolled` are the pictures of the calibration's sketch that are still in the gallery.
    An empty gallery names nobody, and differs from none.
    """
    if not counts:
        return []
    images = sum(counts) / len(counts)
    found = []
    if _is_far(len(counts), then.n_people):
        found.append(f"it was made for {then.n_people} people, and {len(counts)} are enrolled")
    if _is_far(images, then.images_per_person):
        found.append(f"it was made for {then.images_per_person:.3g} pictures a person, and there are {images:.3g}")
    found += _replaced_pictures(then, sum(counts), enrolled)
    return found


def encoder_digest(control: Control, entry: ManifestEntry) -> str:
    """The sha256 of what decides an encoder's embeddings: weights, last layers trained here, alignment, input."""
    digest = hashlib.sha256()
    parts = (entry.name, entry.module, entry.sha256, entry.input_size, entry.dimensions, entry.colour_order)
    for part in (*parts, entry.alignment, entry.alignment_points):
        digest.update(f"{part}\n".encode())
    if entry.tail:
        path = control.weights_dir / entry.tail
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def _replaced_pictures(then: Calibration, n_now: int, enrolled: frozenset[str]) -> list[str]:
    """Says so when a calibration was made from other pictures; without a sketch nothing is known of them."""
    if not then.reference_sketch:
        return []
    n_then = max(then.n_images, len(then.reference_sketch))
    shared = estimate_shared(then.reference_sketch, enrolled, n_then)
    if estimate_overlap(shared, n_then, n_now) * MOST_CHANGE >= 1:
        return []
    return [f"it was made from other pictures: {100 * shared / n_then:.0f} % of them are still enrolled"]


def _is_far(now: float, then: float) -> bool:
    return now > MOST_CHANGE * then or then > MOST_CHANGE * now


def _point(used: Calibration | None) -> MeasuredPoint | None:
    if used is None:
        return None
    return MeasuredPoint(used.threshold, used.uncertain_threshold, used.margin, used.source)
