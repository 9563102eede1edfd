"""Answers about a picture: who each face is of everybody, or whether it is the one person it is said to be.

Each use is written to the audit log before anybody sees the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.identity.answers import identify_face, nearest_reference, verify_face
from pipeline.identity.matchers.choice import index_dir, matcher_for
from pipeline.identity.policies import PolicyInEffect, policy_in_effect

if TYPE_CHECKING:
    from dashboards.web.site import Site
    from pipeline.control.database import Control
    from pipeline.control.gallery.records import Person
    from pipeline.identity.matchers.matching import Gallery, Matcher
    from pipeline.identity.picture_faces import ExaminedFace, ExaminedPicture
    from pipeline.identity.verdicts import Identification, Verification
    from pipeline.options import IdentityOptions
    from pipeline.schemas import VectorF32

STATUS_OF_VERDICT = {"same": "known", "uncertain": "uncertain", "different": "unknown"}
"""The colour of a verification is that of the identification which it amounts to."""


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """A picture of somebody enrolled, and how like it a face is."""

    person_id: str
    person_name: str
    sha256: str
    """Of the picture; empty for a reference without one."""
    score: float
    """Cosine similarity, -1..1."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FaceAnswer:
    """One face with its answer."""

    face: ExaminedFace
    status: str
    """known, uncertain or unknown; of a face that nobody can be known by, useless."""
    headline: str
    """The answer in words."""
    identification: Identification | None = None
    verification: Verification | None = None
    resembles: ReferencePicture | None = None
    """The reference that the face is most like, of the person whom the answer is about."""

    @property
    def box_style(self) -> str:
        """Where the face lies over its picture, as a style."""
        left, top, right, bottom = (float(edge) for edge in self.face.box_xyxy.clip(0, 1))
        return (
            f"left: {100 * left:.2f}%; top: {100 * top:.2f}%; "
            f"width: {100 * (right - left):.2f}%; height: {100 * (bottom - top):.2f}%"
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PictureAnswer:
    """A picture with the answer of each of its faces."""

    picture: ExaminedPicture
    faces: tuple[FaceAnswer, ...]
    claimed: Person | None
    """Whom it was said to show; None when everybody was asked about."""
    policy: PolicyInEffect
    encoder: str
    n_people: int
    """Enrolled, for this encoder."""


def identify_picture(site: Site, content: bytes, *, who: str) -> PictureAnswer:
    """Who of everybody each face is; raises what `PictureAsker` raises."""
    picture = site.asker.faces(content)
    encoder = site.encoder
    policy = policy_in_effect(site.control, encoder, site.settings.identity)
    matcher = current_matcher(site.control, encoder, site.settings.identity)
    faces = tuple(_identified(site.control, face, matcher, policy) for face in picture.faces)
    for about, detail in [_noted(face) for face in faces] or [("", picture.message())]:
        AuditLog(site.control).append("identify", about, who=who, image_sha256=picture.sha256, detail=detail)
    return _answer(picture, faces, None, policy, matcher.gallery)


def verify_picture(site: Site, content: bytes, person: str, *, who: str) -> PictureAnswer:
    """Whether each face is that person's, by name or id; raises `NotFound`, and what `PictureAsker` raises."""
    claimed = People(site.control).person(person)
    picture = site.asker.faces(content)
    encoder = site.encoder
    policy = policy_in_effect(site.control, encoder, site.settings.identity)
    gallery = current_matcher(site.control, encoder, site.settings.identity).gallery
    faces = tuple(_verified(face, claimed, gallery, policy) for face in picture.faces)
    for verdict in [face.verification.verdict for face in faces if face.verification] or [picture.message()]:
        AuditLog(site.control).append("verify", claimed.person_id, who=who, image_sha256=picture.sha256, detail=verdict)
    return _answer(picture, faces, claimed, policy, gallery)


def current_matcher(control: Control, encoder: str, options: IdentityOptions) -> Matcher:
    """The matcher of today's gallery; the same until the gallery has another version."""
    return _matcher(control, encoder, options, People(control).gallery_version())


@lru_cache(2)
def _matcher(control: Control, encoder: str, options: IdentityOptions, version: int) -> Matcher:
    return matcher_for(People(control).gallery(encoder, version), options, index_dir(control.data_dir))


def _identified(control: Control, face: ExaminedFace, matcher: Matcher, policy: PolicyInEffect) -> FaceAnswer:
    if face.embedding is None:
        return _useless(face)
    found = identify_face(face.embedding, matcher, policy.policy)
    words = {"known": found.person_name or "", "uncertain": f"Not certain; perhaps {found.candidate_name}"}
    candidate = None if found.candidate_id is None else People(control).person(found.candidate_id)
    return FaceAnswer(
        face=face,
        status=found.status.value,
        headline=words.get(found.status.value, "Nobody who is enrolled"),
        identification=found,
        resembles=_resembled(face.embedding, candidate, matcher.gallery),
    )


def _verified(face: ExaminedFace, claimed: Person, gallery: Gallery, policy: PolicyInEffect) -> FaceAnswer:
    if face.embedding is None:
        return _useless(face)
    found = verify_face(face.embedding, gallery, claimed.person_id, policy.policy)
    words = {
        "same": f"Yes, {claimed.name}",
        "uncertain": f"Not certain; perhaps {claimed.name}",
        "different": f"Not {claimed.name}",
    }
    return FaceAnswer(
        face=face,
        status=STATUS_OF_VERDICT[found.verdict],
        headline=words[found.verdict],
        verification=found,
        resembles=_resembled(face.embedding, claimed, gallery),
    )


def _useless(face: ExaminedFace) -> FaceAnswer:
    return FaceAnswer(face=face, status="useless", headline=face.message[:1].upper() + face.message[1:])


def _resembled(vector: VectorF32, person: Person | None, gallery: Gallery) -> ReferencePicture | None:
    """The person's reference that is most like the face; None when the gallery has changed under our hands."""
    if person is None or person.person_id not in gallery.person_ids:
        return None
    nearest = nearest_reference(vector, gallery, person.person_id)
    digests = [reference.image_sha256 for reference in person.references if reference.encoder == gallery.encoder]
    if nearest.place >= len(digests):
        return None
    return ReferencePicture(person.person_id, person.name, digests[nearest.place], nearest.score)


def _noted(face: FaceAnswer) -> tuple[str, str]:
    """Whom a row of the audit log is about, and what it says."""
    found = face.identification
    return (found.person_id or "", found.status.value) if found else ("", face.face.message)


def _answer(
    picture: ExaminedPicture,
    faces: tuple[FaceAnswer, ...],
    claimed: Person | None,
    policy: PolicyInEffect,
    gallery: Gallery,
) -> PictureAnswer:
    return PictureAnswer(
        picture=picture,
        faces=faces,
        claimed=claimed,
        policy=policy,
        encoder=gallery.encoder,
        n_people=len(gallery.person_ids),
    )
