"""Devices: every GPU's memory grows, one that has begun already is only reported, and none is no fault."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from pipeline.encoders.devices import let_memory_grow


class FakeConfig:
    """As many GPUs as asked for; those in `begun` were used before."""

    def __init__(self, *gpus: str, begun: tuple[str, ...] = ()) -> None:
        self.gpus, self.begun = gpus, begun
        self.growing: list[str] = []
        self.experimental = SimpleNamespace(set_memory_growth=self._grow)

    def list_physical_devices(self, device_type: str) -> list[str]:
        return list(self.gpus) if device_type == "GPU" else []

    def _grow(self, gpu: str, *, enable: bool) -> None:
        if gpu in self.begun:
            raise RuntimeError("Physical devices cannot be modified after being initialized")
        self.growing += [gpu] if enable else []


@pytest.mark.parametrize("gpus", [(), ("a",), ("a", "b")])
def test_the_memory_of_every_gpu_grows(gpus: tuple[str, ...]):
    config = FakeConfig(*gpus)

    assert let_memory_grow(config) == len(gpus)
    assert config.growing == list(gpus)


def test_a_gpu_in_use_already_is_reported_and_counted(caplog: pytest.LogCaptureFixture):
    config = FakeConfig("a", "b", begun=("a",))

    with caplog.at_level(logging.WARNING):
        assert let_memory_grow(config) == 2

    assert config.growing == ["b"]
    assert "GPU memory stays as it is" in caplog.text
