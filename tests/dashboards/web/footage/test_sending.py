"""Footage that is sent: real bodies, real files, and those that are none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.web.access import Role
from dashboards.web.footage.views import uploads_dir
from dashboards.web.site import Site
from pipeline.config import WebSettings, load_settings
from pipeline.control.arrivals import Arrivals, ArrivalState
from pipeline.control.database import open_control
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


def test_upload_is_kept_by_its_content_and_waits_to_be_looked_into(site: Site, browse: Browse, clip: Path) -> None:
    answer = browse(Role.ANALYST).post(
        "/footage/upload?name=../../door.mp4&modified_ms=1700000000000&fps=2&start=2026-05-01T09:30",
        content=clip.read_bytes(),
    )

    assert answer.status_code == 200
    (arrival,) = Arrivals(site.control).waiting()
    assert (arrival.label, arrival.options_json) == ("door.mp4", '{"sampling": {"fps": 2.0}}')
    assert arrival.path.parent == uploads_dir(site)
    assert arrival.path.stat().st_mtime == 1_700_000_000


def test_same_upload_again_is_said_to_be_known(site: Site, browse: Browse, clip: Path) -> None:
    client = browse(Role.ANALYST)
    client.post("/footage/upload?name=door.mp4&rotation=0", content=clip.read_bytes())
    (arrival,) = Arrivals(site.control).waiting()
    take_in(site.control, site.settings, site.zone, arrival)

    answer = client.post("/footage/upload?name=copy.mp4&rotation=0", content=clip.read_bytes())

    assert "copy.mp4 is the same footage as door.mp4" in answer.text


def test_viewer_sends_nothing(site: Site, browse: Browse, clip: Path) -> None:
    assert browse(Role.VIEWER).post("/footage/upload?name=a.mp4", content=clip.read_bytes()).status_code == 403
    assert list(Arrivals(site.control).waiting()) == []


def test_large_file_of_nothing_is_refused_and_leaves_nothing_behind(site: Site, browse: Browse) -> None:
    answer = browse(Role.ANALYST).post("/footage/upload?name=big.mp4", content=bytes(8 * MEGABYTE))

    assert answer.status_code == 400
    assert not any(uploads_dir(site).iterdir())


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a<script>alert(1)</script>", b"%PDF-1.4 %%EOF", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"],
    ids=["nothing", "polyglot", "pdf", "playlist"],
)
def test_what_is_no_video_never_becomes_a_run(site: Site, browse: Browse, content: bytes) -> None:
    answer = browse(Role.ANALYST).post("/footage/upload?name=a.mp4", content=content)

    taken = [take_in(site.control, site.settings, site.zone, one) for one in Arrivals(site.control).waiting()]
    assert answer.status_code == 400 or [one.arrival.state for one in taken] == [ArrivalState.REFUSED]


def test_video_that_was_cut_off_is_refused_with_words(site: Site, browse: Browse, clip: Path) -> None:
    cut = clip.read_bytes()[: clip.stat().st_size // 2]
    answer = browse(Role.ANALYST).post("/footage/upload?name=cut.mp4", content=cut)

    taken = [take_in(site.control, site.settings, site.zone, one) for one in Arrivals(site.control).waiting()]
    problem = answer.text if answer.status_code == 400 else taken[0].arrival.problem
    assert "cut.mp4" in str(problem) or answer.status_code == 400


def test_file_that_is_larger_than_allowed_is_refused_before_it_is_sent(browse: Browse) -> None:
    client = browse(Role.ANALYST)

    assert client.get("/footage/room?size=1000").status_code == 204
    assert client.get(f"/footage/room?size={10_000 * 1_000_000}").status_code == 413


def test_wrong_field_of_the_form_is_named(browse: Browse, clip: Path) -> None:
    answer = browse(Role.ANALYST).post("/footage/upload?name=a.mp4&fps=many", content=clip.read_bytes())

    assert (answer.status_code, "samples a second" in answer.text) == (400, True)


def test_time_that_no_file_can_have_is_refused_before_anything_is_kept(browse: Browse, site: Site, clip: Path) -> None:
    answer = browse(Role.ANALYST).post(f"/footage/upload?modified_ms={10**16}", content=clip.read_bytes())

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
