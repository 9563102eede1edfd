"""From the settings to those who are told: checked addresses with their secrets, what each wants, and the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.errors import NotFound, SettingsError
from pipeline.events.delivery.notices import Notice, NoticeKind
from pipeline.events.delivery.policy import DeliveryPolicy
from pipeline.events.delivery.settings import ALL_KINDS, ALL_STATUSES, DeliverySettings, WatchSettings, WebhookSettings
from pipeline.events.watch.hours import parse_hours
from pipeline.events.watch.watching import UnknownSeen, WatchRule
from pipeline.sightings.rows import Status

NAME = re.compile(r"[a-z][a-z0-9_]*")
VARIABLE = re.compile(r"\$\{(\w+)\}")
MQTT = "mqtt"
"""The name of the broker among the targets."""
MQTT_PASSWORD = "FACETRAIL_MQTT_PASSWORD"  # noqa: S105 # the variable's name, not its value
ALERTS = "alerts"
"""The name of the stream of alerts among the targets."""
WEBHOOK_SECRETS = re.compile(r"FACETRAIL_WEBHOOK_[A-Z0-9_]+_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Which notices a target wants."""

    kinds: frozenset[NoticeKind] = frozenset(ALL_KINDS)
    cameras: frozenset[str] = frozenset()
    """Empty: all of them."""
    statuses: frozenset[Status] = frozenset(ALL_STATUSES)

    def wants(self, notice: Notice) -> bool:
        """Whether the target is told of `notice`."""
        event = notice.event
        is_seen_here = not self.cameras or event.source_id in self.cameras
        return notice.kind in self.kinds and is_seen_here and event.status in self.statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One address that is told; `repr` shows neither the address's path nor the secret."""

    name: str
    url: str = field(repr=False)
    secret: str | None = field(repr=False)
    shown: str
    """Scheme and host: in paths and queries there may be tokens."""
    interest: Interest
    thumbnails: bool
    timeout_s: float
    policy: DeliveryPolicy


def configured_webhooks(settings: DeliverySettings, environment: Mapping[str, str]) -> tuple[Webhook, ...]:
    """The webhooks that are switched on; raises `SettingsError` that names the one that is wrong, and how."""
    return tuple(
        _webhook(name, found, environment) for name, found in settings.webhooks.items() if _checked(name, found.enabled)
    )


def configured_rules(watch: Mapping[str, WatchSettings]) -> tuple[WatchRule, ...]:
    """The watch lists; raises `SettingsError` that names the one that is wrong, and how."""
    return tuple(_rule(name, found) for name, found in watch.items())


def check_delivery(settings: DeliverySettings, environment: Mapping[str, str]) -> None:
    """Raise `SettingsError` that names a webhook or a watch list that is wrong, and how."""
    configured_rules(settings.watch)
    configured_webhooks(settings, environment)


def target_names(settings: DeliverySettings) -> tuple[str, ...]:
    """All that can be told, by the names under which their dead letters stand."""
    hooks = tuple(name for name, hook in settings.webhooks.items() if hook.enabled)
    return (*hooks, *((MQTT,) if settings.mqtt.host else ()))


def check_target(settings: DeliverySettings, name: str) -> None:
    """Raises `NotFound`, listing those there are."""
    known = target_names(settings)
    if name not in known:
        listed = ", ".join(known) or "none; name some below `webhooks:` or `mqtt:` in facetrail.yaml"
        raise NotFound(f"there is no target {name!r}; the targets are: {listed}")


def secret_variable(name: str) -> str:
    """The environment variable of a webhook's secret."""
    return f"FACETRAIL_WEBHOOK_{name.upper()}_SECRET"


def _checked(name: str, is_enabled: bool) -> bool:
    if not NAME.fullmatch(name) or name in {MQTT, ALERTS}:
        raise SettingsError(f"webhooks.{name}: a name is in lower case, with digits and _, and not {MQTT} or {ALERTS}")
    return is_enabled


def _webhook(name: str, found: WebhookSettings, environment: Mapping[str, str]) -> Webhook:
    try:
        url = _filled_in(found.url, environment)
        shown = _check_url(url)
    except SettingsError as error:
        raise SettingsError(f"webhooks.{name}: {error}") from error
    return Webhook(
        name=name,
        url=url,
        secret=environment.get(secret_variable(name)) or None,
        shown=shown,
        interest=Interest(
            kinds=frozenset(found.kinds), cameras=frozenset(found.cameras), statuses=frozenset(found.statuses)
        ),
        thumbnails=found.thumbnails,
        timeout_s=found.timeout_s,
        policy=DeliveryPolicy(attempts=found.attempts, give_up_after_s=found.give_up_after_s),
    )


def _filled_in(text: str, environment: Mapping[str, str]) -> str:
    missing = [name for name in VARIABLE.findall(text) if name not in environment]
    if missing:
        raise SettingsError(f"its address names {', '.join(missing)}, which the environment does not set")
    return VARIABLE.sub(lambda match: environment[match[1]], text)


def _check_url(url: str) -> str:
    """Scheme, host and port of an address that may be posted to; the error shows nothing of it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError("its address is no URL") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("its address must begin with http:// or https:// and name a host")
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")


def _rule(name: str, found: WatchSettings) -> WatchRule:
    if not NAME.fullmatch(name):
        raise SettingsError(f"watch.{name}: a name is in lower case, with digits and _, such as strangers_at_night")
    if not (found.people or found.any_unknown or found.unknown_seen):
        raise SettingsError(f"watch.{name}: say whom to watch for: people, any_unknown: true, or unknown_seen")
    seen = found.unknown_seen
    try:
        hours = tuple(parse_hours(text) for text in found.hours)
    except SettingsError as error:
        raise SettingsError(f"watch.{name}: {error}") from error
    return WatchRule(
        name=name,
        people=_both_ways(found.people),
        any_unknown=found.any_unknown,
        unknown_seen=None if seen is None else UnknownSeen(seen.times, seen.within_s),
        cameras=frozenset(found.cameras),
        hours=hours,
        cooldown_s=found.cooldown_s,
    )


def _both_ways(people: Iterable[str]) -> frozenset[str]:
    """As ids and, in lower case, as names."""
    return frozenset(form for person in people for form in (person, person.lower()))
