"""Pictures that were lost, by their time stamps: decoders notice a loss earlier than its turn to be shown comes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class LossLedger:
    """Keeps losses until a frame that is shown after them claims them.

    Losses before the first frame belong to no media time and are not counted.
    """

    _open: set[int | None] = field(default_factory=set)
    _n_claimed: int = 0
    _began: bool = False

    @property
    def n_lost(self) -> int:
        """Pictures lost since the first frame; all of them as long as there is none."""
        return self._n_claimed + len(self._open)

    def note(self, pts: int | None) -> None:
        """A picture with this time stamp is lost; None when it has none."""
        self._open.add(pts)

    def claim(self, pts: int | None, *, is_overdue: bool) -> int:
        """The number of losses up to the frame of `pts`; at least one when it `is_overdue`."""
        claimed = {loss for loss in self._open if loss is None or pts is None or loss <= pts}
        self._open -= claimed
        count = max(len(claimed), is_overdue) if self._began else 0
        self._began = True
        self._n_claimed += count
        return count

    def has_lost(self, pts: int | None) -> bool:
        """Whether the picture of this time stamp was noted as lost."""
        return pts is not None and pts in self._open
