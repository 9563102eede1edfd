"""What a browser or a program is told when something cannot be done: a page, a fragment, or a problem in JSON."""

from __future__ import annotations

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from dashboards.web.navigation import way_on
from dashboards.web.rendering import render
from pipeline.errors import (
    InputError,
    LeaseLost,
    NotFound,
    PipelineError,
    ReportRefused,
    SourceLost,
    StoreFull,
    TransportLost,
)

logger = logging.getLogger(__name__)

API = "/api/"
PROBLEM_TYPE = "application/problem+json"
"""RFC 9457."""


class NotSignedIn(PipelineError):
    """Nobody is signed in, and nothing is shown to nobody."""


class Forbidden(PipelineError):
    """Whoever asks is known, and may not do this."""


class TooMuch(PipelineError):
    """An upload is larger than allowed; the text says by how much."""


class TooOften(PipelineError):
    """Requests come faster than allowed; the text says when to come again."""


class NotReady(PipelineError):
    """This takes some time still; the text says how far it is."""


class Conflict(PipelineError):
    """This cannot be done as things are; the text says why."""


STATUS: tuple[tuple[type[PipelineError], int], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (TooMuch, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (TooOften, HTTPStatus.TOO_MANY_REQUESTS),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (ReportRefused, HTTPStatus.CONFLICT),
    (InputError, HTTPStatus.BAD_REQUEST),
    (NotReady, HTTPStatus.SERVICE_UNAVAILABLE),
    (LeaseLost, HTTPStatus.CONFLICT),
    (TransportLost, HTTPStatus.SERVICE_UNAVAILABLE),
    (SourceLost, HTTPStatus.BAD_GATEWAY),
    (StoreFull, HTTPStatus.INSUFFICIENT_STORAGE),
)
"""What each error is in HTTP; the first that fits."""


def status_of(error: Exception) -> int:
    """The HTTP status of an error of ours."""
    return next((int(status) for kind, status in STATUS if isinstance(error, kind)), 500)


def add_failures(app: FastAPI) -> None:
    """Let errors of ours, wrong requests and missing pages be told in words."""
    app.add_exception_handler(PipelineError, _tell_ours)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_wrong_request)


async def _tell_ours(request: Request, error: Exception) -> Response:
    status = _status_for(request, status_of(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s %s: %s", request.method, request.url.path, error)
    return turn_away(request) if status == HTTPStatus.UNAUTHORIZED else tell(request, status, str(error))


async def _tell_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = str(error.detail) if isinstance(error, HTTPException) else ""
    answer = tell(request, status, "there is no such page" if status == HTTPStatus.NOT_FOUND else words)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(_methods_at(request))
    return answer


def _methods_at(request: Request) -> list[str]:
    """What can be done at the address of a request, by all routes together."""
    path = request.url.path
    contexts = [(found.path, found.methods) for found in iter_route_contexts(request.app.routes) if found.path]
    exact = [methods for written, methods in contexts if written == path]
    fitting = exact or [methods for written, methods in contexts if compile_path(written)[0].match(path)]
    return sorted({method for methods in fitting for method in methods or ()})


async def _tell_wrong_request(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    lines = [f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in faults]
    return tell(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(lines))


def _status_for(request: Request, status: int) -> int:
    """Programs get one status for all that they send and that cannot be used, whoever finds it out."""
    is_wrong = status == HTTPStatus.BAD_REQUEST and request.url.path.startswith(API)
    return HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else status


def turn_away(request: Request) -> Response:
    """The answer to somebody unknown: the page to sign in on, or a refusal for what is no page."""
    if _wants_page(request):
        back = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        return RedirectResponse(f"/sign-in?next={back}", HTTPStatus.SEE_OTHER)
    return tell(request, HTTPStatus.UNAUTHORIZED, "sign in first, or send a token: Authorization: Bearer ...")


def tell(request: Request, status: int, words: str) -> Response:
    """An answer that says what went wrong, in the form that was asked for."""
    if request.url.path.startswith(API):
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": words}
        return JSONResponse(problem, status, media_type=PROBLEM_TYPE)
    if request.headers.get("HX-Request"):
        return render(request, "failure_note.html", {"words": words}, status=status)
    values = {"words": words, "status": status, "way": way_on(request.url.path)}
    return render(request, "failure.html", values, status=status)


def _wants_page(request: Request) -> bool:
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and not request.headers.get("HX-Request")
    )
