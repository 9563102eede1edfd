"""Whoever looks for, identifies, changes or erases stands in the audit log, once, with who they are and from where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dashboards.web.access import Role
from dashboards.web.app import create_app
from dashboards.web.footage.views import uploads_dir
from dashboards.web.security.gate import CSRF_HEADER, SAFE_METHODS
from dashboards.web.security.incoming.limits import UPLOADS
from dashboards.web.site import Site
from pipeline.config import load_settings
from pipeline.control.accounts.tokens import ApiTokens
from pipeline.control.accounts.users import Users
from pipeline.control.audit import AuditLog
from pipeline.control.database import open_control
from pipeline.control.gallery.people import People
from pipeline.control.gallery.unknowns import Unknowns
from pipeline.control.live.deliveries import Batch, Deliveries
from pipeline.control.work.arrivals import Arrivals, NewArrival, Origin
from pipeline.control.work.sources import Sources
from pipeline.events.delivery.intake import take
from pipeline.schemas import RunKey
from pipeline.sightings.rows import Status
from pipeline.video.writing import write_video
from tests.builders import RUN, START
from tests.builders_events import make_event
from tests.builders_examined import GivenAsker, make_examined, make_examined_face, make_vector
from tests.builders_recording import make_new_source, make_reference, make_seen, open_world, submit
from tests.dashboards.web.api.test_routes import address, routes_of
from tests.dashboards.web.audited_routes import ACTING, CHANGES_NOTHING, ELSEWHERE, TUS, Audited
from tests.dashboards.web.conftest import NO_SERVER, TOKEN, FixedDoorkeeper, make_visitor
from tests.pipeline.video.clips import draw_frames

pytestmark = pytest.mark.slow
TAPE = RunKey("f_00000000000000ta", "r_tape")
N_ADA, N_UNKNOWN, N_PEOPLE = 14, 10, 34


class Stage:
    """A record in which there is always somebody, or something, to be acted on."""

    def __init__(self, site: Site, client: TestClient) -> None:
        self.site, self.client = site, client
        self._numbers = count(1)
        self._people = iter(People(site.control).list_people()[1:])
        sightings = site.catalogue.find(limit=100).sightings
        self._known = iter([row.sighting_id for row in sightings if row.person_name == "Ada"])
        self._unknowns = iter(sorted({row.person_id or "" for row in sightings if row.status is Status.UNKNOWN})[1:])
        self._picture = self._name = self._user = ""

    def fill(self, given: Any) -> Any:
        """The same with something of the record in the place of each name in braces."""
        if isinstance(given, dict):
            return {name: self.fill(value) for name, value in given.items()}
        if isinstance(given, list):
            return [self.fill(value) for value in given]
        if not isinstance(given, str):
            return given
        if given == "{video bytes}":
            return self._video.read_bytes()
        if given == "{video file}":
            return ("door.mp4", self._video.read_bytes(), "video/mp4")
        for name in [part.partition("}")[0] for part in given.split("{")[1:]]:
            given = given.replace(f"{{{name}}}", str(getattr(self, f"some_{name}")()), 1)
        return given

    def some_person(self) -> str:
        person = next(self._people)
        self._picture, self._name = person.references[0].image_sha256, person.name
        return person.person_id

    some_person_id = some_other = some_person

    def some_typed(self) -> str:
        return self._name

    def some_sha256(self) -> str:
        return self._picture

    def some_sighting(self) -> str:
        return next(self._known)

    some_sighting_id = some_sighting

    def some_unknown(self) -> str:
        return next(self._unknowns)

    def some_change_id(self) -> int:
        return Unknowns(self.site.control).ignore(["unknown-0001"], who="grace")

    def some_video(self) -> Path:
        return self._video

    @property
    def _video(self) -> Path:
        return self.site.settings.web.footage_roots[0] / "door.mp4"

    def some_arrival_id(self) -> int:
        arrivals, number = Arrivals(self.site.control), next(self._numbers)
        new = NewArrival(
            path=self._video, label="door.mp4", origin=Origin.WATCH, who="grace", size=number, mtime_ns=number
        )
        return arrivals.refuse(arrivals.note(new).arrival_id, "no video").arrival_id

    def some_upload_id(self) -> str:
        told = {**TUS, "Upload-Length": str(self._video.stat().st_size)}
        return str(self.client.post(UPLOADS, headers=told).headers["Location"]).rpartition("/")[2]

    def some_source_id(self) -> str:
        (uploads_dir(self.site) / "tape.mp4").write_bytes(self._video.read_bytes())
        return TAPE.source_id

    def some_run_id(self) -> str:
        return TAPE.run_id

    def some_user_id(self) -> str:
        name = f"user{next(self._numbers)}"
        self._user = Users(self.site.control).add(name, Role.VIEWER, None, datetime.now(UTC)).user_id
        return self._user

    def some_token_id(self) -> int:
        users, tokens, now = Users(self.site.control), ApiTokens(self.site.control), datetime.now(UTC)
        user = users.with_id(self._user) if self._user else users.named("ada")
        self._user = ""
        tokens.make(user, f"token {next(self._numbers)}", Role.VIEWER, now, None)
        return tokens.of_user(user.user_id)[-1].token_id

    def bury_a_letter(self) -> None:
        """Let an event be one that could not be delivered."""
        queue, number = Deliveries(self.site.control), next(self._numbers)
        batch = Batch([make_event(event_id=f"e_{number}_0", sighting_id=f"s_{number}")], f"{number}-1")
        queue.take_in(batch, lambda state, event: take(state, event, (), UTC), lambda _: ["office"], START)
        letter = queue.head("office")
        assert letter is not None
        queue.bury(letter, "it answered 410", START)

    def some_name(self) -> str:
        return "door"

    def some_section(self) -> str:
        return "holidays"

    def some_key(self) -> str:
        return "2026-12-25"

    def some_form(self) -> str:
        return "csv"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Ada was seen often, some unknown people once; there are others enrolled, footage that waits, and dead letters."""
    world = open_world(tmp_path / "data")
    People(world.control).enrol("Ada", [make_reference(0)])
    for number in range(1, N_PEOPLE):
        People(world.control).enrol(f"Person {number:02}", [make_reference(20 + number)])
    world.record = submit(world.control, RUN)
    people = [0] * N_ADA + list(range(1, N_UNKNOWN + 2))
    world.commit(9, *(make_seen(number, person, 20.0 * number) for number, person in enumerate(people)))
    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())
    world.finish()
    tape = replace(make_new_source(TAPE.source_id), path=str(world.data_dir.resolve() / "footage" / "tape.mp4"))
    Sources(world.control).upsert(tape)
    submit(world.control, TAPE)
    world.control.close()
    root = tmp_path / "tapes"
    root.mkdir()
    write_video(root / "door.mp4", draw_frames(20), 10)
    settings = load_settings(data=world.data_dir, time_zone="UTC", web={"footage_roots": [str(root)]})
    control = open_control(world.data_dir)
    asker = GivenAsker(make_examined(make_examined_face(make_vector(19))))
    made = Site(settings, control, NO_SERVER, asker=asker)
    uploads_dir(made).mkdir()
    Users(control).add("ada", Role.ADMIN, None, datetime.now(UTC))
    yield made
    control.close()


