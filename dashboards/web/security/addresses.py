"""Addresses of the pages as people outside reach them."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request

from dashboards.web.rendering import site_of
from pipeline.config import WebSettings

ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 # listened at, and never called
SET_UP = "/set-up"


def pages_url(settings: WebSettings, port: int) -> str:
    """Where people find the pages that listen at `port`: what the settings say, else as this machine reaches them."""
    return settings.public_url or here_url(settings, port)


def here_url(settings: WebSettings, port: int) -> str:
    """Where this machine reaches the pages that listen at `port`."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{ALL_ADDRESSES.get(settings.host, host)}:{port}"


def set_up_url(base_url: str, secret: str) -> str:
    """The one-time link of a secret."""
    return f"{base_url}{SET_UP}?{urlencode({'token': secret})}"


def link_address(request: Request, secret: str) -> str:
    """The one-time link of a secret, at the address by which its maker reached the pages."""
    base_url = site_of(request).settings.web.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return set_up_url(base_url, secret)
