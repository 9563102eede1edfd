"""Pages: how long a browser waits for each, on a record of a million sightings that goes on growing.

A process of the pages as `facetrail up` starts it, asked over HTTP by somebody who has signed in. Before every other
request one camera's file of today is replaced, as its aggregator does it, so that nothing kept from before is enough.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from fastapi.routing import iter_route_contexts

from dashboards.web.app import ROOMS
from dashboards.web.security.entering.cookies import PLAIN_NAME
from dashboards.web.server.standing import answering_pages
from pipeline.config import WebSettings
from pipeline.control.accounts.roles import Role
from pipeline.control.accounts.sessions import Place, Sessions
from pipeline.control.accounts.users import Users
from pipeline.control.database import open_control
from pipeline.sightings.record.files import Part
from tests.bench.busy_folder import WHO, make_busy_folder, person_id
from tests.bench.measurement import Bar, Measurement
from tests.bench.settings import BenchSettings
from tests.builders_catalogue import BusySite
from tests.workers.conftest import wait_for_server
from workers.stack.embedded import embedded_server
from workers.stack.leash import leashed

N_DAYS = 31
N_SIGHTINGS, SHORT_SIGHTINGS = 1_000_000, 100_000
TIMES, SHORT_TIMES = 40, 10
BAR = Bar(200, 50)
READY_S = 60
"""Longest wait for the pages to have read the record, in seconds."""
DOWNLOADS = frozenset({"/footage/{source_id}/report", "/attendance/table.{form}"})
"""Files to be kept, which nobody waits for as for a page."""
APART = {
    "/live/events": "a stream",
    "/live/pictures": "a stream",
    "/live/pictures/{camera}.jpg": "a picture",
    "/live/faces/{sighting_id}": "a picture",
    "/pictures/thumbs/{day}/{source}/{name}": "a picture",
    "/people/{person_id}/face": "a picture",
    "/people/{person_id}/images/{sha256}": "a picture",
    "/people/{person_id}/images/{sha256}/face": "a picture",
    "/who/references/{person_id}/{sha256}": "a picture",
    "/sightings/{sighting_id}/clip": "about a clip that was ordered",
    "/sightings/{sighting_id}/clip.{kind}": "a clip",
    "/relabelling/{request_id}": "about something that was done",
    "/healthz": "nobody looks at it",
    "/sign-in": "leads on who has signed in",
    "/sign-in/face": "for somebody who has half signed in",
    "/set-up": "for the first start",
}
"""What is asked for by GET, and is no page of this record."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How long one address took, in milliseconds, in the order asked."""

    took_ms: Sequence[float]
    n_bytes: int

    @property
    def p95_ms(self) -> float:
        """By the nearest rank."""
        return sorted(self.took_ms)[ceil(0.95 * len(self.took_ms)) - 1]

    @property
    def median_ms(self) -> float:
        return sorted(self.took_ms)[len(self.took_ms) // 2]

    @property
    def slowest_after_change_ms(self) -> float:
        return max(self.took_ms[1::2])


def measure(settings: BenchSettings) -> Iterator[Measurement]:
    """Every page, one after the other."""
    n_sightings = SHORT_SIGHTINGS if settings.short else N_SIGHTINGS
    n_times = SHORT_TIMES if settings.short else TIMES
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    site = BusySite(
        n_sightings=n_sightings,
        n_days=N_DAYS,
        first_day=today - timedelta(days=N_DAYS - 1),
        n_files=200,
        n_a_file=n_sightings // 1000,
    )
    with TemporaryDirectory(dir=settings.folder) as temporary:
        data_dir = Path(temporary)
        make_busy_folder(data_dir, site)
        with _pages(data_dir) as browser:
            for page, addresses in _addresses(browser, site).items():
                for address in addresses:
                    asked = _ask(browser, address, n_times, _changes(data_dir, site, today))
                    name = page if len(addresses) == 1 else address
                    yield _figure(name, asked, site, None if page in DOWNLOADS else BAR)


def _addresses(browser: httpx.Client, site: BusySite) -> Mapping[str, Sequence[str]]:
    """Addresses of every page, by its route; raises `LookupError` for a page that nobody has thought of here."""
    sighting = browser.get("/api/v1/sightings?limit=1&status=known").json()["sightings"][0]["sighting_id"]
    person, (footage, _) = person_id(5), site.files[0]
    now = datetime.now(UTC)
    known = {
        "/live": ["/live"],
        "/live/states": ["/live/states"],
        "/live/cameras": ["/live/cameras"],
        "/live/cameras/rows": ["/live/cameras/rows"],
        "/timeline": [
            "/timeline?range=month",
            "/timeline?range=day",
            f"/timeline?range=month&person={person}",
            "/timeline?range=all",
        ],
        "/timeline/table": ["/timeline/table?range=month"],
        "/timeline/picture": ["/timeline/picture?range=month", "/timeline/picture?range=hour"],
        "/people": ["/people", "/people?q=00"],
        "/people/names": ["/people/names"],
        "/people/new": ["/people/new"],
        "/people/{person_id}": [f"/people/{person}"],
        "/unknowns": ["/unknowns", "/unknowns?page=40"],
        "/unknowns/uncertain": ["/unknowns/uncertain"],
        "/sightings/{sighting_id}": [f"/sightings/{sighting}"],
        "/search": ["/search"],
        "/who": ["/who"],
        "/who/enrol": ["/who/enrol"],
        "/who/models": ["/who/models"],
        "/footage": ["/footage"],
        "/footage/lines": ["/footage/lines"],
        "/footage/arrivals": ["/footage/arrivals"],
        "/footage/folders": ["/footage/folders"],
        "/footage/{source_id}": [f"/footage/{footage}"],
        "/footage/{source_id}/line": [f"/footage/{footage}/line"],
        "/footage/{source_id}/report": [f"/footage/{footage}/report"],
        "/attendance": ["/attendance?view=month", "/attendance?view=week", "/attendance?view=day"],
        "/attendance/people/{person_id}": [f"/attendance/people/{person}?view=month"],
        "/attendance/table.{form}": ["/attendance/table.csv?view=month", "/attendance/table.xlsx?view=month"],
        "/attendance/settings": ["/attendance/settings"],
        "/system": ["/system"],
        "/system/now": ["/system/now"],
        "/users": ["/users"],
        "/audit": ["/audit", f"/audit?about={person}&from={now - timedelta(days=7):%Y-%m-%d}"],
        "/account": ["/account"],
        "/first-steps": ["/first-steps"],
        "/api": ["/api"],
    }
    missing = _pages_there_are() - known.keys() - APART.keys()
    if missing:
        raise LookupError(f"no address to measure for {', '.join(sorted(missing))}")
    return known


def _pages_there_are() -> frozenset[str]:
    found = (context for room in ROOMS for context in iter_route_contexts(room.router.routes))
    paths = (context.path for context in found if "GET" in (context.methods or ()))
    return frozenset(path for path in paths if path and not path.startswith("/api/"))


def _ask(browser: httpx.Client, address: str, n_times: int, changes: Iterator[None]) -> Asked:
    took_ms = []
    for turn in range(n_times):
        if turn % 2:
            next(changes)
        began = time.perf_counter()
        answer = browser.get(address)
        took_ms.append(1000 * (time.perf_counter() - began))
        answer.raise_for_status()
    return Asked(took_ms, len(answer.content))


def _changes(data_dir: Path, site: BusySite, today: datetime) -> Iterator[None]:
    """Each next one replaces today's sightings and coverage of one camera by files that say the same."""
    while True:
        for camera in site.cameras:
            for part in ("sightings", "coverage"):
                path = Part(data_dir / part).day_file(camera, today)
                other = path.with_name(f".{path.name}")
                other.write_bytes(path.read_bytes())
                other.replace(path)
            yield


def _figure(name: str, asked: Asked, site: BusySite, bar: Bar | None) -> Measurement:
    detail = (
        f"p95 of {len(asked.took_ms)} by the clock; median {asked.median_ms:.0f}, first {asked.took_ms[0]:.0f}, "
        f"slowest after a change {asked.slowest_after_change_ms:.0f} ms; {asked.n_bytes / 1000:.0f} kB; "
        f"{site.n_sightings:,} sightings"
    )
    return Measurement(what=name, figure=asked.p95_ms, unit="ms", detail=detail, bar=bar)


@contextmanager
def _pages(data_dir: Path) -> Iterator[httpx.Client]:
    """A browser that has signed in on pages that have read the record."""
    cookies = {PLAIN_NAME: _signed_in(data_dir)}
    with _server(data_dir) as url:
        own = {"FACETRAIL_DATA": str(data_dir), "FACETRAIL_REDIS_URL": url, "FACETRAIL_WEB__PORT": "0"}
        environment = {**os.environ, **own, "FACETRAIL_TIME_ZONE": "UTC"}
        with subprocess.Popen(leashed((sys.executable, "-m", "dashboards.web")), env=environment) as process:
            try:
                base_url = _until_answering(data_dir)
                with httpx.Client(base_url=base_url, cookies=cookies, timeout=READY_S) as browser:
                    _until_read(browser)
                    yield browser
            finally:
                process.terminate()


def _signed_in(data_dir: Path) -> str:
    control, now = open_control(data_dir), datetime.now(UTC)
    user = Users(control).add(WHO, Role.ADMIN, None, now)
    secret = Sessions(control).begin(user.user_id, Place("127.0.0.1", "bench"), now, timedelta(hours=1))
    control.close()
    return secret


def _until_answering(data_dir: Path) -> str:
    pause = threading.Event()
    for _ in range(READY_S * 10):
        url = answering_pages(data_dir, WebSettings(port=0))
        if url is not None:
            return url
        pause.wait(0.1)
    raise TimeoutError("the pages do not answer")


def _until_read(browser: httpx.Client) -> None:
    pause = threading.Event()
    while browser.get("/timeline/picture?range=hour").raise_for_status().json()["reading"]:
        pause.wait(0.1)


@contextmanager
def _server(data_dir: Path) -> Iterator[str]:
    run_dir = data_dir / "run"
    run_dir.mkdir(mode=0o700)
    server = embedded_server(run_dir)
    with subprocess.Popen(leashed(server.command)) as process:
        try:
            wait_for_server(server.url).close()
            yield server.url
        finally:
            process.kill()