def rows_of(site: Site, stage: Stage, step: Audited) -> tuple[int, list[tuple[str, str, str]]]:
    """The status of a request, and the rows that it left: what was done, by whom, from where."""
    if step.action == "deliver again":
        stage.bury_a_letter()
    path, sent = stage.fill(step.route), stage.fill(step.sent)
    before = len(AuditLog(site.control).read(10_000))
    status = stage.client.request(step.method, path, **sent).status_code
    after = AuditLog(site.control).read(10_000)
    added = [(row.action, row.who, row.place) for row in after[: len(after) - before]]
    return status, [row for row in added if step.action != "name" or row[0] != "enrol"]  # naming enrols the faces, too


def test_each_act_leaves_exactly_one_row(site: Site) -> None:
    with TestClient(create_app(site, FixedDoorkeeper(make_visitor())), headers={CSRF_HEADER: TOKEN}) as client:
        stage = Stage(site, client)
        left = [(step.method, step.route, *rows_of(site, stage, step), step.action) for step in ACTING]

    wrong = [one for one in left if one[2] >= 400 or one[3] != [(one[4], "ada", "testclient")]]
    assert wrong == [], "\n".join(map(str, wrong))


def test_looking_at_nobody_in_particular_leaves_no_row(site: Site) -> None:
    app = create_app(site, FixedDoorkeeper(make_visitor()))
    known = {(step.method, step.route) for step in ACTING} | ELSEWHERE.keys()
    with TestClient(app, headers={CSRF_HEADER: TOKEN}) as client:
        looks = [(method, path) for method, path, _ in routes_of(app) if method in SAFE_METHODS]
        for method, path in looks:
            if (method, path) not in known:
                client.request(method, address(path))

    assert AuditLog(site.control).read() == []


def test_every_route_is_in_the_table(site: Site) -> None:
    routes = {(method, path) for method, path, _ in routes_of(create_app(site, FixedDoorkeeper(None)))}
    known = {(step.method, step.route) for step in ACTING} | ELSEWHERE.keys() | CHANGES_NOTHING.keys()

    changing = {route for route in routes if route[0] not in SAFE_METHODS}
    assert (changing - known, known - routes) == (set(), set())
