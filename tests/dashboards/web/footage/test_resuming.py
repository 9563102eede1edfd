"""Uploads that break off and go on: nothing is sent twice, nothing is lost, and nobody else can touch them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from dashboards.web.access import Role
from dashboards.web.app import create_app
from dashboards.web.footage.resuming import MOST_EACH, ResumableUploads
from dashboards.web.footage.views import uploads_dir
from dashboards.web.security.gate import CSRF_HEADER
from dashboards.web.security.incoming.limits import UPLOADS
from dashboards.web.site import Site
from pipeline.control.work.arrivals import Arrivals
from pipeline.intake.unfinished import UnfinishedUploads
from pipeline.video.writing import write_video
from tests.dashboards.web.conftest import TOKEN, Browse, FixedDoorkeeper, make_visitor
from tests.pipeline.video.clips import draw_frames

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(path, draw_frames(20), 10)
    return path.read_bytes()


@pytest.fixture
def client(browse: Browse) -> TestClient:
    return browse(Role.ANALYST)


def begin(client: TestClient, n_bytes: int, **headers: str) -> str:
    answer = client.post(UPLOADS, headers={**TUS, "Upload-Length": str(n_bytes), **headers})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def patch(client: TestClient, place: str, offset: int, content: bytes | Iterator[bytes], **headers: str) -> Response:
    told = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers}
    answer: Response = client.patch(place, content=content, headers=told)
    return answer


def offset_of(client: TestClient, place: str) -> int:
    return int(client.head(place, headers=TUS).headers["Upload-Offset"])


def test_parts_become_the_file(client: TestClient, site: Site, clip: bytes) -> None:
    place = begin(client, len(clip), **{"Upload-Metadata": "filename Li4vZG9vci5tcDQ=,filetype dmlkZW8vbXA0"})

    offsets = [
        int(patch(client, place, at, clip[at : at + 3000]).headers["Upload-Offset"]) for at in range(0, len(clip), 3000)
    ]

    (arrival,) = Arrivals(site.control).waiting()
    assert offsets == [*range(3000, len(clip), 3000), len(clip)]
    assert (arrival.label, arrival.path.stem) == ("door.mp4", hashlib.sha256(clip).hexdigest())
    assert arrival.path.read_bytes() == clip
    assert offset_of(client, place) == len(clip)  # for a sender whom the last answer did not reach
    assert list(uploads_dir(site).iterdir()) == [arrival.path]


def test_what_came_before_a_connection_broke_stays(client: TestClient, clip: bytes) -> None:
    place = begin(client, len(clip))

    def broken() -> Iterator[bytes]:
        yield clip[:5000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        patch(client, place, 0, broken())
    at = offset_of(client, place)

    assert patch(client, place, at, clip[at:]).headers["Upload-Offset"] == str(len(clip))


def test_another_process_goes_on_with_what_is_there(
    client: TestClient, browse: Browse, site: Site, clip: bytes
) -> None:
    place = begin(client, len(clip))
    patch(client, place, 0, clip[:5000])

    after_restart = browse(Role.ANALYST)
    patch(after_restart, place, offset_of(after_restart, place), clip[5000:])

    (arrival,) = Arrivals(site.control).waiting()
    assert arrival.path.stem == hashlib.sha256(clip).hexdigest()


def test_upload_that_was_whole_when_the_process_was_killed_is_taken_when_it_is_looked_at(
    client: TestClient, site: Site, clip: bytes
) -> None:
    place = begin(client, len(clip))
    UnfinishedUploads(uploads_dir(site)).find(place.rpartition("/")[2]).path.write_bytes(clip)

    assert offset_of(client, place) == len(clip)
    assert len(Arrivals(site.control).waiting()) == 1


@pytest.mark.parametrize(
    ("offset", "content", "headers", "status"),
    [
        (1, b"x", {}, 409),
        (0, b"x" * 101, {}, 413),
        (0, b"x", {"Tus-Resumable": "0.2.0"}, 412),
        (0, b"x", {"Content-Type": "application/octet-stream"}, 415),
        (-1, b"x", {}, 422),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    client: TestClient, offset: int, content: bytes, headers: dict[str, str], status: int
) -> None:
    place = begin(client, 100)

    answer = patch(client, place, offset, content, **headers)

    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (status, "1.0.0")
    assert offset_of(client, place) == 0


def test_what_is_no_video_is_refused_by_its_beginning_and_gone(client: TestClient, site: Site) -> None:
    place = begin(client, 50_000_000)

    answer = patch(client, place, 0, bytes(5_000_000))

    assert (answer.status_code, str(site.data_dir) in answer.text) == (422, False)
    assert client.head(place, headers=TUS).status_code == 404
    assert list(uploads_dir(site).iterdir()) == []


def test_upload_of_somebody_else_is_not_there(client: TestClient, site: Site) -> None:
    place = begin(client, 100)
    app = create_app(site, FixedDoorkeeper(make_visitor(Role.ADMIN, "grace")))

    with TestClient(app, headers={CSRF_HEADER: TOKEN}) as grace:
        answers = [grace.head(place, headers=TUS), patch(grace, place, 0, b"x"), grace.delete(place, headers=TUS)]
        assert grace.get(UPLOADS).json()["uploads"] == []
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert [one["n_bytes"] for one in client.get(UPLOADS).json()["uploads"]] == [100]


def test_given_up_upload_is_gone(client: TestClient, site: Site) -> None:
    place = begin(client, 100)

    assert client.delete(place, headers=TUS).status_code == 204
    assert [client.delete(place, headers=TUS).status_code, *uploads_dir(site).iterdir()] == [404]


def test_room_that_is_promised_is_not_promised_again(site: Site, client: TestClient) -> None:
    most = site.settings.web.most_upload_mb * 1_000_000
    answers = [client.post(UPLOADS, headers={**TUS, "Upload-Length": str(most)}) for _ in range(MOST_EACH)]

    refused = [answer for answer in answers if answer.status_code == 507]
    assert refused == [] or "has room for" in refused[0].text
    assert client.post(UPLOADS, headers={**TUS, "Upload-Length": str(most + 1)}).status_code == 413


def test_nobody_begins_without_end(site: Site, client: TestClient) -> None:
    for _ in range(MOST_EACH):
        begin(client, 10)

    assert client.post(UPLOADS, headers={**TUS, "Upload-Length": "10"}).status_code == 429
    assert len(ResumableUploads(site).of("ada")) == MOST_EACH


def test_page_shows_what_can_be_gone_on_with(client: TestClient) -> None:
    place = begin(client, 200_000, **{"Upload-Metadata": "filename PGI+Lm1wNA=="})
    patch(client, place, 0, bytes(50_000))

    shown = client.get("/footage").text

    assert place.rpartition("/")[2] in shown
    assert ("&lt;b&gt;.mp4" in shown, "<b>.mp4" in shown, 'aria-valuenow="25"' in shown) == (True, False, True)


def test_server_says_what_it_can(client: TestClient) -> None:
    told = client.options(UPLOADS).headers

    assert (told["Tus-Version"], told["Tus-Extension"]) == ("1.0.0", "creation,termination,expiration")
    assert told["Tus-Max-Size"] == "8192000000"
