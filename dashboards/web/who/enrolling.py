"""Pictures that become references, from a file or a camera: examined anew, and enrolled as somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.identity.capturing import Advice, Pose, advise
from pipeline.people.enrolling import JudgedPicture, PicturesEnrolled, enrol_pictures

if TYPE_CHECKING:
    from dashboards.web.site import Site

MOST_AT_ONCE = 10
"""Pictures of one person in one go; three to ten work well."""


@dataclass(frozen=True, slots=True)
class Step:
    """One picture of the guided capture."""

    pose: Pose
    title: str
    words: str


STEPS = (
    Step(Pose.FRONT, "Straight", "Look straight into the camera."),
    Step(Pose.LEFT, "Left", "Turn your head a little to your left."),
    Step(Pose.RIGHT, "Right", "Turn your head a little to your right."),
)
"""What a person is known by well: the front and a little of both sides."""


def enrol_sent(site: Site, name: str, pictures: Sequence[bytes], *, who: str) -> PicturesEnrolled:
    """Enrol what is usable of the pictures, as files' bytes, under that name.

    Raises `InputError` without a picture, with too many, and for a name that nobody can have.
    """
    if not 1 <= len(pictures) <= MOST_AT_ONCE:
        raise InputError(f"{len(pictures)} pictures were sent; 1 to {MOST_AT_ONCE} can be enrolled at once")
    judged = [
        JudgedPicture(site.asker.reference(content, f"picture {number}"), content)
        for number, content in enumerate(pictures, start=1)
    ]
    encoder = site.control.encoder(site.encoder)
    return enrol_pictures(site.control, encoder, name.strip(), judged, who=who)


def advise_frame(site: Site, frame: bytes, pose: Pose) -> Advice:
    """What to tell somebody in front of the camera."""
    return advise(site.asker.faces(frame), pose)
