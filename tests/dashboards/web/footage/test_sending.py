"""Footage that is sent: real bodies, real files, and those that are none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from dashboards.web.access import Role
from dashboards.web.footage.views import uploads_dir
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.site import Site
from pipeline.config import WebSettings, load_settings
from pipeline.control.database import open_control
from pipeline.control.work.arrivals import Arrivals, ArrivalState
from pipeline.intake.taking import take_in
from pipeline.video.writing import write_video
from tests.dashboards.web.conftest import NO_SERVER, Browse
from tests.pipeline.video.clips import draw_frames

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, draw_frames(20), 10)
    return path


@pytest.fixture
def rooted(tmp_path: Path, clip: Path) -> Iterator[Site]:
    """A site from whose folder `tapes` footage may be chosen; a link in it leads out of it."""
    tapes = tmp_path / "tapes"
    (tapes / "may").mkdir(parents=True)
    (tapes / "may" / "door.mp4").write_bytes(clip.read_bytes())
    (tmp_path / "secret.mp4").write_bytes(clip.read_bytes())
    (tapes / "out.mp4").symlink_to(tmp_path / "secret.mp4")
    settings = load_settings(
        data=tmp_path / "rooted", time_zone="UTC", web=WebSettings(footage_roots=(tapes,)).model_dump()
    )
    control = open_control(settings.data)
    yield Site(settings, control, NO_SERVER)
    control.close()


def send(client: TestClient, content: bytes, **query: str | int) -> Response:
    """Announce the content with the form's fields, and send it in one request; the answer to whichever was refused."""
    begun: Response = client.post("/footage/uploads", params={"size": len(content), **query})
    if begun.status_code != 201:
        return begun
    told = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer: Response = client.patch(begun.headers["Location"], content=content, headers=told)
    return answer


def test_upload_is_kept_by_its_content_and_waits_to_be_looked_into(site: Site, browse: Browse, clip: Path) -> None:
    answer = send(
        browse(Role.ANALYST),
        clip.read_bytes(),
        name="../../door.mp4",
        modified_ms=1_700_000_000_000,
        fps=2,
        start="2026-05-01T09:30",
    )

    assert answer.status_code == 204
    (arrival,) = Arrivals(site.control).waiting()
    assert answer.headers["Facetrail-Arrival"] == str(arrival.arrival_id)
    assert (arrival.label, arrival.options_json) == ("door.mp4", '{"sampling": {"fps": 2.0}}')
    assert arrival.path.parent == uploads_dir(site)
    assert arrival.path.stat().st_mtime == 1_700_000_000


def test_form_without_scripts_sends_a_file_and_its_fields(site: Site, browse: Browse, clip: Path) -> None:
    answer = browse(Role.ANALYST).post(
        "/footage/upload",
        data={"fps": "2", "start": ""},
        files={"file": ("../../door.mp4", clip.read_bytes(), "video/mp4")},
        headers={"Sec-Fetch-Site": "same-origin", CSRF_HEADER: ""},
    )

    (arrival,) = Arrivals(site.control).waiting()
    assert (answer.status_code, answer.headers["location"]) == (303, "/footage")
    assert (arrival.label, arrival.options_json) == ("door.mp4", '{"sampling": {"fps": 2.0}}')
    assert arrival.path.read_bytes() == clip.read_bytes()


@pytest.mark.parametrize(
    ("headers", "files", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, {"file": ("a.mp4", b"x")}, 403),
        ({"Origin": "https://evil.example"}, {"file": ("a.mp4", b"x")}, 403),
        ({}, {"file": ("a.mp4", b"x")}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, {"file": ("a.mp4", b"no video")}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, {"fps": (None, b"2")}, 400),
        ({"Sec-Fetch-Site": "same-origin"}, [("file", ("a.mp4", b"x")), ("file", ("b.mp4", b"x"))], 400),
        ({"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=x"}, None, 400),
        ({"Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain"}, None, 400),
    ],
)
def test_form_of_another_site_or_of_nothing_is_refused(
    site: Site, browse: Browse, headers: dict[str, str], files: Any, status: int
) -> None:
    answer = browse(Role.ANALYST).post("/footage/upload", files=files, headers={**headers, CSRF_HEADER: ""})

    assert answer.status_code == status
    assert not uploads_dir(site).exists() or list(uploads_dir(site).iterdir()) == []


def test_same_upload_again_is_said_to_be_known(site: Site, browse: Browse, clip: Path) -> None:
    client = browse(Role.ANALYST)
    for name in ("door.mp4", "copy.mp4"):
        send(client, clip.read_bytes(), name=name, rotation=0)
        (arrival,) = Arrivals(site.control).waiting()
        take_in(site.control, site.settings, site.zone, arrival)

    assert re.search(r"copy\.mp4.*is known already", client.get("/footage/arrivals").text, re.DOTALL)
    assert len(list(uploads_dir(site).iterdir())) == 1


