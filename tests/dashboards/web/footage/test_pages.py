"""The pages of footage, on a record with people in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.web.access import Role
from dashboards.web.footage.views import uploads_dir
from dashboards.web.site import Site
from pipeline.control.audit import AuditLog
from pipeline.control.gallery.people import People
from pipeline.control.work.arrivals import Arrivals, NewArrival, Origin
from pipeline.control.work.leases import Leases
from pipeline.control.work.run_records import RunState
from pipeline.control.work.runs import Runs
from pipeline.control.work.sources import NewSource, Sources
from pipeline.sightings.folding.coverage import CoverageCount
from pipeline.sightings.record.store import RowFilter, Store
from pipeline.sightings.rows import Clock, SourceKind
from tests.builders import RUN
from tests.builders_recording import make_reference, make_seen, open_world, submit
from tests.dashboards.web.conftest import Browse


@pytest.fixture
def filled(site: Site) -> Site:
    """Ada was seen twice in one file, a stranger once; it is done."""
    world = open_world(site.data_dir)
    People(world.control).enrol("Ada", [make_reference(0)])
    world.record = submit(world.control, RUN)
    minute = CoverageCount(minute=0, expected=300, decoded=200, gated=90, dropped=0, failed=10)
    world.commit(9, make_seen(1, 0, 0.0), make_seen(2, 1, 10.0), make_seen(3, 0, 20.0), minutes=(minute,))
    world.recorder.refresh_sightings(world.lease, RUN.source_id, People(world.control).gallery_version())
    world.finish()
    Leases(world.control).release(world.lease, world.clock.now)
    world.control.close()
    return site


def refuse(site: Site, path: Path) -> int:
    arrivals = Arrivals(site.control)
    new = NewArrival(path=path, label="bad.mp4", origin=Origin.UPLOAD, who="ada", size=1, mtime_ns=1)
    noted = arrivals.note(new)
    arrivals.refuse(noted.arrival_id, "bad.mp4: is no video")
    return noted.arrival_id


def test_empty_page_says_what_to_do(browse: Browse) -> None:
    assert "Add a recording above" in browse(Role.ANALYST).get("/footage").text
    assert "role analyst" in browse(Role.VIEWER).get("/footage").text


def test_list_names_who_was_seen(filled: Site, browse: Browse) -> None:
    page = browse(Role.VIEWER).get("/footage").text

    assert "Ada" in page
    assert "1 unknown" in page


def test_filter_that_fits_nothing_says_so(filled: Site, browse: Browse) -> None:
    assert "Nothing fits" in browse().get("/footage?view=active").text
    assert "Nothing fits" in browse().get("/footage?q=elsewhere").text


def test_page_of_one_file_accounts_for_every_sample(filled: Site, browse: Browse) -> None:
    page = browse().get(f"/footage/{RUN.source_id}").text

    assert "could not be read" in page
    assert "3.3 %" in page
    assert f'href="/footage/{RUN.source_id}/report"' in page


def test_unknown_footage_is_not_found(browse: Browse) -> None:
    assert browse().get("/footage/f_0000000000000000").status_code == 404


def test_report_is_a_file_of_its_own_and_is_audited(filled: Site, browse: Browse) -> None:
    answer = browse(Role.VIEWER).get(f"/footage/{RUN.source_id}/report")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert "Ada" in answer.text


def test_run_that_goes_on_is_asked_for_again_and_can_be_stopped_and_go_on(site: Site, browse: Browse) -> None:
    world = open_world(site.data_dir)
    run = submit(world.control, RUN)
    world.control.close()
    client = browse(Role.ANALYST)
    assert "every 2s" in client.get(f"/footage/{RUN.source_id}/line").text

    stopped = client.post(f"/footage/{RUN.source_id}/cancel").text
    assert "Stopped" in stopped
    going_on = client.post(f"/footage/{RUN.source_id}/again")

    assert "Waiting" in going_on.text
    assert Runs(site.control).get(run.run.run_id).state is RunState.QUEUED


@pytest.mark.parametrize(("after", "status"), [("0001-01-01", 400), ("2026-05-01", 200), ("x~y", 400)])
def test_address_of_a_next_page_that_nobody_wrote_is_told(browse: Browse, after: str, status: int) -> None:
    assert browse(Role.VIEWER).get(f"/footage/lines?after={after}").status_code == status


@pytest.mark.slow
@pytest.mark.parametrize("change", ["cancel", "again", "start", "remove-file"])
def test_viewer_changes_nothing(filled: Site, browse: Browse, change: str) -> None:
    assert browse(Role.VIEWER).post(f"/footage/{RUN.source_id}/{change}").status_code == 403


def test_corrected_start_moves_the_sightings(filled: Site, browse: Browse) -> None:
    answer = browse(Role.ANALYST).post(f"/footage/{RUN.source_id}/start", data={"start": "2026-05-01T09:30:00"})

    assert answer.headers["HX-Refresh"] == "true"
    rows = Store(filled.data_dir).read_sightings(RowFilter(source_id=RUN.source_id))
    assert {row.start_ts.date().isoformat() for row in rows} == {"2026-05-01"}
    assert {row.clock for row in rows} == {Clock.ARGUMENT}
    (entry,) = AuditLog(filled.control).read()
    assert (entry.who, entry.action) == ("ada", "correct start")
    assert entry.detail == f"{RUN.source_id} began at 2026-05-01T09:30:00+00:00"


def test_only_an_upload_can_be_removed_and_the_record_stays(filled: Site, browse: Browse) -> None:
    client = browse(Role.ANALYST)
    assert client.post(f"/footage/{RUN.source_id}/remove-file").status_code == 409
    upload = uploads_dir(filled) / "0a1b.mp4"
    upload.parent.mkdir()
    upload.write_bytes(b"video")
    source = Sources(filled.control).get(RUN.source_id)
    moved = NewSource(
        source_id=RUN.source_id,
        kind=SourceKind.FILE,
        label=source.label,
        path=str(upload),
        duration_s=source.duration_s,
        start_ts=source.start_ts,
        clock=source.clock,
    )
    Sources(filled.control).upsert(moved)

    answer = client.post(f"/footage/{RUN.source_id}/remove-file")

    assert (answer.status_code, upload.exists()) == (204, False)
    assert [(entry.action, entry.detail) for entry in AuditLog(filled.control).read()] == [
        ("remove footage", RUN.source_id)
    ]
    assert "Ada" in client.get("/footage").text


def test_refused_file_is_listed_with_its_reason_until_it_is_taken_off(
    site: Site, browse: Browse, tmp_path: Path
) -> None:
    arrival_id = refuse(site, tmp_path / "bad.mp4")
    client = browse(Role.ANALYST)
    assert "is no video" in client.get("/footage").text

    assert client.post(f"/footage/arrivals/{arrival_id}/again").status_code == 400  # it is not there any more
    left = client.post(f"/footage/arrivals/{arrival_id}/dismiss").text

    assert "is no video" not in left


def test_page_hears_of_new_footage_by_its_marker(filled: Site, browse: Browse) -> None:
    client = browse()
    first = client.get("/footage/arrivals?marker=")
    marker = first.text.partition("marker=")[2].partition('"')[0]

    assert first.headers["HX-Trigger"] == "footage-taken"
    assert "HX-Trigger" not in client.get(f"/footage/arrivals?marker={marker}").headers
