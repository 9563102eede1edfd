"""The commands on the page of the API are whole: nothing is left to be filled in but files and the token."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from dashboards.web.api.curl import curl_example

BASE = "https://faces.example.org"


def command_for(app: FastAPI, method: str, path: str) -> str:
    described = app.openapi()
    return curl_example(described, f"{BASE}{path}", method, described["paths"][path][method])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("get", "/api/v1/me", f"{BASE}/api/v1/me"),
        ("post", "/api/v1/people", f"-F 'name=Ada Lovelace' -F pictures=@ada.jpg {BASE}/api/v1/people"),
        ("post", "/api/v1/footage/upload", f"-X POST -T door.mp4 {BASE}/api/v1/footage/upload"),
        ("delete", "/api/v1/cameras/{name}", f"-X DELETE {BASE}/api/v1/cameras/door"),
        ("get", "/api/v1/events/stream", f"-N {BASE}/api/v1/events/stream"),
        ("get", "/api/v1/search", f"'{BASE}/api/v1/search?sighting_id=s_5f2b9c0d4e7a1836'"),
        ("patch", "/api/v1/cameras/{name}", f"""-X PATCH --json '{{"enabled": true}}' {BASE}/api/v1/cameras/door"""),
    ],
)
def test_command_carries_out_the_operation(app: FastAPI, method: str, path: str, expected: str) -> None:
    start, _, rest = command_for(app, method, path).partition('FACETRAIL_TOKEN" ')

    assert start.startswith("curl -H")
    assert rest == expected


def test_no_command_leaves_a_gap(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    commands = [command_for(app, method, path) for path, methods in paths.items() for method in methods]
    assert [command for command in commands if "/{" in command] == []
