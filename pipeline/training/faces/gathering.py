"""Gather the faces of a folder of people, cut as a network wants them: one face a photograph, or the reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.errors import ImageUnreadable
from pipeline.faces.alignment import Alignment, WholePicture
from pipeline.faces.detection import Detector
from pipeline.identity.enrolment import SMALLEST_FACE
from pipeline.identity.photos.portraits import find_portrait
from pipeline.identity.photos.reading import PersonPhotos, list_gallery, read_photo
from pipeline.schemas import ImageU8, check_array


@dataclass(frozen=True, slots=True, eq=False)
class PersonFaces:
    """The usable faces of one person, in the order of their files' names."""

    name: str
    crops_rgb: ImageU8
    """`(N, S, S, 3)` uint8 RGB; N is at least 1."""

    def __post_init__(self) -> None:
        check_array("crops_rgb", self.crops_rgb, (None, None, None, 3), np.uint8)

    def __len__(self) -> int:
        return len(self.crops_rgb)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A photograph that cannot be learnt from."""

    person: str
    image: str
    """The file's name."""
    reason: str


@dataclass(frozen=True, slots=True)
class FaceFolder:
    """Everybody of a folder with at least one usable face, by name, and what was left out."""

    people: tuple[PersonFaces, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def n_faces(self) -> int:
        return sum(len(person) for person in self.people)


def gather_faces(
    folder: Path, detector: Detector, alignment: Alignment, on_photo: Callable[[int, int], None] | None = None
) -> FaceFolder:
    """The faces of a gallery folder; `on_photo` hears how many of how many photographs are done.

    Equal files of a person count once. Raises `NotFound` without the folder, and `GalleryEmpty` without a picture.
    """
    listed = list_gallery(folder)
    n_photos, n_done = sum(len(person.paths) for person in listed), 0
    people: list[PersonFaces] = []
    left_out: list[LeftOut] = []
    for photos in listed:
        gathering = _Gathering(detector, alignment, photos)
        for path in photos.paths:
            gathering.take(path)
            n_done += 1
            if on_photo is not None:
                on_photo(n_done, n_photos)
        left_out += gathering.left_out
        if gathering.crops:
            people.append(PersonFaces(photos.name, np.stack(gathering.crops)))
    return FaceFolder(tuple(people), tuple(left_out))


def cut_face(content: bytes, detector: Detector, alignment: Alignment) -> ImageU8:
    """The one face of a photograph `(S, S, 3)` uint8 RGB; raises `ImageUnreadable`, with the reason, without one."""
    image_bgr = read_photo(content)
    if isinstance(alignment, WholePicture):
        nothing = np.zeros((5, 2), np.float32)
        return _rgb(alignment.cut(image_bgr, np.zeros(4, np.float32), nothing))
    portrait = find_portrait(image_bgr, detector)
    if portrait is None:
        raise ImageUnreadable("no face was found")
    if not portrait.is_of_one_face:
        raise ImageUnreadable(f"{portrait.n_faces} faces, and nothing says whose picture this is")
    if portrait.side_px < SMALLEST_FACE:
        raise ImageUnreadable(f"the face is {portrait.side_px:.0f} pixels wide; at least {SMALLEST_FACE} are needed")
    return _rgb(alignment.cut(portrait.image_bgr, portrait.box_xyxy, portrait.landmarks_xy))


class _Gathering:
    """The faces of one person so far."""

    def __init__(self, detector: Detector, alignment: Alignment, photos: PersonPhotos) -> None:
        self._detector = detector
        self._alignment = alignment
        self._name = photos.name
        self._seen: set[str] = set()
        self.crops: list[ImageU8] = []
        self.left_out: list[LeftOut] = []

    def take(self, path: Path) -> None:
        """Add the face of a photograph, or why there is none."""
        try:
            content = path.read_bytes()
            self._check_new(content)
            self.crops.append(cut_face(content, self._detector, self._alignment))
        except OSError as error:
            self._leave_out(path, f"the file cannot be read: {error.strerror}")
        except ImageUnreadable as error:
            self._leave_out(path, str(error))

    def _check_new(self, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        if digest in self._seen:
            raise ImageUnreadable("the same file as an earlier one of this person")
        self._seen.add(digest)

    def _leave_out(self, path: Path, reason: str) -> None:
        self.left_out.append(LeftOut(person=self._name, image=path.name, reason=reason))


def _rgb(crop_bgr: ImageU8 | None) -> ImageU8:
    if crop_bgr is None:
        raise ImageUnreadable("the face cannot be cut out")
    return np.ascontiguousarray(crop_bgr[..., ::-1])
