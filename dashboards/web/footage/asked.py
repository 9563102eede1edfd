"""What somebody asks for with footage: when it began, and how it is to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated, Any

from fastapi import Depends, Request

from dashboards.moments import parse_moment
from dashboards.web.rendering import site_of
from pipeline.errors import InputError
from pipeline.faces.detectors.manifest import detector_entries
from pipeline.intake.sections import Sections, parse_fps, parse_rotation
from pipeline.options import Tilt

SMALLEST_FACES = (12, 4096)
"""Pixels that the smallest face may have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form, as values."""

    start_ts: datetime | None
    """When its media began, UTC; None to find out."""
    sections: Sections


def known_detectors() -> tuple[str, ...]:
    """The face detectors that can be chosen."""
    return tuple(entry.name for entry in detector_entries())


def parse_asked(fields: dict[str, str], zone: tzinfo) -> Asked:
    """The values of a form's fields; empty ones ask for nothing. Raises `InputError` for a wrong one."""
    given = {name: text.strip() for name, text in fields.items() if text.strip()}
    start = given.get("start")
    sampling = _sampling(given)
    detection = _detection(given)
    return Asked(
        start_ts=None if start is None else parse_moment(start, "the start", zone),
        sections={name: values for name, values in (("sampling", sampling), ("detection", detection)) if values},
    )


async def _asked_in_query(request: Request) -> Asked:
    return parse_asked(dict(request.query_params), site_of(request).zone)


async def _asked_in_form(request: Request) -> Asked:
    form = await request.form()
    return parse_asked({name: value for name, value in form.items() if isinstance(value, str)}, site_of(request).zone)


AskedInQuery = Annotated[Asked, Depends(_asked_in_query)]
AskedInForm = Annotated[Asked, Depends(_asked_in_form)]


def _sampling(given: dict[str, str]) -> dict[str, Any]:
    sampling: dict[str, Any] = {}
    if "fps" in given:
        sampling["fps"] = parse_fps(given["fps"], "samples a second")
    if "rotation" in given:
        sampling["rotation"] = parse_rotation(given["rotation"], "rotation")
    if "keyframes_only" in given:
        sampling["keyframes_only"] = True
    if "no_gate" in given:
        sampling["gate"] = False
    return sampling


def _detection(given: dict[str, str]) -> dict[str, Any]:
    detection: dict[str, Any] = {}
    if "min_face" in given:
        detection["min_face_size"] = _pixels(given["min_face"])
    if "detector" in given:
        detection["detector"] = _one_of("detector", given["detector"], known_detectors())
    if "tilted" in given:
        detection["tilt"] = Tilt.ANY
    return detection


def _pixels(text: str) -> int:
    least, most = SMALLEST_FACES
    if not text.isdecimal() or not least <= int(text) <= most:
        raise InputError(f"smallest face {text!r} is no number of pixels from {least} to {most}")
    return int(text)


def _one_of(what: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise InputError(f"{what} {text!r} is none of {', '.join(known)}")
    return text
