"""What one look says, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dashboards.web.site import Site
from dashboards.web.system.health import Weight, headline, troubles
from dashboards.web.system.looking import ServerLook, SystemLook, looker_of
from pipeline.cameras.listing import ListedCamera, Standing
from pipeline.control.live.camera_states import CameraState
from pipeline.control.live.deliveries import Backlog
from pipeline.disk_use import Room
from workers.server_state import ServerState
from workers.status import WorkersStatus
from workers.wire.transport import FRAMES, FRAMES_LIVE, StreamState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATE = ServerState(product="Valkey 9", n_bytes=10, most_bytes=100, up_s=60, n_clients=2)


def make_server(*streams: StreamState, state: ServerState = STATE) -> ServerLook:
    return ServerLook(state, WorkersStatus(streams=streams, flights=(), forwarded={}, buried=()), {})


def make_camera(standing: Standing, n_dropped: int = 0) -> ListedCamera:
    state = CameraState(
        name="door", is_connected=True, since=NOW, problem=None, updated_at=NOW, n_samples=100, n_dropped=n_dropped
    )
    return ListedCamera(
        name="door",
        address="rtsp://door",
        enabled=True,
        is_from_file=False,
        rtsp_transport="tcp",
        standing=standing,
        state=state if standing in {Standing.CONNECTED, Standing.AWAY} else None,
        seen_at=NOW,
    )


@pytest.fixture
def quiet(site: Site) -> SystemLook:
    """A look at a system that is well."""
    return replace(
        looker_of(site).look(), at=NOW, server=make_server(), server_problem="", room=Room(500 * 10**9, 10**12)
    )


def test_quiet_system_is_well(quiet: SystemLook) -> None:
    assert (headline(quiet, troubles(quiet)), troubles(quiet)) == ("All is well", [])


@pytest.mark.parametrize(
    ("change", "weight", "words"),
    [
        ({"server": None, "server_problem": "refused"}, Weight.BAD, "does not answer"),
        ({"server": make_server(state=replace(STATE, n_bytes=90))}, Weight.WARNING, "memory is nearly full"),
        ({"server": make_server(StreamState(FRAMES, 5, 0, 60.0, ()))}, Weight.BAD, "5 wait, for up to 1 min"),
        (
            {"server": make_server(StreamState(FRAMES_LIVE, 5, 1, 9.0, ("w",)))},
            Weight.WARNING,
            "pictures wait for 9.0 s",
        ),
        ({"cameras": [make_camera(Standing.AWAY)]}, Weight.BAD, "door cannot be reached"),
        ({"cameras": [make_camera(Standing.NOT_READ)]}, Weight.WARNING, "Nobody reads the camera door"),
        ({"cameras": [make_camera(Standing.CONNECTED, 20)]}, Weight.WARNING, "20% of the pictures of door"),
        ({"room": Room(4 * 10**9, 10**12)}, Weight.WARNING, "The disk has little room: 4.0 GB left"),
        ({"room": Room(10**8, 10**12)}, Weight.BAD, "The disk is full: 100 MB left"),
        ({"unreadable": ("a.parquet is no Parquet file",)}, Weight.BAD, "a.parquet is no Parquet file"),
        (
            {"backlog": [Backlog(target="office", n_waiting=3, oldest_queued_at=NOW.replace(hour=8))]},
            Weight.WARNING,
            "3 events wait for office, the oldest for 1 h",
        ),
    ],
)
def test_trouble_is_told_with_its_weight(quiet: SystemLook, change: dict, weight: Weight, words: str) -> None:
    (trouble,) = troubles(replace(quiet, **change))

    assert (trouble.weight, words in trouble.words, trouble.advice != "") == (weight, True, True)


@pytest.mark.parametrize("standing", [Standing.CONNECTED, Standing.DISABLED])
def test_camera_that_is_as_it_should_be_is_no_trouble(quiet: SystemLook, standing: Standing) -> None:
    assert troubles(replace(quiet, cameras=[make_camera(standing)])) == []


def test_worst_comes_first(quiet: SystemLook) -> None:
    look = replace(quiet, room=Room(4 * 10**9, 10**12), cameras=[make_camera(Standing.AWAY)])

    assert [trouble.weight for trouble in troubles(look)] == [Weight.BAD, Weight.WARNING]
