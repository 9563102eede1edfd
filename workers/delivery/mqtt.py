"""The MQTT broker as a target; hides paho-mqtt, its thread and its reconnecting."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError
from pipeline.events.delivery.home_assistant import camera_entities, watch_entities
from pipeline.events.delivery.mqtt_messages import MqttMessage, availability, messages_of
from pipeline.events.delivery.notices import Notice
from pipeline.events.delivery.policy import Answer, Outcome
from pipeline.events.delivery.settings import MqttSettings
from pipeline.events.delivery.targets import MQTT

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo

logger = logging.getLogger(__name__)

QOS = 1
"""At least once: the broker acknowledges."""
KEEPALIVE_S = 30
CONNECT_WAIT_S = 2.0
"""How long a delivery waits for a connection that is being made."""
ACKNOWLEDGE_WAIT_S = 10.0
RECONNECT_MOST_S = 30
FAREWELL_S = 2.0


class MqttTarget:
    """One broker. It is connected to from the beginning, and again whenever the connection is lost."""

    name = MQTT

    def __init__(
        self,
        settings: MqttSettings,
        password: str | None,
        *,
        cameras: Iterable[str] = (),
        watch: Iterable[str] = (),
        is_trial: bool = False,
    ) -> None:
        """`cameras` and `watch` are announced; a trial announces nothing, itself included, and disturbs no other.

        Raises `SettingsError` without the library, or for bad TLS.
        """
        self._settings = replace(settings, client_id=f"{settings.client_id}_test") if is_trial else settings
        self._is_trial = is_trial
        self._announced = set(cameras)
        self._watch = tuple(watch)
        self._connected = threading.Event()
        self._problem = "there is no connection yet"
        self._in_flight: tuple[str, list[MQTTMessageInfo]] | None = None
        self._client = _make_client(self._settings, password)
        if not is_trial:
            farewell = availability(settings.topic_prefix, is_online=False)
            self._client.will_set(farewell.topic, farewell.payload, QOS, farewell.retained)
        self._client.on_connect = self._greet
        self._client.on_disconnect = self._note_disconnect
        self._client.connect_async(settings.host, settings.port, KEEPALIVE_S)
        self._client.loop_start()

    def deliver(self, notice: Notice) -> Outcome:
        """Publish all that the notice means, and wait for the broker to acknowledge it."""
        if not self._connected.wait(CONNECT_WAIT_S):
            return Outcome(Answer.UNREACHABLE, self._problem)
        self._announce(notice.event.source_id)
        event_id, sent = notice.event.event_id, self._in_flight
        # What was handed over before is sent again by the library itself: it must not go out twice.
        infos = sent[1] if sent and sent[0] == event_id else self._publish_all(self._messages(notice))
        self._in_flight = (event_id, infos)
        if not _await(infos, ACKNOWLEDGE_WAIT_S):
            return Outcome(Answer.UNREACHABLE, "the broker does not acknowledge")
        self._in_flight = None
        return Outcome(Answer.TAKEN)

    def close(self) -> None:
        """Say that we are going, which the broker otherwise says after a while."""
        if self._connected.is_set() and not self._is_trial:
            _await(self._publish_all([availability(self._settings.topic_prefix, is_online=False)]), FAREWELL_S)
        self._connected.clear()
        self._client.disconnect()
        self._client.loop_stop()

    def publish_test(self, payload: bytes) -> Outcome:
        """Publish something to `<prefix>/test`."""
        if not self._connected.wait(ACKNOWLEDGE_WAIT_S):
            return Outcome(Answer.UNREACHABLE, self._problem)
        infos = self._publish_all([MqttMessage(f"{self._settings.topic_prefix}/test", payload)])
        is_taken = _await(infos, ACKNOWLEDGE_WAIT_S)
        return Outcome(Answer.TAKEN) if is_taken else Outcome(Answer.UNREACHABLE, "the broker does not acknowledge")

    def _messages(self, notice: Notice) -> tuple[MqttMessage, ...]:
        return messages_of(notice, self._settings.topic_prefix, thumbnails=self._settings.thumbnails)

    def _publish_all(self, messages: Iterable[MqttMessage]) -> list[MQTTMessageInfo]:
        return [_hand_over(self._client, each) for each in messages]

    def _announce(self, camera: str) -> None:
        """Tell Home Assistant of a camera that the settings do not name."""
        if camera not in self._announced:
            self._announced.add(camera)
            self._publish_all(self._entities([camera]))

    def _entities(self, cameras: Iterable[str]) -> list[MqttMessage]:
        prefixes = (self._settings.topic_prefix, self._settings.discovery_prefix)
        if not self._settings.discovery:
            return []
        return [entity for camera in cameras for entity in camera_entities(camera, *prefixes)]

    def _watch_entities(self) -> tuple[MqttMessage, ...]:
        found = self._settings
        return watch_entities(self._watch, found.topic_prefix, found.discovery_prefix) if found.discovery else ()

    def _greet(self, client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._problem = f"the broker refuses us: {reason}"
            logger.warning("mqtt: %s", self._problem)
            return
        if not self._is_trial:
            online = availability(self._settings.topic_prefix, is_online=True)
            self._publish_all([online, *self._entities(sorted(self._announced)), *self._watch_entities()])
        self._connected.set()
        logger.info("mqtt: connected")

    def _note_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if self._connected.is_set():
            self._connected.clear()
            self._problem = f"the connection was lost: {reason}"
            logger.warning("mqtt: %s", self._problem)


def _make_client(settings: MqttSettings, password: str | None) -> Client:
    try:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion
    except ImportError as error:
        raise SettingsError("mqtt: its library is missing; install facetrail with the extra `mqtt`") from error
    client = Client(CallbackAPIVersion.VERSION2, client_id=settings.client_id)
    if settings.user:
        client.username_pw_set(settings.user, password)
    if settings.tls:
        _use_tls(client, settings)
    client.reconnect_delay_set(min_delay=1, max_delay=RECONNECT_MOST_S)
    return client


def _use_tls(client: Client, settings: MqttSettings) -> None:
    try:
        client.tls_set(ca_certs=settings.ca_file or None)
    except OSError as error:
        raise SettingsError(f"mqtt.ca_file {settings.ca_file!r} cannot be used: {error.strerror}") from error


def _hand_over(client: Client, message: MqttMessage) -> MQTTMessageInfo:
    """Publish it now, or with the next connection."""
    from paho.mqtt.enums import MQTTErrorCode

    info = client.publish(message.topic, message.payload, QOS, message.retained)
    if info.rc is MQTTErrorCode.MQTT_ERR_NO_CONN:  # it is kept and sent later, and would yet be called failed for ever
        info.rc = MQTTErrorCode.MQTT_ERR_SUCCESS
    return info


def _await(infos: Iterable[MQTTMessageInfo], within_s: float) -> bool:
    """Whether the broker acknowledged all of them in time."""
    until = time.monotonic() + within_s
    for info in infos:
        try:
            info.wait_for_publish(max(0.01, until - time.monotonic()))
            if not info.is_published():
                return False
        except (ValueError, RuntimeError) as error:
            logger.warning("mqtt: %s", error)
            return False
    return True
