"""Running stages in one process: wrong ones are named, and all end when one does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.errors import (
    InputError,
    LeaseLost,
    PipelineError,
    SettingsError,
    StoreDamaged,
    StoreFull,
    TransportLost,
    WeightsError,
)
from workers.__main__ import exit_code
from workers.main import check_stages, server_url
from workers.together import run_together


@pytest.mark.parametrize("stages", [["ingest"], ["detector", "encoder"], ["aggregator", "detector"]])
def test_stages_that_can_share_a_process_are_accepted(stages: Sequence[str]) -> None:
    check_stages(stages)


@pytest.mark.parametrize(
    ("stages", "said"),
    [([], "none"), (["detektor"], "detektor given; there are ingest, detector"), (["ingest", "detector"], "forks")],
)
def test_other_stages_are_refused_by_name(stages: Sequence[str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check_stages(stages)


def test_server_must_be_known(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="facetrail up"):
        server_url(load_settings(data=tmp_path))


def test_given_server_is_used(tmp_path: Path) -> None:
    assert server_url(load_settings(data=tmp_path, redis_url="redis://host")) == "redis://host"


def test_all_end_when_one_fails() -> None:
    stop = threading.Event()

    def fail() -> None:
        raise StoreFull("no room")

    with pytest.raises(StoreFull):
        run_together([fail, stop.wait], stop)

    assert stop.is_set()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreFull("full"), 4),
        (StoreDamaged("bad"), 4),
        (InputError("wrong"), 2),
        (WeightsError("none"), 2),
        (TransportLost("away"), 3),
        (LeaseLost("taken"), 1),
    ],
)
def test_exit_code_says_whether_another_start_can_help(error: PipelineError, code: int) -> None:
    assert exit_code(error) == code
