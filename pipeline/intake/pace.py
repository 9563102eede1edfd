"""How far a run is, how fast it goes, and when it will be over."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.schemas import CHUNK_SAMPLES

WARM_UP_S = 1.0
"""Before that much wall time has passed since the first chunk, nobody can say how fast a run goes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One look at a run."""

    media_s: float
    """Media time that is in the record."""
    duration_s: float | None
    n_faces: int
    times_realtime: float | None
    """Media seconds done in one second; None until that can be said."""

    @property
    def remaining_s(self) -> float | None:
        """Seconds until the end at this pace; None when nobody can say."""
        if self.duration_s is None or not self.times_realtime:
            return None
        return max(0.0, self.duration_s - self.media_s) / self.times_realtime


def media_done_s(next_chunk: int, samples_per_second: float, duration_s: float | None) -> float:
    """Media time before chunk `next_chunk`, at most the whole."""
    done_s = next_chunk * CHUNK_SAMPLES / samples_per_second
    return done_s if duration_s is None else min(done_s, duration_s)


def pace_of(
    media_s: float, duration_s: float | None, n_faces: int, *, since: tuple[float, float], now_s: float
) -> Pace:
    """The pace since an earlier look: `since` is its wall clock and its media time, in seconds."""
    then_s, media_then_s = since
    elapsed_s = now_s - then_s
    speed = (media_s - media_then_s) / elapsed_s if elapsed_s >= WARM_UP_S else 0.0
    return Pace(media_s=media_s, duration_s=duration_s, n_faces=n_faces, times_realtime=speed or None)
