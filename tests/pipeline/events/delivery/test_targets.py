"""From the settings to those who are told, with secrets from the environment."""

from __future__ import annotations

import pytest

from pipeline.errors import NotFound, SettingsError
from pipeline.events.delivery.notices import Notice, NoticeKind
from pipeline.events.delivery.settings import (
    DeliverySettings,
    MqttSettings,
    UnknownSeenSettings,
    WatchSettings,
    WebhookSettings,
)
from pipeline.events.delivery.targets import (
    Interest,
    check_target,
    configured_rules,
    configured_webhooks,
    target_names,
)
from pipeline.sightings.rows import Status
from tests.builders_delivery import make_alert, make_notice


def make_settings(**webhooks: WebhookSettings) -> DeliverySettings:
    return DeliverySettings(webhooks=webhooks)


def test_nothing_configured_nobody_told() -> None:
    assert configured_webhooks(DeliverySettings(), {}) == ()
    assert configured_rules({}) == ()
    assert not DeliverySettings().is_needed


def test_secret_and_parts_of_the_address_come_from_the_environment() -> None:
    settings = make_settings(office=WebhookSettings(url="https://hooks.example.org/${TOKEN}"))
    environment = {"TOKEN": "abc", "FACETRAIL_WEBHOOK_OFFICE_SECRET": "s3cret"}

    (hook,) = configured_webhooks(settings, environment)

    assert (hook.url, hook.secret, hook.shown) == (
        "https://hooks.example.org/abc",
        "s3cret",
        "https://hooks.example.org",
    )
    assert "abc" not in repr(hook)
    assert "s3cret" not in repr(hook)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("file:///etc/passwd", "http:// or https://"),
        ("gopher://x", "http:// or https://"),
        ("ftp://x/secret-path", "http:// or https://"),
        ("https://", "name a host"),
        ("http://[::1", "no URL"),
        ("http://x:99999/", "no URL"),
        ("https://x/${NOT_SET}", "NOT_SET"),
    ],
)
def test_wrong_address_is_refused_by_name_without_being_shown(url: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as caught:
        configured_webhooks(make_settings(office=WebhookSettings(url=url)), {})

    assert "webhooks.office" in str(caught.value)
    assert "secret-path" not in str(caught.value)


@pytest.mark.parametrize("name", ["mqtt", "alerts", "Office", "a b"])
def test_name_that_is_taken_or_no_name_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        configured_webhooks(make_settings(**{name: WebhookSettings(url="https://x")}), {})


def test_webhook_that_is_switched_off_is_none() -> None:
    settings = make_settings(office=WebhookSettings(url="https://x", enabled=False))

    assert configured_webhooks(settings, {}) == ()
    assert target_names(settings) == ()
    assert not settings.is_needed


def test_unknown_target_is_refused_and_the_known_are_listed() -> None:
    settings = DeliverySettings(webhooks={"office": WebhookSettings(url="https://x")}, mqtt=MqttSettings(host="broker"))

    check_target(settings, "mqtt")
    with pytest.raises(NotFound, match="office, mqtt"):
        check_target(settings, "offfice")


@pytest.mark.parametrize(
    ("interest", "notice", "expected"),
    [
        (Interest(), make_notice(), True),
        (Interest(), make_alert(), True),
        (Interest(kinds=frozenset({NoticeKind.ALERT})), make_notice(), False),
        (Interest(kinds=frozenset({NoticeKind.ALERT})), make_alert(), True),
        (Interest(cameras=frozenset({"yard"})), make_notice(), False),
        (Interest(cameras=frozenset({"door"})), make_notice(), True),
        (Interest(statuses=frozenset({Status.KNOWN})), make_notice(), False),
        (Interest(statuses=frozenset({Status.KNOWN})), make_notice(person="Ada"), True),
    ],
)
def test_target_hears_of_what_it_wants(interest: Interest, notice: Notice, expected: bool) -> None:
    assert interest.wants(notice) is expected


def test_watch_list_becomes_a_rule() -> None:
    found = WatchSettings(
        people=("Ada Lovelace",), unknown_seen=UnknownSeenSettings(times=3, within_s=60), hours=("sat,sun",)
    )

    (rule,) = configured_rules({"weekend": found})

    assert "ada lovelace" in rule.people
    assert (rule.name, rule.unknown_seen.times if rule.unknown_seen else 0, len(rule.hours)) == ("weekend", 3, 1)


@pytest.mark.parametrize(
    ("name", "found", "problem"),
    [
        ("empty", WatchSettings(), "say whom to watch for"),
        ("late", WatchSettings(any_unknown=True, hours=("at night",)), "watch.late: hours 'at night'"),
        ("Loud Name", WatchSettings(any_unknown=True), "lower case"),
    ],
)
def test_wrong_watch_list_is_refused_by_name(name: str, found: WatchSettings, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        configured_rules({name: found})


@pytest.mark.parametrize(("part", "value"), [("timeout_s", 0), ("attempts", 0), ("give_up_after_s", -1)])
def test_webhook_out_of_range_is_refused(part: str, value: float) -> None:
    with pytest.raises(SettingsError, match=part):
        WebhookSettings(url="https://x", **{part: value})
