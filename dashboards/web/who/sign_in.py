"""The second factor: a face before the camera, for somebody whose password was right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from dashboards.web.failures import Forbidden
from dashboards.web.rendering import render, site_of
from dashboards.web.security.entering.half import (
    HalfSignedIn,
    check_half_change,
    count_face_try,
    half_signed_in,
    note_wrong_face,
    whole_session,
)
from dashboards.web.security.entering.signing import next_page
from dashboards.web.security.incoming.uploads import read_picture
from dashboards.web.who.face_checks import checks_of, look
from pipeline.identity.face_check import FaceCheck, Stage

router = APIRouter(prefix="/sign-in/face")

OTHER_FACE = "This is not the face that belongs to the account, or the light is too bad. Try again."


async def frame_of(request: Request, picture: UploadFile) -> bytes:
    """One frame of the camera."""
    return await read_picture(picture, site_of(request).settings.web)


def half_change(request: Request) -> HalfSignedIn:
    """Whoever is half signed in and sends a change from our own page."""
    half = half_signed_in(request)
    check_half_change(request, half)
    return half


HalfChange = Annotated[HalfSignedIn, Depends(half_change)]


@router.get("")
def face_page(request: Request, next: str = "/") -> Response:  # noqa: A002 # its name in addresses
    """Where the face is shown."""
    half = half_signed_in(request)
    return render(request, "who/sign_in.html", {"half": half, "next": next_page(next)})


@router.post("/begin")
def begin(request: Request, half: HalfChange) -> JSONResponse:
    """Begin a check; tries are counted."""
    count_face_try(request, half)
    check = checks_of(site_of(request).control).begin(half.token_sha256)
    return _told(check, "Look straight into the camera.")


@router.post("/look")
def look_at(request: Request, half: HalfChange, frame: Annotated[bytes, Depends(frame_of)]) -> Response:
    """Look at a frame: `{"stage": ..., "wanted": ..., "words": ...}`; signs in when the check is passed."""
    if half.user.face_person_id is None:
        raise Forbidden("no face belongs to this account; ask an admin")
    step = look(site_of(request), half.token_sha256, frame, half.user.face_person_id)
    response = _told(step.check, OTHER_FACE if step.check.stage is Stage.FAILED else step.words)
    if step.check.stage is Stage.FAILED:
        note_wrong_face(request, half)
    if step.check.stage is Stage.PASSED:
        whole_session(request, half, response)
    return response


def _told(check: FaceCheck, words: str) -> JSONResponse:
    return JSONResponse({"stage": check.stage.value, "wanted": check.wanted.value, "words": words})
