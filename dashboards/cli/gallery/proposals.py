"""What to do about a finding, in words and as the command to type; nothing is done by itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.identity.gallery_check import Finding, FindingKind

if TYPE_CHECKING:
    from pipeline.control.gallery.records import Person, Reference

KEPT_DIGITS = 12
"""Digits of a picture's digest that tell it from all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageName:
    """A reference picture, as commands take it."""

    person: str
    image_sha256: str
    image_ref: str
    """Path below the data folder; empty for a reference that came without its picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One finding with what may be done about it."""

    kind: FindingKind
    people: tuple[str, ...]
    person_ids: tuple[str, ...]
    images: tuple[ImageName, ...]
    score: float | None
    """The similarity that was found (cosine)."""
    lead: float | None
    """Score with the own person minus that with the other one."""
    message: str
    proposal: str
    commands: tuple[str, ...]


def propose(finding: Finding, people: Mapping[str, Person], images: Sequence[ImageName]) -> Proposal:
    """The finding in words; `people` by id, `images` in the order of the gallery's references."""
    names = tuple(people[person_id].name for person_id in finding.person_ids)
    shown = tuple(images[place] for place in finding.images)
    message, proposal, commands = _WORDS[finding.kind](finding, names, shown)
    return Proposal(
        kind=finding.kind,
        people=names,
        person_ids=finding.person_ids,
        images=shown,
        score=finding.score,
        lead=finding.lead,
        message=message,
        proposal=proposal,
        commands=commands,
    )


def image_names(people: Sequence[Person], encoder: str) -> list[ImageName]:
    """The reference pictures in the order of `Gallery.references`: by person id, then by digest."""
    by_id = sorted(people, key=lambda person: person.person_id)
    return [
        ImageName(person=person.name, image_sha256=each.image_sha256, image_ref=each.image_ref)
        for person in by_id
        for each in sorted(person.references, key=_digest)
        if each.encoder == encoder
    ]


def _digest(reference: Reference) -> str:
    return reference.image_sha256


_Words = tuple[str, str, tuple[str, ...]]


def _same_picture(found: Finding, names: tuple[str, ...], images: tuple[ImageName, ...]) -> _Words:
    return (
        f"one picture is enrolled for {names[0]} and for {names[1]} ({found.score:.3f} alike)",
        "take it away from the one whose it is not; are they one person, remove the poorer entry",
        (*(_drop(image) for image in images), f"facetrail people remove {_argument(names[1])}"),
    )


def _confusable(found: Finding, names: tuple[str, ...], images: tuple[ImageName, ...]) -> _Words:
    whose = f"a picture of {images[0].person}" if images else "the mean of one"
    lead = "" if found.lead is None else f", {found.lead:.3f} less than with its own"
    return (
        f"{names[0]} and {names[1]} may be taken for each other: {whose} scores {found.score:.3f} with the other{lead}",
        "are they one person, remove one entry; otherwise add clear pictures of both, and calibrate",
        (*(_drop(image) for image in images), "facetrail calibrate"),
    )


def _misfit(found: Finding, names: tuple[str, ...], images: tuple[ImageName, ...]) -> _Words:
    return (
        f"a picture of {names[0]} is nearer to {names[1]} ({found.score:.3f}) than to the others of {names[0]}",
        "look at it: if it shows somebody else, or shows the face badly, take it away",
        tuple(_drop(image) for image in images),
    )


def _outlier(found: Finding, names: tuple[str, ...], images: tuple[ImageName, ...]) -> _Words:
    what = "the two pictures differ" if len(images) > 1 else "a picture is unlike the others"
    return (
        f"{names[0]}: {what} ({found.score:.3f})",
        "look at it: if it shows somebody else, or shows the face badly, take it away",
        tuple(_drop(image) for image in images),
    )


def _alike(found: Finding, names: tuple[str, ...], _images: tuple[ImageName, ...]) -> _Words:
    return (
        f"{names[0]} and {names[1]} are alike: {found.score:.3f}, near the threshold",
        "add three or more clear pictures of both",
        ("facetrail enroll DIR",),
    )


def _near_duplicate(found: Finding, names: tuple[str, ...], images: tuple[ImageName, ...]) -> _Words:
    return (
        f"two pictures of {names[0]} are nearly one ({found.score:.3f}): they count twice in the mean",
        "keep one",
        (_drop(images[1]),),
    )


def _few(_found: Finding, names: tuple[str, ...], images: tuple[ImageName, ...]) -> _Words:
    count = "one picture" if len(images) == 1 else f"{len(images)} pictures"
    return (
        f"{names[0]} has {count}",
        "add pictures of other days, light and angles, up to three or more",
        ("facetrail enroll DIR",),
    )


def _uniform(found: Finding, names: tuple[str, ...], _images: tuple[ImageName, ...]) -> _Words:
    return (
        f"the pictures of {names[0]} are nearly alike ({found.score:.3f} on average), as if of one sitting",
        "add pictures of other days, light and angles",
        ("facetrail enroll DIR",),
    )


def _drop(image: ImageName) -> str:
    return f"facetrail gallery drop {_argument(image.person)} {image.image_sha256[:KEPT_DIGITS]}"


def _argument(name: str) -> str:
    """A name as the shell takes it; one that begins like an option is kept from being read as one."""
    return f"-- {shlex.quote(name)}" if name.startswith("-") else shlex.quote(name)


_WORDS = {
    FindingKind.SAME_PICTURE: _same_picture,
    FindingKind.CONFUSABLE: _confusable,
    FindingKind.MISFIT: _misfit,
    FindingKind.OUTLIER: _outlier,
    FindingKind.ALIKE: _alike,
    FindingKind.NEAR_DUPLICATE: _near_duplicate,
    FindingKind.FEW_IMAGES: _few,
    FindingKind.UNIFORM: _uniform,
}
