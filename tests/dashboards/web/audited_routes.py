"""What each route leaves in the audit log, as a table: of those that look for, identify, change or erase, one row.

A name in braces stands for something of the record: `{person}` for somebody enrolled whom nothing was done to yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.builders_examined import make_png

PNG = ("face.png", make_png(), "image/png")
PICTURE = {"picture": PNG}
PICTURES = {"pictures": PNG}
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
OWN = {"Sec-Fetch-Site": "same-origin"}
API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Audited:
    """One request, and the row that it leaves."""

    method: str
    route: str
    """As the application has it."""
    action: str
    sent: dict[str, Any] = field(default_factory=dict)
    """What goes along, as httpx takes it."""


def json(**body: Any) -> dict[str, Any]:
    return {"json": body}


def form(**fields: Any) -> dict[str, Any]:
    return {"data": fields}


PERSON = {"params": {"person": "{person}"}}
LOOKS = [
    Audited("GET", "/timeline", "timeline", PERSON),
    Audited("GET", "/timeline/table", "timeline", PERSON),
    Audited("GET", "/timeline/picture", "timeline", PERSON),
    Audited("GET", f"{API}/timeline", "timeline", PERSON),
    Audited("GET", f"{API}/sightings", "timeline", PERSON),
    Audited("GET", "/sightings/{sighting_id}", "evidence"),
    Audited("GET", f"{API}/sightings/{{sighting_id}}", "evidence"),
    Audited("GET", "/people/{person_id}", "look"),
    Audited("GET", f"{API}/people/{{person_id}}", "look"),
    Audited("GET", "/live", "live", PERSON),
    Audited("GET", f"{API}/events", "live", PERSON),
    Audited("GET", "/attendance", "attendance", {"params": {"q": "Ada"}}),
    Audited("GET", "/attendance/people/{person_id}", "attendance"),
    Audited("GET", f"{API}/attendance", "attendance", PERSON),
    Audited("GET", "/attendance/table.{form}", "export attendance"),
    Audited("GET", f"{API}/attendance/table.{{form}}", "export attendance"),
    Audited("GET", "/footage/{source_id}/report", "report"),
    Audited("GET", f"{API}/footage/{{source_id}}/report", "report"),
    Audited("GET", "/search", "search", {"params": {"sighting": "{sighting}"}}),
    Audited("GET", f"{API}/search", "search", {"params": {"sighting_id": "{sighting}"}}),
    Audited("POST", f"{API}/search", "search", {"files": PICTURE}),
    Audited("POST", "/who", "identify", {"files": PICTURE}),
    Audited("POST", f"{API}/identify", "identify", {"files": PICTURE}),
    Audited("POST", f"{API}/verify", "verify", {"files": PICTURE, **form(person="{person}")}),
]
PEOPLE = [
    Audited("POST", "/people", "enrol", {"files": PICTURES, **form(name="Grace")}),
    Audited("POST", f"{API}/people", "enrol", {"files": PICTURES, **form(name="Hedy")}),
    Audited("POST", "/who/enrol", "enrol", {"files": PICTURES, **form(name="Rosalind")}),
    Audited("POST", "/people/{person_id}/images", "enrol", {"files": PICTURES}),
    Audited("POST", f"{API}/people/{{person_id}}/images", "enrol", {"files": PICTURES}),
    Audited("POST", "/people/{person_id}/images/from-sighting", "enrol", form(sighting_id="{sighting}")),
    Audited("POST", f"{API}/people/{{person_id}}/seen-faces", "enrol", json(sighting_id="{sighting}")),
    Audited("POST", "/people/{person_id}/images/{sha256}/drop", "drop"),
    Audited("DELETE", f"{API}/people/{{person_id}}/images/{{sha256}}", "drop"),
    Audited("POST", "/people/{person_id}/rename", "rename", form(name="Emmy")),
    Audited("PATCH", f"{API}/people/{{person_id}}", "rename", json(name="Lise")),
    Audited("POST", "/people/{person_id}/merge", "merge", form(person="{other}")),
    Audited("POST", f"{API}/people/{{person_id}}/merge", "merge", json(into="{other}")),
    Audited("POST", "/people/{person_id}/remove", "remove", form(name="{typed}")),
    Audited("DELETE", f"{API}/people/{{person_id}}", "remove"),
]
RECORD = [
    Audited("POST", "/unknowns/name", "name", form(unknown_id="{unknown}", person="Maria")),
    Audited("POST", f"{API}/unknowns/name", "name", json(unknown_ids=["{unknown}"], person="Sofia")),
    Audited("POST", "/unknowns/merge", "merge", form(unknown_id=["{unknown}", "{unknown}"])),
    Audited("POST", f"{API}/unknowns/merge", "merge", json(unknown_ids=["{unknown}", "{unknown}"])),
    Audited("POST", "/unknowns/not-a-face", "correct", form(unknown_id="{unknown}")),
    Audited("POST", f"{API}/unknowns/not-a-face", "correct", json(unknown_ids=["{unknown}"])),
    Audited("POST", "/unknowns/ignore", "ignore", form(unknown_id="unknown-0001")),
    Audited("POST", "/unknowns/heed", "heed", form(unknown_id="unknown-0001")),
    Audited("POST", f"{API}/unknowns/ignore", "ignore", json(unknown_ids=["unknown-0001"])),
    Audited("POST", f"{API}/unknowns/heed", "heed", json(unknown_ids=["unknown-0001"])),
    Audited("POST", "/sightings/{sighting_id}/is", "correct", form(person="{person}")),
    Audited("POST", f"{API}/sightings/{{sighting_id}}/is", "correct", json(person="{person}")),
    Audited("POST", "/sightings/{sighting_id}/is-not", "correct", form(person="{person}")),
    Audited("POST", f"{API}/sightings/{{sighting_id}}/is-not", "correct", json(person_id="{person}")),
    Audited("POST", "/sightings/{sighting_id}/not-a-face", "correct"),
    Audited("POST", f"{API}/sightings/{{sighting_id}}/not-a-face", "correct"),
    Audited("POST", "/changes/{change_id}/undo", "undo"),
    Audited("POST", f"{API}/changes/{{change_id}}/undo", "undo"),
]
FOOTAGE = [
    Audited("POST", "/footage/submit", "submit footage", form(path="{video}")),
    Audited("POST", f"{API}/footage", "submit footage", json(paths=["{video}"])),
    Audited("POST", f"{API}/footage/upload", "submit footage", {"content": "{video bytes}"}),
    Audited("POST", "/footage/upload", "submit footage", {"files": {"file": "{video file}"}, "headers": OWN}),
    Audited("PATCH", f"{API}/uploads/{{upload_id}}", "submit footage", {"content": "{video bytes}", "headers": TUS}),
    Audited("POST", "/footage/arrivals/{arrival_id}/again", "retry footage"),
    Audited("POST", f"{API}/arrivals/{{arrival_id}}/retry", "retry footage"),
    Audited("POST", "/footage/arrivals/{arrival_id}/dismiss", "dismiss footage"),
    Audited("DELETE", f"{API}/arrivals/{{arrival_id}}", "dismiss footage"),
    Audited("POST", "/footage/{source_id}/cancel", "stop footage"),
    Audited("POST", "/footage/{source_id}/again", "resume footage"),
    Audited("POST", f"{API}/footage/{{source_id}}/cancel", "stop footage"),
    Audited("POST", f"{API}/footage/{{source_id}}/resume", "resume footage"),
    Audited("POST", f"{API}/footage/{{source_id}}/cancel", "stop footage"),
    Audited("POST", "/system/runs/{run_id}", "resume footage"),
    Audited("POST", f"{API}/footage/{{source_id}}/cancel", "stop footage"),
    Audited("POST", f"{API}/jobs/{{run_id}}/retry", "resume footage"),
    Audited("POST", f"{API}/footage/{{source_id}}/cancel", "stop footage"),
    Audited("POST", "/footage/{source_id}/start", "correct start", form(start="2026-05-01T09:30")),
    Audited("PUT", f"{API}/footage/{{source_id}}/start", "correct start", json(start="2026-05-01T09:31:00Z")),
    Audited("POST", "/footage/{source_id}/remove-file", "remove footage"),
    Audited("DELETE", f"{API}/footage/{{source_id}}/file", "remove footage"),
]
SITE = [
    Audited("POST", "/attendance/settings/{section}", "set attendance", form(day="2026-12-25", name="Christmas")),
    Audited("DELETE", "/attendance/settings/{section}/{key}", "remove attendance"),
    Audited("POST", "/system/letters", "deliver again"),
    Audited("POST", f"{API}/dead-letters/retry", "deliver again"),
    Audited("POST", "/live/cameras", "camera add", form(name="door", address="rtsp://127.0.0.1:9/x")),
    Audited("POST", "/live/cameras/{name}/disable", "camera disable"),
    Audited("POST", "/live/cameras/{name}/enable", "camera enable"),
    Audited("PATCH", f"{API}/cameras/{{name}}", "camera disable", json(enabled=False)),
    Audited("DELETE", "/live/cameras/{name}", "camera remove"),
    Audited("POST", f"{API}/cameras", "camera add", json(name="door", address="rtsp://127.0.0.1:9/x")),
    Audited("DELETE", f"{API}/cameras/{{name}}", "camera remove"),
    Audited("POST", "/users", "add user", form(name="lin", role="viewer")),
    Audited("POST", f"{API}/users", "add user", json(name="mae", role="viewer")),
    Audited("POST", "/users/{user_id}/role", "change role", form(role="analyst")),
    Audited("PATCH", f"{API}/users/{{user_id}}", "change role", json(role="viewer")),
    Audited("POST", "/users/{user_id}/link", "make password link"),
    Audited("POST", "/users/{user_id}/disable", "disable user"),
    Audited("POST", "/users/{user_id}/enable", "enable user"),
    Audited("POST", "/users/{user_id}/no-face", "no face sign-in"),
    Audited("POST", "/account/tokens", "make token", form(name="wall", role="viewer")),
    Audited("DELETE", "/account/tokens/{token_id}", "revoke token"),
    Audited("DELETE", f"{API}/users/{{user_id}}/tokens/{{token_id}}", "revoke token"),
    Audited("DELETE", "/users/{user_id}", "remove user"),
    Audited("DELETE", f"{API}/users/{{user_id}}", "remove user"),
]
ACTING = [*LOOKS, *PEOPLE, *RECORD, *FOOTAGE, *SITE]
ELSEWHERE = {
    ("POST", "/sign-in"): "accounts/test_signing_in.py",
    ("POST", "/sign-out"): "accounts/test_signing_in.py",
    ("POST", "/set-up"): "accounts/test_first_start.py",
    ("POST", "/account/password"): "accounts/test_own.py",
    ("POST", "/account/face"): "accounts/test_own.py",
    ("DELETE", "/account/sessions/{short_id}"): "accounts/test_own.py",
    ("POST", "/account/sign-out-everywhere"): "accounts/test_own.py",
    ("POST", "/sign-in/face/begin"): "who/test_sign_in.py",
    ("POST", "/sign-in/face/look"): "who/test_sign_in.py",
    ("GET", "/live/events"): "a stream, noted as /live is",
    ("GET", f"{API}/events/stream"): "a stream, noted as /api/v1/events is",
}
"""Who signs in, and how; and what goes on until somebody leaves."""
CHANGES_NOTHING = {
    ("POST", "/search"): "leads to the page that searches",
    ("POST", "/who/frame"): "says how a face is held, and not whose it is",
    ("POST", "/live/cameras/test"): "looks through a camera that is none of the record",
    ("POST", f"{API}/cameras/test"): "looks through a camera that is none of the record",
    ("POST", "/footage/uploads"): "announces a file of which nothing is there",
    ("POST", f"{API}/uploads"): "announces a file of which nothing is there",
    ("DELETE", f"{API}/uploads/{{upload_id}}"): "takes back what nobody else has seen",
    ("POST", "/sightings/{sighting_id}/clip"): "part of the page that is noted as evidence",
}
"""What is no GET, and leaves no row."""
