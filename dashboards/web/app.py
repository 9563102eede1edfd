"""The web application: every room's pages on one site, behind one gate."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

from dashboards.web import pictures
from dashboards.web.accounts import pages as accounts
from dashboards.web.api import routes as api
from dashboards.web.assets import Assets
from dashboards.web.attendance import pages as attendance
from dashboards.web.failures import add_failures
from dashboards.web.footage import pages as footage
from dashboards.web.live import pages as live
from dashboards.web.people import pages as people
from dashboards.web.scripts import STATIC, check_scripts
from dashboards.web.search import pages as search
from dashboards.web.security.gate import Doorkeeper, Gate
from dashboards.web.site import Site
from dashboards.web.system import pages as system
from dashboards.web.timeline import pages as timeline
from dashboards.web.who import pages as who

ROOMS = (accounts, live, timeline, people, search, footage, attendance, system, who, pictures, api)
HOME = "/live"


def create_app(site: Site, doorkeeper: Doorkeeper) -> FastAPI:
    """The application for one site; `doorkeeper` says who a request comes from.

    Raises `SettingsError` when the pages' own files are not complete.
    """
    check_scripts()
    app = FastAPI(title="Facetrail", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.state.site = site
    app.add_middleware(Gate, doorkeeper=doorkeeper)
    add_failures(app)
    app.mount("/static", Assets(directory=STATIC), name="static")
    for room in ROOMS:
        app.include_router(room.router)
    api.describe(app)
    app.get("/", include_in_schema=False)(_home)
    return app


def _home(request: Request) -> RedirectResponse:
    return RedirectResponse(HOME)
