"""Cards are shared out by turns to the processes that run models, and to no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.errors import SettingsError
from workers.stack.gpus import VISIBLE, find_gpus, gpu_environment
from workers.stack.running import worker_specs


@pytest.mark.parametrize(
    ("setting", "environment", "expected"),
    [
        ("", {}, ()),
        ("1", {}, ("1",)),
        ("0,2", {VISIBLE: "5"}, ("0", "2")),
        ("", {VISIBLE: "1, 3"}, ("1", "3")),
        ("", {VISIBLE: ""}, ()),
        ("GPU-8f6c", {}, ("GPU-8f6c",)),
    ],
)
def test_the_setting_comes_before_the_environment(
    tmp_path: Path, setting: str, environment: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert find_gpus(setting, environment, tmp_path / "no driver") == expected


def test_without_either_the_driver_knows_the_cards(tmp_path: Path) -> None:
    (tmp_path / "0000:01:00.0").mkdir()
    (tmp_path / "0000:02:00.0").mkdir()

    assert find_gpus("", {}, tmp_path) == ("0", "1")
    assert find_gpus("", {VISIBLE: ""}, tmp_path) == ()


@pytest.mark.parametrize(
    ("stages", "number", "gpus", "expected"),
    [
        (["encoder"], 1, (), {}),
        (["ingest"], 1, ("0",), {}),
        (["aggregator"], 1, ("0",), {}),
        (["encoder"], 1, ("4", "7"), {VISIBLE: "4"}),
        (["encoder"], 2, ("4", "7"), {VISIBLE: "7"}),
        (["detector", "encoder"], 3, ("4", "7"), {VISIBLE: "4"}),
    ],
)
def test_processes_take_cards_by_turns(
    stages: list[str], number: int, gpus: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert gpu_environment(stages, number, gpus) == expected


def test_each_encoder_process_of_the_stack_sees_one_card(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path, encoders=3, gpus="0,1")

    specs = {spec.name: spec.environment.get(VISIBLE) for spec in worker_specs(settings, {VISIBLE: "0,1"}, tmp_path)}

    assert [specs[f"encoder-{number}"] for number in (1, 2, 3)] == ["0", "1", "0"]
    assert specs["aggregator"] == "0,1"


def test_a_list_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gpus"):
        load_settings(data=tmp_path, gpus="0;1")
