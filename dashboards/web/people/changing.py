"""What the pages and the API change of people: pictures, names, who is who. Each change lets the record follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.web.people.naming.past import name_past
from dashboards.web.people.unknown.judging import judge_faces
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.merging import MergedPeople, merge_people
from pipeline.control.gallery.names import check_name
from pipeline.control.gallery.people import People
from pipeline.control.gallery.pictures import drop_picture
from pipeline.errors import InputError
from pipeline.people.enrolling import JudgedPicture, PicturesEnrolled, enrol_pictures

if TYPE_CHECKING:
    from dashboards.web.site import Site


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of pictures."""

    done: PicturesEnrolled
    request_id: int | None
    """The wish that the past be named anew; None when not a single picture was new."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Two people who are one."""

    done: MergedPeople
    request_id: int


def enrol(site: Site, name: str, contents: list[bytes], who: str) -> Enrolled:
    """Enrol what is usable of some pictures under that name; raises what `PictureAsker` raises."""
    check_name(name)
    judged = [
        JudgedPicture(site.asker.reference(content, f"picture {number}"), content)
        for number, content in enumerate(contents, start=1)
    ]
    return _followed(site, enrol_pictures(site.control, site.control.encoder(site.encoder), name, judged, who=who), who)


def add_pictures(site: Site, person_id: str, contents: list[bytes], who: str) -> Enrolled:
    """Add pictures to somebody enrolled; raises `NotFound`, and what `PictureAsker` raises."""
    return enrol(site, People(site.control).person(person_id).name, contents, who)


def use_face(site: Site, person_id: str, sighting_id: str, who: str) -> Enrolled:
    """Let the face of a sighting be a reference picture; raises `NotFound`, and what `PictureAsker` raises."""
    found = People(site.control).person(person_id)
    judged = judge_faces(site, [site.catalogue.get(sighting_id)], "")
    if not judged:
        raise InputError("this sighting has no picture any more")
    return _followed(site, enrol_pictures(site.control, site.encoder, found.name, judged, who=who), who)


def drop_image(site: Site, person_id: str, sha256: str, who: str) -> int:
    """Take a picture out of the gallery; raises `NotFound`. The number of the wish, likewise below."""
    digest = drop_picture(site.control, person_id, sha256)
    AuditLog(site.control).append("drop", person_id, who=who, image_sha256=digest)
    return name_past(site, who)


def rename(site: Site, person_id: str, name: str, who: str) -> int:
    """Give a person another name; raises `NotFound`, and `InputError` for a name that cannot be or is in use."""
    People(site.control).rename(person_id, name)
    AuditLog(site.control).append("rename", person_id, who=who)
    return name_past(site, who)


def merge(site: Site, person_id: str, into: str, who: str) -> Merged:
    """Let a person be another one, by name or id, who keeps the name; raises as `merge_people`."""
    merged = merge_people(site.control, person_id, into)
    AuditLog(site.control).append("merge", merged.person_id, who=who, detail=merged.merged_id)
    return Merged(merged, name_past(site, who))


def remove(site: Site, person_id: str, who: str) -> int:
    """Take a person out of the gallery; raises `NotFound`."""
    removed = People(site.control).remove(person_id)
    AuditLog(site.control).append("remove", removed.person_id, who=who)
    return name_past(site, who)


def _followed(site: Site, done: PicturesEnrolled, who: str) -> Enrolled:
    return Enrolled(done, name_past(site, who) if done.n_added else None)
