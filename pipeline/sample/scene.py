"""What the sample shows and when: photographs on smooth paths in a few shots, and the truth that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.sample.pictures import ASTRONAUT, COFFEE, OBAMA_SPEAKING, OBAMA_STANDING, ROCKET, Picture

FRAME_SIZE_WH = (1280, 720)
FPS = 25
STRANGER = "stranger"
"""The one who is not in the gallery, as the truth calls her."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer is in the frame at one moment: its centre and its height in pixels of the frame."""

    at_s: float
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A part of a photograph that moves from place to place; it rests before the first and after the last."""

    picture: Picture
    crop_xyxy: tuple[int, int, int, int]
    """The part shown, in pixels of the photograph."""
    places: tuple[Place, ...]
    framed: bool = False
    """As a print with a white border and a shadow; otherwise edge to edge."""
    blur: float = 0.0
    """Standard deviation in pixels of the frame."""
    person: str | None = None
    face_xyxy: Box | None = None
    """The person's face, in pixels of the photograph."""

    def place_at(self, at_s: float) -> Place:
        """The place at a moment: still at both ends of every move, and smooth between."""
        if at_s <= self.places[0].at_s:
            return self.places[0]
        for begin, end in zip(self.places, self.places[1:], strict=False):
            if at_s <= end.at_s:
                return _between(begin, end, at_s)
        return self.places[-1]

    def face_at(self, at_s: float) -> Box | None:
        """The face's box in pixels of the frame, maybe outside of it; None for a layer without a person."""
        if self.face_xyxy is None:
            return None
        place = self.place_at(at_s)
        left, top, right, bottom = self.crop_xyxy
        scale = place.height / (bottom - top)
        shift_x = place.x - scale * (left + right) / 2
        shift_y = place.y - scale * (top + bottom) / 2
        x0, y0, x1, y1 = self.face_xyxy
        return x0 * scale + shift_x, y0 * scale + shift_y, x1 * scale + shift_x, y1 * scale + shift_y


@dataclass(frozen=True, slots=True)
class Shot:
    """A stretch without a cut: layers from the back to the front."""

    start_s: float
    end_s: float
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class TruthRow:
    """Who shows a face from when to when; `clear` when the whole face is inside the picture, `hard` otherwise."""

    person: str
    start_s: float
    end_s: float
    level: str
    note: str


def frame_times(shots: tuple[Shot, ...]) -> Iterator[tuple[float, Shot]]:
    """Every frame's time in seconds with its shot, in order."""
    for index in range(round(shots[-1].end_s * FPS)):
        at_s = index / FPS
        yield at_s, next(shot for shot in shots if at_s < shot.end_s - 0.5 / FPS)


def list_truth(shots: tuple[Shot, ...]) -> list[TruthRow]:
    """The truth of a scene, to the frame, by start and person."""
    rows = [row for shot in shots for layer in shot.layers if layer.person for row in _layer_truth(shot, layer)]
    return sorted(rows, key=lambda row: (row.start_s, row.person))


def _between(begin: Place, end: Place, at_s: float) -> Place:
    part = (at_s - begin.at_s) / (end.at_s - begin.at_s)
    eased = part * part * (3 - 2 * part)
    x, y, height = (
        getattr(begin, name) + eased * (getattr(end, name) - getattr(begin, name)) for name in ("x", "y", "height")
    )
    return Place(at_s, x, y, height)


def _layer_truth(shot: Shot, layer: Layer) -> Iterator[TruthRow]:
    """Runs of frames of equal level, as rows."""
    first, last = round(shot.start_s * FPS), round(shot.end_s * FPS)
    levels = [_level(layer.face_at(index / FPS)) for index in range(first, last)]
    start = 0
    for index in range(1, len(levels) + 1):
        if index < len(levels) and levels[index] == levels[start]:
            continue
        level = levels[start]
        if level is not None:
            begin_s, end_s = (first + start) / FPS, (first + index) / FPS
            yield TruthRow(layer.person or "", begin_s, end_s, level, layer.picture.file_name)
        start = index


def _level(face: Box | None) -> str | None:
    """How well a face can be seen: `clear`, `hard`, or None when no part of it is inside the frame."""
    if face is None:
        return None
    left, top, right, bottom = face
    width, height = FRAME_SIZE_WH
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return None
    return "clear" if left >= 0 and top >= 0 and right <= width and bottom <= height else "hard"


def _full(picture: Picture, size_wh: tuple[int, int], *places: Place, blur: float = 0.0) -> Layer:
    return Layer(picture=picture, crop_xyxy=(0, 0, *size_wh), places=places, blur=blur)


_SPEAKER = Layer(
    picture=OBAMA_SPEAKING,
    crop_xyxy=(0, 40, 560, 1040),  # without the listener behind him, who is cut off by the photograph's edge
    face_xyxy=(200, 235, 480, 625),
    person="Barack Obama",
    framed=True,
    places=(
        Place(2.0, -250, 370, 600),
        Place(3.0, 370, 370, 600),
        Place(5.8, 410, 360, 640),
        Place(6.6, -260, 350, 640),
    ),
)
_ASTRONAUT = Layer(
    picture=ASTRONAUT,
    crop_xyxy=(50, 0, 430, 512),
    face_xyxy=(178, 62, 268, 172),
    person=STRANGER,
    framed=True,
    # She comes to rest at 7.6 s: from there to the cut nothing moves, and she is still there.
    places=(
        Place(3.4, 1530, 360, 560),
        Place(4.4, 900, 360, 560),
        Place(6.4, 860, 365, 590),
        Place(7.6, 640, 360, 620),
    ),
)
_STANDING = Layer(
    picture=OBAMA_STANDING,
    crop_xyxy=(0, 0, 1434, 2333),
    face_xyxy=(640, 255, 910, 605),
    person="Barack Obama",
    places=(Place(12.4, 640, 906, 2100), Place(16.4, 592, 1106, 2613)),
)

SHOTS = (
    Shot(0.0, 2.0, (_full(COFFEE, (600, 400), Place(0.0, 640, 360, 860), Place(2.0, 650, 370, 930)),)),
    Shot(2.0, 9.6, (_full(ROCKET, (640, 427), Place(2.0, 640, 320, 880), blur=9.0), _SPEAKER, _ASTRONAUT)),
    Shot(9.6, 12.4, (_full(COFFEE, (600, 400), Place(9.6, 760, 330, 1150), Place(12.4, 560, 370, 1150)),)),
    Shot(12.4, 16.4, (_STANDING,)),
    Shot(16.4, 17.6, (_full(ROCKET, (640, 427), Place(16.4, 640, 360, 870), Place(17.6, 640, 370, 900)),)),
)
"""Nobody; he and the stranger, who then stays alone and still; nobody; he again, in another photograph; nobody."""
