"""The sections `webhooks:`, `mqtt:` and `watch:` in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import load_settings
from pipeline.errors import SettingsError

YAML = """
webhooks:
  office: {url: "https://user:pass@hooks.example.org/x?token=abc", kinds: [new, alert]}
mqtt: {host: broker.local, tls: true}
watch:
  night: {any_unknown: true, hours: ["22:00-06:00"], unknown_seen: {times: 2, within_s: 60}}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "facetrail.yaml").write_text(YAML)
    monkeypatch.setenv("FACETRAIL_CONFIG", str(tmp_path / "facetrail.yaml"))


@pytest.mark.usefixtures("config")
def test_sections_are_read_from_the_file() -> None:
    found = load_settings().delivery()

    assert found.webhooks["office"].kinds == ("new", "alert")
    assert (found.mqtt.host, found.mqtt.port) == ("broker.local", 1883)
    assert found.watch["night"].unknown_seen is not None
    assert found.is_needed


@pytest.mark.usefixtures("config")
def test_address_is_shown_without_its_secrets() -> None:
    shown = str(load_settings().model_dump(mode="json"))

    assert "hooks.example.org" in shown
    assert "pass@" not in shown
    assert "abc" not in shown


@pytest.mark.usefixtures("config")
def test_settings_reach_another_process_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    monkeypatch.delenv("FACETRAIL_CONFIG")
    for name in ("webhooks", "mqtt", "watch"):
        variable = f"FACETRAIL_{name.upper()}"
        monkeypatch.setenv(variable, settings.environment()[variable])

    assert load_settings().delivery() == settings.delivery()


@pytest.mark.parametrize(
    ("section", "value", "named"),
    [
        ("webhooks", {"office": {"url": "https://x", "tineout_s": 3}}, "tineout_s"),
        ("webhooks", {"office": {}}, "url"),
        ("webhooks", {"office": {"url": "https://x", "kinds": ["begin"]}}, "kinds"),
        ("mqtt", {"host": "x", "port": 0}, "mqtt.port"),
        ("watch", {"night": {"unknown_seen": {"times": 0, "within_s": 5}}}, "times"),
    ],
)
def test_wrong_setting_is_named(section: str, value: object, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(**{section: value})
