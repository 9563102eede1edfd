"""Prometheus asks a real stack after a real clip, over HTTP: what was counted is what the record says."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.end_to_end.commands import Folder, make_folder
from workers.metrics.__main__ import ask
from workers.metrics.catalogue import COUNTED, LOOKED_UP

pytestmark = pytest.mark.slow

ONLY_WITH_CAMERAS = {
    *("facetrail_camera_fps", "facetrail_process_fps", "facetrail_skipped_fps"),
    *("facetrail_events_total", "facetrail_event_seconds", "facetrail_deliveries_total"),
}
ONLY_IN_TROUBLE = {"facetrail_buried_total", "facetrail_server_losses_total"}


@pytest.fixture(scope="module")
def folder(weights_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return make_folder(tmp_path_factory.mktemp("metrics") / "data", weights_cache)


@pytest.fixture(scope="module")
def address(folder: Folder) -> Iterator[str]:
    """Where `facetrail up` answers Prometheus."""
    process = folder.start("up", "--metrics-port", "0")
    assert process.stderr is not None
    found = next(match for line in process.stderr if (match := re.search(r"http://([\d.:]+)", line)))
    yield found[1]
    process.terminate()
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


@pytest.fixture(scope="module")
def counters(address: str, folder: Folder, open_data: Path) -> dict[str, Any]:
    """The counters of a job that is done, as the record has them."""
    said = folder.run("submit", open_data / "videos" / "obama_podium.mp4", "--wait", "--json")
    assert said.code == 0, said.err
    return dict(folder.run("jobs", "--json").json["jobs"][0])


def scrape(address: str) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_counts_are_those_of_the_record(address: str, counters: dict[str, Any]) -> None:
    seen, recorded = scrape(address), counters["counters"]

    states = {
        name: seen.get(f'facetrail_samples_total{{camera="",state="{name}"}}', 0) for name in ("decoded", "gated")
    }
    assert states == {"decoded": recorded["n_decoded"], "gated": recorded["n_gated"]}
    assert seen["facetrail_embeddings_total"] == recorded["n_useful"]
    assert seen['facetrail_faces_total{stage="detector"}'] == recorded["n_faces"]
    stages = {
        stage: seen[f'facetrail_chunks_total{{stage="{stage}"}}'] for stage in ("ingest", "detector", "aggregator")
    }
    n_chunks = counters["chunks"]
    assert stages == {"ingest": n_chunks + 1, "detector": n_chunks, "aggregator": n_chunks + 1}  # the end is a message


def test_times_have_as_many_as_were_counted(address: str, counters: dict[str, Any]) -> None:
    seen = scrape(address)

    for stage in ("detector", "encoder"):
        assert seen[f'facetrail_chunk_seconds_count{{stage="{stage}"}}'] == counters["chunks"]
        assert seen[f'facetrail_chunk_seconds_bucket{{le="+Inf",stage="{stage}"}}'] == counters["chunks"]


def test_levels_are_those_of_an_idle_stack(address: str, counters: dict[str, Any]) -> None:
    seen = scrape(address)

    assert seen['facetrail_jobs{state="done"}'] == 1
    assert seen["facetrail_in_flight_chunks"] == 0
    assert seen["facetrail_server_up"] == 1
    assert seen['facetrail_process_up{process="aggregator"}'] == 1


def test_every_figure_of_the_catalogue_is_there(address: str, counters: dict[str, Any]) -> None:
    seen = " ".join(scrape(address))

    named = {figure.name for figure in (*COUNTED, *LOOKED_UP) if not figure.name.startswith("facetrail_camera")}
    assert [name for name in sorted(named - ONLY_WITH_CAMERAS - ONLY_IN_TROUBLE) if name not in seen] == []


def test_health_is_asked_as_containers_do(address: str, counters: dict[str, Any]) -> None:
    port = address.rpartition(":")[2]
    asked = subprocess.run([sys.executable, "-m", "workers.metrics", port], cwd=REPOSITORY, check=False)

    assert ask(f"http://{address}/health") is None
    assert asked.returncode == 0
