"""Count what became of a run's samples, minute by minute of media."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pipeline.schemas import LeftOut, Sample, SampleState

MINUTE_S = 60


class CoverageCount(msgspec.Struct, frozen=True, array_like=True):
    """One minute of media: how many samples there were so far, and what became of them."""

    minute: int
    """Minutes since the start of the media."""
    expected: int = 0
    decoded: int = 0
    gated: int = 0
    dropped: int = 0
    failed: int = 0
    reasons: dict[LeftOut, int] = {}  # msgspec makes a new one each time
    """How many of the dropped and failed ones for which reason, in the order of their names."""

    def plus(self, sample: Sample) -> CoverageCount:
        """This minute with one more sample."""
        state = sample.state
        return CoverageCount(
            minute=self.minute,
            expected=self.expected + 1,
            decoded=self.decoded + (state is SampleState.DECODED),
            gated=self.gated + (state is SampleState.GATED),
            dropped=self.dropped + (state is SampleState.DROPPED),
            failed=self.failed + (state is SampleState.FAILED),
            reasons=self._reasons_with(sample.reason),
        )

    def _reasons_with(self, reason: LeftOut | None) -> dict[LeftOut, int]:
        if reason is None:
            return self.reasons
        return dict(sorted({**self.reasons, reason: self.reasons.get(reason, 0) + 1}.items()))


def count_samples(latest: CoverageCount | None, samples: Sequence[Sample]) -> tuple[CoverageCount, ...]:
    """The minutes that these samples touch, with their counts so far; `latest` is the last minute touched before."""
    counts = {latest.minute: latest} if latest else {}
    minute = latest.minute if latest else 0
    touched: set[int] = set()
    for sample in samples:
        minute = max(minute, int(sample.media_s // MINUTE_S))
        counts[minute] = counts.get(minute, CoverageCount(minute)).plus(sample)
        touched.add(minute)
    return tuple(counts[minute] for minute in sorted(touched))
