"""Where a form was sent from: the forms before signing in have no session whose token they could carry."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from dashboards.web.failures import Forbidden
from dashboards.web.rendering import site_of


def check_own_form(request: Request) -> None:
    """Raise `Forbidden` unless the request was sent by one of our own pages, as the browser itself says.

    Browsers say so by `Sec-Fetch-Site` where they trust the connection, and by `Origin` on every change; pages cannot
    forge either. A request without both is from no browser, and has no business here: programs use tokens.
    """
    fetch_site = request.headers.get("sec-fetch-site")
    is_own = fetch_site == "same-origin" if fetch_site else _is_own_origin(request)
    if not is_own:
        raise Forbidden("this form came from another site; open the page itself and try again")


def _is_own_origin(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    public_url = site_of(request).settings.web.public_url
    if public_url and origin == public_url:
        return True
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
