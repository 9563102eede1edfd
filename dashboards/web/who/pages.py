"""Who is it? A picture against one person, or against all; and enrolling whoever it shows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse, JSONResponse

from dashboards.web.access import AnalystVisitor
from dashboards.web.rendering import render, site_of
from dashboards.web.security.incoming.uploads import read_picture
from dashboards.web.who import sign_in
from dashboards.web.who.answers import identify_picture, verify_picture
from dashboards.web.who.enrolling import MOST_AT_ONCE, STEPS, advise_frame, enrol_sent
from dashboards.web.who.references import reference_path
from pipeline.control.gallery.people import People
from pipeline.errors import TransportLost
from pipeline.identity.capturing import Pose

router = APIRouter(include_in_schema=False)
router.include_router(sign_in.router)


async def one_picture(request: Request, picture: UploadFile) -> bytes:
    """The picture of a form, checked."""
    return await read_picture(picture, site_of(request).settings.web)


async def some_pictures(request: Request, pictures: list[UploadFile]) -> list[bytes]:
    """The pictures of a form, checked."""
    return [await read_picture(picture, site_of(request).settings.web) for picture in pictures]


OnePicture = Annotated[bytes, Depends(one_picture)]
SomePictures = Annotated[list[bytes], Depends(some_pictures)]


@router.get("/who")
def who_page(request: Request, _visitor: AnalystVisitor, person: str = "") -> Response:
    """Where a picture is given, and perhaps the person whom it is said to show."""
    people = People(site_of(request).control).list_people()
    return render(request, "who/page.html", {"people": people, "person": person})


@router.post("/who")
def ask(
    request: Request, visitor: AnalystVisitor, content: OnePicture, person: Annotated[str, Form()] = ""
) -> Response:
    """The answers about a picture, as a fragment."""
    site = site_of(request)
    if person:
        answer = verify_picture(site, content, person, who=visitor.name)
    else:
        answer = identify_picture(site, content, who=visitor.name)
    return render(request, "who/answer.html", {"answer": answer})


@router.get("/who/models")
def models_note(request: Request, _visitor: AnalystVisitor) -> Response:
    """A note while the models are being loaded, else an empty one, which asks again once a picture is given."""
    try:
        is_loading = site_of(request).asker.is_loading()
    except TransportLost:  # whoever asks a question then is told
        is_loading = False
    return render(request, "who/models.html", {"is_loading": is_loading})


@router.get("/who/enrol")
def enrol_page(request: Request, _visitor: AnalystVisitor, person: str = "") -> Response:
    """Guided pictures by the browser's own camera."""
    people = People(site_of(request).control).list_people()
    return render(request, "who/enrol.html", {"people": people, "person": person, "steps": STEPS})


@router.post("/who/frame")
def judge_frame(
    request: Request, _visitor: AnalystVisitor, content: OnePicture, pose: Annotated[Pose, Form()]
) -> JSONResponse:
    """What to tell somebody in front of the camera: `{"good": bool, "words": str}`."""
    advice = advise_frame(site_of(request), content, pose)
    return JSONResponse({"good": advice.is_good, "words": advice.words})


@router.post("/who/enrol")
def enrol(request: Request, visitor: AnalystVisitor, contents: SomePictures, name: Annotated[str, Form()]) -> Response:
    """What became of each picture, as a fragment."""
    done = enrol_sent(site_of(request), name, contents, who=visitor.name)
    return render(request, "who/enrolled.html", {"done": done, "most": MOST_AT_ONCE})


@router.get("/who/references/{person_id}/{sha256}")
def reference(request: Request, _visitor: AnalystVisitor, person_id: str, sha256: str) -> FileResponse:
    """A person's reference image."""
    path = reference_path(site_of(request).control, person_id, sha256)
    return FileResponse(path, headers={"Cache-Control": "private, max-age=3600"})
