"""The sections of the settings that say who is told of events: `webhooks:`, `mqtt:`, `watch:`."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.events.delivery.notices import NoticeKind
from pipeline.options import check_range
from pipeline.sightings.rows import Status

ALL_KINDS = tuple(NoticeKind)
ALL_STATUSES = tuple(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """One address that events are posted to; its secret is FACETRAIL_WEBHOOK_<NAME>_SECRET in the environment."""

    url: str
    """http:// or https://; a ${VARIABLE} in it comes from the environment."""
    enabled: bool = True
    kinds: tuple[NoticeKind, ...] = ALL_KINDS
    """Of new, update, end, alert."""
    cameras: tuple[str, ...] = ()
    """Only these; all otherwise."""
    statuses: tuple[Status, ...] = ALL_STATUSES
    """Of known, uncertain, unknown."""
    thumbnails: bool = True
    """Send the picture of the face, too."""
    timeout_s: float = 10.0
    """How long the address may take to connect, and to answer."""
    attempts: int = 8
    """Failures by the address's own word before an event goes to the dead letters."""
    give_up_after_s: float = 24 * 3600.0
    """How long an event waits for an address that cannot be reached."""

    def __post_init__(self) -> None:
        check_range("webhooks.timeout_s", self.timeout_s, 0.1, 120)
        check_range("webhooks.attempts", self.attempts, 1, 100)
        check_range("webhooks.give_up_after_s", self.give_up_after_s, 1, 30 * 24 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """The MQTT broker; without a host there is none. The password is FACETRAIL_MQTT_PASSWORD in the environment."""

    host: str = ""
    port: int = 1883
    user: str = ""
    tls: bool = False
    """Encrypt, and check the broker's certificate (usually port 8883)."""
    ca_file: str = ""
    """The certificate of the authority that the broker's is held against; the system's authorities otherwise."""
    client_id: str = "facetrail"
    """One a Facetrail: a broker throws the first of two with the same name out."""
    topic_prefix: str = "facetrail"
    discovery: bool = True
    """Tell Home Assistant about the cameras and watch lists."""
    discovery_prefix: str = "homeassistant"
    thumbnails: bool = True
    give_up_after_s: float = 3600.0
    """How long an event waits for a broker that cannot be reached."""

    def __post_init__(self) -> None:
        check_range("mqtt.port", self.port, 1, 65535)
        check_range("mqtt.give_up_after_s", self.give_up_after_s, 1, 30 * 24 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownSeenSettings:
    """Strangers count from the n-th sighting within a time on."""

    times: int
    within_s: float

    def __post_init__(self) -> None:
        check_range("watch.unknown_seen.times", self.times, 1, 1000)
        check_range("watch.unknown_seen.within_s", self.within_s, 1, 30 * 24 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """One watch list: whom to look for, at which cameras, at what hours."""

    people: tuple[str, ...] = ()
    """Names or ids."""
    any_unknown: bool = False
    """Everybody who is not enrolled."""
    unknown_seen: UnknownSeenSettings | None = None
    """Strangers, once they have been seen so often."""
    cameras: tuple[str, ...] = ()
    """Only these; all otherwise."""
    hours: tuple[str, ...] = ()
    """Such as 'mon-fri 18:00-07:00'; always otherwise. In `time_zone`."""
    cooldown_s: float = 60.0
    """After an alert, no other about the same person at the same camera for so long."""

    def __post_init__(self) -> None:
        check_range("watch.cooldown_s", self.cooldown_s, 0, 30 * 24 * 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """All three sections."""

    webhooks: dict[str, WebhookSettings] = field(default_factory=dict)
    mqtt: MqttSettings = MqttSettings()
    watch: dict[str, WatchSettings] = field(default_factory=dict)

    @property
    def is_needed(self) -> bool:
        """Whether anybody is to be told anything."""
        return bool(self.mqtt.host or self.watch) or any(hook.enabled for hook in self.webhooks.values())