def test_viewer_sends_nothing(site: Site, browse: Browse, clip: Path) -> None:
    assert send(browse(Role.VIEWER), clip.read_bytes(), name="a.mp4").status_code == 403
    assert list(Arrivals(site.control).waiting()) == []


def test_large_file_of_nothing_is_refused_and_leaves_nothing_behind(site: Site, browse: Browse) -> None:
    answer = send(browse(Role.ANALYST), bytes(8 * MEGABYTE), name="big.mp4")

    assert answer.status_code == 422
    assert not any(uploads_dir(site).iterdir())


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a<script>alert(1)</script>", b"%PDF-1.4 %%EOF", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"],
    ids=["nothing", "polyglot", "pdf", "playlist"],
)
def test_what_is_no_video_never_becomes_a_run(site: Site, browse: Browse, content: bytes) -> None:
    answer = send(browse(Role.ANALYST), content, name="a.mp4")

    taken = [take_in(site.control, site.settings, site.zone, one) for one in Arrivals(site.control).waiting()]
    assert answer.status_code == 422 or [one.arrival.state for one in taken] == [ArrivalState.REFUSED]


def test_video_that_was_cut_off_is_refused_with_words(site: Site, browse: Browse, clip: Path) -> None:
    cut = clip.read_bytes()[: clip.stat().st_size // 2]
    answer = send(browse(Role.ANALYST), cut, name="cut.mp4")

    taken = [take_in(site.control, site.settings, site.zone, one) for one in Arrivals(site.control).waiting()]
    assert answer.status_code == 422 or "cut.mp4" in str(taken[0].arrival.problem)


def test_file_that_is_larger_than_allowed_is_refused_before_it_is_sent(browse: Browse) -> None:
    answer = browse(Role.ANALYST).post("/footage/uploads", params={"size": 10_000 * 1_000_000})

    assert (answer.status_code, "8,192 MB at most" in answer.text) == (413, True)


def test_wrong_field_of_the_form_is_named(browse: Browse, clip: Path) -> None:
    answer = send(browse(Role.ANALYST), clip.read_bytes(), fps="many")

    assert (answer.status_code, "samples a second" in answer.text) == (400, True)


def test_time_that_no_file_can_have_is_refused_before_anything_is_kept(browse: Browse, site: Site, clip: Path) -> None:
    answer = send(browse(Role.ANALYST), clip.read_bytes(), modified_ms=10**16)

    assert answer.status_code == 422
    assert not uploads_dir(site).exists()


def test_file_whose_name_is_no_text_does_not_hide_the_others(rooted: Site, browse: Browse) -> None:
    folder = rooted.settings.web.footage_roots[0] / "may"
    (folder / os.fsdecode(b"\xff.mp4")).touch()

    assert "door.mp4" in browse(Role.ANALYST, rooted).get("/footage/folders", params={"path": str(folder)}).text


def test_chosen_files_wait_to_be_looked_into(rooted: Site, browse: Browse) -> None:
    path = rooted.settings.web.footage_roots[0] / "may" / "door.mp4"

    answer = browse(Role.ANALYST, rooted).post("/footage/submit", data={"path": str(path), "fps": "1"})

    assert answer.headers["HX-Redirect"] == "/footage"
    (arrival,) = Arrivals(rooted.control).waiting()
    assert (arrival.path, arrival.who) == (path, "ada")


@pytest.mark.slow
@pytest.mark.parametrize("path", ["../secret.mp4", "out.mp4", "may/../../secret.mp4", "/etc/passwd", "may\0door.mp4"])
def test_nothing_outside_the_folders_can_be_chosen(rooted: Site, browse: Browse, path: str) -> None:
    chosen = os.path.join(rooted.settings.web.footage_roots[0], path)  # noqa: PTH118 # as it is, not made neat

    answer = browse(Role.ANALYST, rooted).post("/footage/submit", data={"path": chosen})

    assert answer.status_code == 403
    assert list(Arrivals(rooted.control).waiting()) == []


def test_folders_list_what_can_be_chosen_and_no_link_that_leads_out(rooted: Site, browse: Browse) -> None:
    root = rooted.settings.web.footage_roots[0]
    client = browse(Role.ANALYST, rooted)

    top = client.get("/footage/folders", params={"path": str(root)}).text

    assert str(root) in client.get("/footage/folders").text
    assert ("may" in top, "out.mp4" in top) == (True, False)
    assert "door.mp4" in client.get("/footage/folders", params={"path": str(root / "may")}).text


def test_without_folders_the_page_says_how_to_set_them(browse: Browse) -> None:
    assert "footage_roots" in browse(Role.ANALYST).get("/footage/folders").text
