"""Follow faces from sample to sample of one source: open tracks and a sample go in, open and closed tracks come out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pipeline.options import TrackingOptions
from pipeline.schemas import Face, Sample, SampleState
from pipeline.sightings.folding.evidence import Evidence, add_face, best_embeddings_of, template_of
from pipeline.sightings.folding.pairs import Candidate, pair_faces
from pipeline.sightings.rows import ClosedTrack


class OpenTrack(msgspec.Struct, frozen=True, array_like=True):
    """One face being followed."""

    track_id: str
    start_s: float
    end_s: float
    """Media time of the last sample in which the face was present."""
    box_xyxy: tuple[float, float, float, float]
    """Where the face was last found, in pixels."""
    evidence: Evidence
    n_faces: int = 1
    n_frames: int = 1
    n_frames_dropped: int = 0
    n_missed: int = 0
    """Samples since `end_s` that did not show the face; they count once it is found again."""
    n_missed_dropped: int = 0
    """Samples since `end_s` at which nobody could look."""

    @property
    def was_missed(self) -> bool:
        """Whether the last sample did not show the face."""
        return self.n_missed + self.n_missed_dropped > 0


@dataclass(frozen=True, slots=True)
class Observation:
    """One sample of a run with the faces found in it."""

    run_id: str
    sample: Sample
    faces: tuple[Face, ...] = ()
    """Sorted by box; none unless the sample is DECODED."""
    frame_size_wh: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class TrackStep:
    """Where the tracks stand after one sample."""

    tracks: tuple[OpenTrack, ...]
    closed: tuple[ClosedTrack, ...] = ()


def follow_faces(tracks: Sequence[OpenTrack], seen: Observation, options: TrackingOptions) -> TrackStep:
    """Go on by one sample.

    A shot cut ends every track, and a gap longer than `max_gap_s` the track that has it. On a GATED sample the tracks
    seen in the sample before stay present. On a FAILED or DROPPED one nobody is seen.
    """
    over = {track.track_id for track in tracks if seen.sample.starts_shot or _is_over(track, seen.sample, options)}
    alive = [track for track in tracks if track.track_id not in over]
    closed = tuple(close_track(track) for track in tracks if track.track_id in over)
    if seen.sample.state is SampleState.GATED:
        return TrackStep(tuple(_stayed(track, seen.sample.media_s) for track in alive), closed)
    if seen.sample.state in {SampleState.FAILED, SampleState.DROPPED}:
        return TrackStep(tuple(_missed(track, dropped=1) for track in alive), closed)
    step = _link_faces(alive, seen, options)
    return TrackStep(step.tracks, closed + step.closed)


def close_track(track: OpenTrack) -> ClosedTrack:
    """The finished track, ending where its face was last present."""
    return ClosedTrack(
        track_id=track.track_id,
        media_start_s=track.start_s,
        media_end_s=track.end_s,
        n_faces=track.n_faces,
        n_frames=track.n_frames,
        n_frames_dropped=track.n_frames_dropped,
        n_good=track.evidence.n_good,
        n_useful=track.evidence.n_useful,
        best_quality=track.evidence.best_quality,
        box_xywh=track.evidence.box_xywh,
        template=template_of(track.evidence),
        best_embeddings=best_embeddings_of(track.evidence),
        thumbs_jpeg=tuple(thumb.data for thumb in track.evidence.thumbs),
    )


def track_id_for(run_id: str, sample_index: int, ordinal: int) -> str:
    """The id of the track that begins with the given face, counted among its sample's faces."""
    return "t_" + hashlib.sha256(f"{run_id}/{sample_index}/{ordinal}".encode()).hexdigest()[:16]


def _is_over(track: OpenTrack, sample: Sample, options: TrackingOptions) -> bool:
    return track.was_missed and sample.media_s - track.end_s > options.max_gap_s


def _link_faces(tracks: Sequence[OpenTrack], seen: Observation, options: TrackingOptions) -> TrackStep:
    media_s = seen.sample.media_s
    pairs = pair_faces(
        [_candidate(track, media_s) for track in tracks],
        [Candidate(_box_of(face), face.embedding) for face in seen.faces],
        options,
    )
    face_of = {pair.track: pair.face for pair in pairs}
    steps = [_advance(track, face_of.get(place), seen, options) for place, track in enumerate(tracks)]
    fresh = [_begin(seen, place, options) for place in range(len(seen.faces)) if place not in face_of.values()]
    closed = tuple(track for step in steps for track in step.closed)
    return TrackStep(tuple(track for step in steps for track in step.tracks) + tuple(fresh), closed)


def _advance(track: OpenTrack, place: int | None, seen: Observation, options: TrackingOptions) -> TrackStep:
    if place is None:
        return TrackStep((_missed(track),))
    media_s = seen.sample.media_s
    if media_s - track.start_s < options.max_track_s:
        return TrackStep((_found(track, place, seen, options),))
    # The old track reaches to where the new one begins: a face that stays in view leaves no hole in its presence.
    return TrackStep((_begin(seen, place, options),), (close_track(_resumed(track, media_s)),))


def _begin(seen: Observation, place: int, options: TrackingOptions) -> OpenTrack:
    face, media_s = seen.faces[place], seen.sample.media_s
    return OpenTrack(
        track_id=track_id_for(seen.run_id, seen.sample.index, place),
        start_s=media_s,
        end_s=media_s,
        box_xyxy=_box_of(face),
        evidence=add_face(Evidence(), face, media_s, seen.frame_size_wh, options.good_quality or 0.0),
    )


def _found(track: OpenTrack, place: int, seen: Observation, options: TrackingOptions) -> OpenTrack:
    face, media_s = seen.faces[place], seen.sample.media_s
    resumed = _resumed(track, media_s)
    return msgspec.structs.replace(
        resumed,
        box_xyxy=_box_of(face),
        n_faces=resumed.n_faces + 1,
        n_frames=resumed.n_frames + 1,
        evidence=add_face(track.evidence, face, media_s, seen.frame_size_wh, options.good_quality or 0.0),
    )


def _resumed(track: OpenTrack, media_s: float) -> OpenTrack:
    return msgspec.structs.replace(
        track,
        end_s=media_s,
        n_frames=track.n_frames + track.n_missed,
        n_frames_dropped=track.n_frames_dropped + track.n_missed_dropped,
        n_missed=0,
        n_missed_dropped=0,
    )


def _stayed(track: OpenTrack, media_s: float) -> OpenTrack:
    if track.was_missed:
        return _missed(track)
    return msgspec.structs.replace(track, end_s=media_s, n_frames=track.n_frames + 1)


def _missed(track: OpenTrack, *, dropped: int = 0) -> OpenTrack:
    return msgspec.structs.replace(
        track, n_missed=track.n_missed + 1 - dropped, n_missed_dropped=track.n_missed_dropped + dropped
    )


def _candidate(track: OpenTrack, media_s: float) -> Candidate:
    return Candidate(track.box_xyxy, template_of(track.evidence), media_s - track.end_s, track.was_missed)


def _box_of(face: Face) -> tuple[float, float, float, float]:
    left, top, right, bottom = face.box_xyxy.tolist()
    return left, top, right, bottom
