"""Where labels go: by their faces, inside the picture, and over no face where that can be had. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 4
"""Between a box and its label, in pixels."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the picture, in whole pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def overlap(self, other: Area) -> int:
        """Pixels that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, across) * max(0, down)


def place_labels(boxes: Sequence[Area], sizes_wh: Sequence[tuple[int, int]], frame_wh: tuple[int, int]) -> list[Area]:
    """A place for the label of each box: above it, below it or beside it, wherever it covers the least.

    Faces count before labels, and of equal places the first of these.
    """
    placed: list[Area] = []
    for box, size_wh in zip(boxes, sizes_wh, strict=True):
        choices = [_inside(choice, frame_wh) for choice in _choices(box, size_wh)]
        placed.append(min(choices, key=lambda choice: (_cover(choice, boxes), _cover(choice, placed))))
    return placed


def place_in_corner(size_wh: tuple[int, int], taken: Sequence[Area], frame_wh: tuple[int, int]) -> Area:
    """A corner in which a line of text covers the least; of equal ones the first from the upper left on."""
    width, height = size_wh
    right, bottom = frame_wh[0] - width - GAP, frame_wh[1] - height - GAP
    corners = [Area(left, top, width, height) for top in (GAP, bottom) for left in (GAP, right)]
    return min((_inside(corner, frame_wh) for corner in corners), key=lambda corner: _cover(corner, taken))


def _choices(box: Area, size_wh: tuple[int, int]) -> list[Area]:
    width, height = size_wh
    middle = box.top + (box.height - height) // 2
    return [
        Area(box.left, box.top - height - GAP, width, height),
        Area(box.left, box.bottom + GAP, width, height),
        Area(box.right + GAP, middle, width, height),
        Area(box.left - width - GAP, middle, width, height),
    ]


def _inside(area: Area, frame_wh: tuple[int, int]) -> Area:
    left = max(0, min(area.left, frame_wh[0] - area.width))
    top = max(0, min(area.top, frame_wh[1] - area.height))
    return Area(left, top, area.width, area.height)


def _cover(area: Area, others: Sequence[Area]) -> int:
    return sum(area.overlap(other) for other in others)
