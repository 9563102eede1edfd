"""Reference pictures over the API: fetched, added, taken from what was seen, and removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Path, Request, UploadFile
from fastapi.responses import FileResponse
from pydantic import Field

from dashboards.web.access import AnalystVisitor, AnyVisitor
from dashboards.web.api.problems import problems
from dashboards.web.api.record.past import Following
from dashboards.web.api.values import DIGEST, ID, ApiBody, ApiValue, PersonId
from dashboards.web.people import changing
from dashboards.web.people.people_pages import MOST_AT_ONCE
from dashboards.web.rendering import site_of
from dashboards.web.security.incoming.uploads import read_picture
from dashboards.web.who.references import reference_path

router = APIRouter(tags=["people"], prefix="/people/{person_id}")

Digest = Annotated[str, Path(pattern=DIGEST, description="The sha256 of the picture.", examples=["0" * 64])]


class PictureVerdict(ApiValue):
    """What became of one picture."""

    label: str
    image_sha256: str
    verdict: str
    """`enrolled`, `known` (it was enrolled before), or why not: `no_face`, `two_faces`, `too_small`, `blurred`,
    `near_duplicate`, `unreadable`."""
    message: str
    quality: float | None
    """0 (useless) to 1 (ideal); null for a picture without a face."""


class Enrolment(Following):
    """What enrolling pictures came to."""

    person_id: str | None
    """Null when not a single picture could be used."""
    name: str
    is_new: bool
    """Whether nobody of that name was enrolled before."""
    pictures: tuple[PictureVerdict, ...]


class SeenFace(ApiBody):
    """A face that was seen."""

    sighting_id: Annotated[str, Field(pattern=ID)]


def enrolment(enrolled: changing.Enrolled) -> Enrolment:
    """What became of pictures, as the API tells it."""
    done = enrolled.done
    return Enrolment(
        relabelling_id=enrolled.request_id,
        person_id=done.person_id,
        name=done.person_name,
        is_new=done.is_new,
        pictures=tuple(PictureVerdict.model_validate(verdict) for verdict in done.verdicts),
    )


async def sent_pictures(
    request: Request,
    pictures: Annotated[
        list[UploadFile],
        File(min_length=1, max_length=MOST_AT_ONCE, description="Photographs of one person: JPEG, PNG, WebP, ..."),
    ],
) -> list[bytes]:
    """The pictures of a form, checked; raises what `read_picture` raises."""
    return [await read_picture(picture, site_of(request).settings.web) for picture in pictures]


async def sent_picture(
    request: Request, picture: Annotated[UploadFile, File(description="A photograph: JPEG, PNG, WebP, ...")]
) -> bytes:
    """The one picture of a form, checked; raises what `read_picture` raises."""
    return await read_picture(picture, site_of(request).settings.web)


SentPictures = Annotated[list[bytes], Depends(sent_pictures)]
SentPicture = Annotated[bytes, Depends(sent_picture)]


@router.post("/images", operation_id="add_person_images", responses=problems(404, 503))
def add_images(request: Request, visitor: AnalystVisitor, person_id: PersonId, contents: SentPictures) -> Enrolment:
    """Add pictures to somebody enrolled; each is judged, and its verdict says what became of it."""
    return enrolment(changing.add_pictures(site_of(request), person_id, contents, visitor.name))


@router.post("/seen-faces", operation_id="add_seen_face", responses=problems(404, 503))
def use_face(request: Request, visitor: AnalystVisitor, person_id: PersonId, body: SeenFace) -> Enrolment:
    """Let the face of a sighting be a reference picture."""
    return enrolment(changing.use_face(site_of(request), person_id, body.sighting_id, visitor.name))


@router.get(
    "/images/{sha256}",
    operation_id="get_person_image",
    response_class=FileResponse,
    responses={200: {"description": "The picture as it was enrolled.", "content": {"image/*": {}}}, **problems(404)},
)
def get_image(request: Request, _visitor: AnyVisitor, person_id: PersonId, sha256: Digest) -> FileResponse:
    """A reference picture."""
    return FileResponse(reference_path(site_of(request).control, person_id, sha256))


@router.delete("/images/{sha256}", operation_id="remove_person_image", responses=problems(404))
def remove_image(request: Request, visitor: AnalystVisitor, person_id: PersonId, sha256: Digest) -> Following:
    """Take a picture out of the gallery; the record follows."""
    return Following(relabelling_id=changing.drop_image(site_of(request), person_id, sha256, visitor.name))
