"""Serving over HTTP: whose word counts on where a request comes from."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, Request

from dashboards.web.serving import serving
from pipeline.config import WebSettings

PUBLIC = "https://faces.example.org"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "seen"),
    [
        (WebSettings(port=0), "127.0.0.1"),
        (WebSettings(port=0, public_url=PUBLIC), "192.0.2.7"),
        (WebSettings(port=0, public_url=PUBLIC, trusted_proxies="192.0.2.1"), "127.0.0.1"),
    ],
)
def test_only_a_proxy_that_is_set_says_who_asks(settings: WebSettings, seen: str) -> None:
    app = FastAPI()

    @app.get("/")
    def who(request: Request) -> str:
        return request.client.host if request.client else ""

    with serving(app, settings) as address:
        answer = httpx.get(address, headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.7"})

    assert answer.json() == seen
