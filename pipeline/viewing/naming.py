"""Names for faces that are followed from picture to picture: as in the record, but at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.identity.decision import DecisionPolicy, decide
from pipeline.identity.matchers.matching import Matcher
from pipeline.options import TrackingOptions
from pipeline.schemas import FaceChunk, Match, Sample
from pipeline.sightings.folding.evidence import template_of
from pipeline.sightings.folding.tracking import Observation, OpenTrack, follow_faces
from pipeline.sightings.rows import Status
from pipeline.viewing.drawing import Mark


@dataclass(frozen=True, slots=True)
class Naming:
    """By whom and by what faces are named."""

    matcher: Matcher | None
    """None when nobody is enrolled."""
    policy: DecisionPolicy
    tracking: TrackingOptions


@dataclass(frozen=True, slots=True, eq=False)
class NamedFace:
    """A face in one sample, and who its track seems to be by now."""

    track_id: str
    box: tuple[float, float, float, float]
    """Left, top, right, bottom in pixels of the frame."""
    status: Status
    person_name: str | None
    """The candidate; also of an uncertain face, whose name is only a guess."""
    score: float | None
    """Cosine similarity to the candidate's mean reference."""

    @property
    def mark(self) -> Mark:
        """As it is drawn."""
        return Mark(np.array(self.box, np.float32), self.status, self._words())

    def _words(self) -> str:
        if self.status is Status.UNKNOWN or self.person_name is None or self.score is None:
            return "unknown"
        name = self.person_name if self.status is Status.KNOWN else f"{self.person_name}?"
        return f"{name} {self.score:.2f}"


class FaceNamer:
    """Follows the faces of one source, and names those that a sample shows; chunks come in order."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._tracks: tuple[OpenTrack, ...] = ()
        self._names = _names_of(naming.matcher)

    def name(self, chunk: FaceChunk) -> list[tuple[Sample, tuple[NamedFace, ...]]]:
        """For each sample of an encoded chunk the faces that are in it."""
        return [(sample, self._name_sample(chunk, sample)) for sample in chunk.samples]

    def _name_sample(self, chunk: FaceChunk, sample: Sample) -> tuple[NamedFace, ...]:
        faces = tuple(face for face in chunk.faces if face.sample_index == sample.index)
        seen = Observation(chunk.run.run_id, sample, faces, chunk.frame_size_wh)
        self._tracks = follow_faces(self._tracks, seen, self._naming.tracking).tracks
        here = [track for track in self._tracks if not track.was_missed]
        return tuple(self._named(track, match) for track, match in zip(here, self._matches(here), strict=True))

    def _matches(self, tracks: list[OpenTrack]) -> list[Match | None]:
        templates = [template_of(track.evidence) for track in tracks]
        known = [template for template in templates if template is not None]
        if self._naming.matcher is None or not known:
            return [None] * len(tracks)
        found = iter(self._naming.matcher.match(np.stack(known)))
        return [None if template is None else next(found) for template in templates]

    def _named(self, track: OpenTrack, match: Match | None) -> NamedFace:
        return NamedFace(
            track_id=track.track_id,
            box=track.box_xyxy,
            status=decide(match, track.evidence.n_useful, self._naming.policy),
            person_name=None if match is None else self._names[match.person_id],
            score=None if match is None else match.score,
        )


def _names_of(matcher: Matcher | None) -> dict[str, str]:
    if matcher is None:
        return {}
    return dict(zip(matcher.gallery.person_ids, matcher.gallery.person_names, strict=True))
