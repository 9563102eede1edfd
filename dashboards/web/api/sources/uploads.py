"""Uploads that can be gone on with, by tus 1.0.0: announced, sent in as many requests as it takes, and looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from dashboards.web.access import AnalystVisitor
from dashboards.web.api.problems import problems
from dashboards.web.api.sources.sending import wished
from dashboards.web.api.sources.tus import (
    BYTES,
    EXTENSIONS,
    BytesSent,
    SpokenTus,
    TusRoute,
    answered_with,
    file_name,
    http_date,
    metadata_of,
)
from dashboards.web.api.values import ApiValue, Moment
from dashboards.web.footage.arriving import LATEST_MS, SentFile
from dashboards.web.footage.asked import Asked
from dashboards.web.footage.resuming import UploadState, uploads_of
from dashboards.web.rendering import site_of
from dashboards.web.security.incoming.limits import MB, UPLOADS

router = APIRouter(tags=["uploads"], prefix="/uploads", route_class=TusRoute)

MOST_BYTES = 2**53 - 1
UploadId = Annotated[
    str,
    Path(pattern="^[0-9a-f]{32}$", description="The upload's id.", examples=["0f1e2d3c4b5a69788796a5b4c3d2e1f0"]),
]
Offset = Annotated[
    int, Header(alias="Upload-Offset", ge=0, le=MOST_BYTES, description="Of the first byte; as HEAD tells it.")
]


class Upload(ApiValue):
    """An upload that is not finished."""

    upload_id: str
    """It is gone on with at `/api/v1/uploads/{id}`."""
    name: str
    n_bytes: int
    """The whole size."""
    n_received: int
    """So many have come: the offset of the next one."""
    ends_at: Moment
    """When it is removed, unless more of it comes."""


class UploadsList(ApiValue):
    """Unfinished uploads of whoever asks, the latest first."""

    uploads: tuple[Upload, ...]


@router.options(
    "",
    operation_id="describe_uploads",
    status_code=204,
    responses={
        204: {
            "description": "What is possible.",
            "headers": answered_with(Tus_Extension="Extensions.", Tus_Max_Size="Bytes of the largest file."),
        }
    },
)
def describe(request: Request, _visitor: AnalystVisitor) -> Response:
    """What of tus there is here, and how large a file may be, in headers."""
    most_bytes = site_of(request).settings.web.most_upload_mb * MB
    return Response(status_code=204, headers={"Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(most_bytes)})


@router.get("", operation_id="list_uploads")
def list_uploads(request: Request, visitor: AnalystVisitor) -> UploadsList:
    """The uploads that you began and did not finish. Nothing of them can be seen by others."""
    return UploadsList(uploads=tuple(Upload.model_validate(one) for one in uploads_of(request).of(visitor.name)))


@router.post(
    "",
    operation_id="begin_upload",
    status_code=201,
    responses={
        201: {"headers": answered_with(Location="Where the bytes are sent.", Upload_Expires="When it is removed.")},
        **problems(412, 413, 429, 507),
    },
)
def begin(
    request: Request,
    response: Response,
    visitor: AnalystVisitor,
    _tus: SpokenTus,
    asked: Annotated[Asked, Depends(wished)],
    n_bytes: Annotated[
        int, Header(alias="Upload-Length", ge=1, le=MOST_BYTES, description="The file's size in bytes.")
    ],
    metadata: Annotated[
        str,
        Header(
            alias="Upload-Metadata",
            max_length=4000,
            description="`filename` and, in base64, what the file is called; other keys are left alone.",
        ),
    ] = "",
    modified_ms: Annotated[
        int | None, Query(ge=0, le=LATEST_MS, description="When it was last written, in milliseconds since 1970.")
    ] = None,
) -> Upload:
    """Announce a file; its bytes are sent to the address in `Location`, in one request or in many.

    What is still to come is kept free on the disk. The upload stays for three days after its last byte. Clients of tus
    1.0.0 do all this by themselves.
    """
    sent = SentFile(file_name(metadata), modified_ms)
    begun = uploads_of(request).begin(sent.announced(n_bytes, asked, visitor))
    response.headers.update({"Location": f"{UPLOADS}/{begun.upload_id}", **_headers(begun)})
    return Upload.model_validate(begun)


@router.head(
    "/{upload_id}",
    operation_id="look_at_upload",
    response_class=Response,
    responses={
        200: {
            "description": "How far it has come.",
            "headers": answered_with(
                Upload_Offset="Bytes that have come.", Upload_Length="The whole size.", Upload_Metadata="Its name."
            ),
        },
        **problems(404, 412, 507),
    },
)
async def look(request: Request, visitor: AnalystVisitor, _tus: SpokenTus, upload_id: UploadId) -> Response:
    """How many bytes have come, in headers. Whatever request still sends some of them is ended first."""
    state = await uploads_of(request).look(upload_id, visitor.name)
    told = {"Upload-Length": str(state.n_bytes), "Upload-Metadata": metadata_of(state.name)}
    return Response(headers={**_headers(state), **told})


@router.patch(
    "/{upload_id}",
    operation_id="go_on_with_upload",
    status_code=204,
    openapi_extra=BYTES,
    responses={
        204: {
            "description": "They have come; the file is looked into when all have.",
            "headers": answered_with(
                Upload_Offset="Bytes that have come.", Facetrail_Arrival="With the last byte: the arrival's number."
            ),
        },
        **problems(404, 408, 409, 412, 415, 429, 507),
    },
)
async def go_on(
    request: Request, visitor: AnalystVisitor, _tus: SpokenTus, _bytes: BytesSent, upload_id: UploadId, offset: Offset
) -> Response:
    """Send bytes from `Upload-Offset` on. With the last one the file is on the list of arrivals.

    What comes before a connection breaks stays. What is no video is refused as soon as its first megabytes tell, and
    nothing of it stays. When the sender comes again on another connection, this request ends, and that one goes on.
    """
    state = await uploads_of(request).take(upload_id, visitor.name, offset, request.stream())
    return Response(status_code=204, headers=_headers(state))


@router.delete(
    "/{upload_id}",
    operation_id="remove_upload",
    status_code=204,
    responses=problems(404, 412),
)
async def remove(request: Request, visitor: AnalystVisitor, _tus: SpokenTus, upload_id: UploadId) -> None:
    """Give an upload up: what has come of it is removed."""
    await uploads_of(request).remove(upload_id, visitor.name)


def _headers(state: UploadState) -> dict[str, str]:
    told = {"Upload-Offset": str(state.n_received)}
    if state.ends_at is not None:
        told["Upload-Expires"] = http_date(state.ends_at)
    if state.arrival_id is not None:
        told["Facetrail-Arrival"] = str(state.arrival_id)
    return told
