"""The running stack: one on a data folder, found by others, gone without a trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Settings, load_settings
from pipeline.errors import SettingsError, TransportLost
from pipeline.options import DetectionOptions, SamplingOptions
from tests.workers.conftest import wait_for_server
from workers.stack.children import ChildSpec, ChildState
from workers.stack.running import find_running_stack, running_stack, worker_environment, worker_specs
from workers.stack.supervisor import Supervisor


def test_no_stack_no_find(tmp_path: Path) -> None:
    assert find_running_stack(tmp_path) is None


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"watch": {"night": {"any_unknown": True, "hours": ["mon-fry"]}}}, r"watch\.night: hours 'mon-fry'"),
        ({"webhooks": {"office": {"url": "ftp://host"}}}, r"webhooks\.office: .*http://"),
    ],
)
def test_wrong_watch_list_or_webhook_is_said_before_anything_starts(
    tmp_path: Path, section: dict[str, Any], words: str
) -> None:
    settings = load_settings(data=tmp_path, **section)

    with pytest.raises(SettingsError, match=words), running_stack(settings):
        pytest.fail("it started")


def test_settings_reach_the_workers_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(
        data=tmp_path,
        credit_mb=17,
        sampling=SamplingOptions(fps=None, gate=False),
        detection=DetectionOptions(min_face_size=33),
        database_url="postgresql://user:secret@host/name",
    )

    for name, value in worker_environment(settings, "unix:///x").items():
        monkeypatch.setenv(name, value)
    received = load_settings()

    assert received.options() == settings.options()
    assert (received.data, received.credit_mb) == (tmp_path, 17)
    assert received.redis_url is not None
    assert received.redis_url.get_secret_value() == "unix:///x"
    assert received.database_url == settings.database_url


def test_writer_of_the_record_keeps_no_memory_and_users_may_decide_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    monkeypatch.setenv("MALLOC_ARENA_MAX", "7")
    settings = load_settings(data=tmp_path)

    aggregator, *others = worker_specs(settings, worker_environment(settings, "unix:///x"), tmp_path)

    assert aggregator.environment["ARROW_DEFAULT_MEMORY_POOL"] == "system"
    assert all("ARROW_DEFAULT_MEMORY_POOL" not in spec.environment for spec in others)
    assert {spec.environment["MALLOC_ARENA_MAX"] for spec in (aggregator, *others)} == {"7"}


@pytest.mark.parametrize(
    ("encoders", "expected"),
    [
        (0, ["aggregator", "ingest-1", "ingest-2", "detector-1", "detector-2"]),
        (1, ["aggregator", "ingest-1", "ingest-2", "detector-1", "detector-2", "encoder-1"]),
    ],
)
def test_workers_are_those_of_the_settings(tmp_path: Path, encoders: int, expected: list[str]) -> None:
    settings = load_settings(data=tmp_path, ingests=2, detectors=2, encoders=encoders)

    specs = worker_specs(settings, {}, tmp_path)

    assert [spec.name for spec in specs] == expected
    hosted = ["detector", "encoder", "asks"] if encoders == 0 else ["detector", "asks"]
    assert list(specs[3].command[3:-2]) == hosted


def test_secrets_stay_out_of_the_command_line(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, redis_url="redis://:hunter2@host")

    specs = worker_specs(settings, worker_environment(settings, "redis://:hunter2@host"), tmp_path)

    assert not any("hunter2" in part for spec in specs for part in spec.command)


@pytest.mark.slow
def test_server_that_does_not_come_up_is_said(tmp_path: Path) -> None:
    spec = ChildSpec("server", (sys.executable, "-c", ""), {}, tmp_path / "server.stderr")

    with pytest.raises(TransportLost):
        Supervisor(f"unix://{tmp_path}/none.sock", spec, [], server_start_s=0.2).start()


@pytest.mark.slow
def test_second_stack_on_a_folder_joins_the_first(tmp_path: Path) -> None:
    settings = light_settings(tmp_path)
    with running_stack(settings) as first:
        found = find_running_stack(tmp_path)
        with running_stack(settings) as second:
            assert found is not None
            assert first.url == second.url == found.url
            assert second.is_alive()
        wait_for_server(first.url).close()
        assert {child.state for child in first.health().children} == {ChildState.RUNNING}

    assert not found.is_alive()
    assert find_running_stack(tmp_path) is None


@pytest.mark.slow
def test_stack_of_another_process_is_found_and_gone_when_it_is_killed(tmp_path: Path) -> None:
    environment = {**worker_environment(light_settings(tmp_path), ""), "FACETRAIL_DATA": str(tmp_path)}
    del environment["FACETRAIL_REDIS_URL"]
    command = [sys.executable, "-m", "tests.end_to_end.hold_stack"]

    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        url = holder.stdout.readline().decode().strip()
        found = find_running_stack(tmp_path)
        holder.kill()

    assert found is not None
    assert found.url == url
    assert not found.is_alive()


def light_settings(data_dir: Path) -> Settings:
    return load_settings(data=data_dir, ingests=1)
