"""MQTT discovery: what Home Assistant must be told for cameras and watch lists to appear by themselves.

Source: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery, one message an entity, retained.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from pipeline.events.delivery.mqtt_messages import OFF, OFFLINE, ON, ONLINE, MqttMessage

ORIGIN = {"name": "Facetrail"}


def camera_entities(camera: str, prefix: str, discovery_prefix: str) -> tuple[MqttMessage, ...]:
    """A camera as a device: how many people, whom, is anybody there, and the latest face."""
    place, shown = f"{prefix}/{camera}/person", _title(camera)
    occupied = "{{ 'ON' if value | int(0) > 0 else 'OFF' }}"
    entities: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("sensor", "people", {"name": "People", "state_topic": place, "state_class": "measurement"}),
        ("sensor", "names", {"name": "Names", "state_topic": f"{place}/names", "value_template": NAMES}),
        (
            "binary_sensor",
            "occupancy",
            {"name": "Occupancy", "state_topic": place, "value_template": occupied, "device_class": "occupancy"},
        ),
        ("image", "face", {"name": "Latest face", "image_topic": f"{place}/snapshot", "content_type": "image/jpeg"}),
    )
    device = {"identifiers": [f"{prefix}_{camera}"], "name": f"{shown} faces", "manufacturer": "Facetrail"}
    return tuple(
        _entity(kind, f"{prefix}_{camera}_{part}", {**found, "device": device}, prefix, discovery_prefix)
        for kind, part, found in entities
    )


def watch_entities(watch: Iterable[str], prefix: str, discovery_prefix: str) -> tuple[MqttMessage, ...]:
    """Each watch list as a sensor that is on while an alert is open."""
    device = {"identifiers": [f"{prefix}_watch"], "name": "Facetrail watch lists", "manufacturer": "Facetrail"}
    return tuple(
        _entity(
            "binary_sensor",
            f"{prefix}_watch_{name}",
            {
                "name": _title(name),
                "state_topic": f"{prefix}/watch/{name}",
                "payload_on": ON.decode(),
                "payload_off": OFF.decode(),
                "device_class": "safety",
                "device": device,
            },
            prefix,
            discovery_prefix,
        )
        for name in watch
    )


NAMES = "{{ value_json | join(', ') if value_json else '-' }}"


def _entity(kind: str, unique_id: str, found: dict[str, Any], prefix: str, discovery_prefix: str) -> MqttMessage:
    config = {
        **found,
        "unique_id": unique_id,
        "object_id": unique_id,
        "availability_topic": f"{prefix}/available",
        "payload_available": ONLINE.decode(),
        "payload_not_available": OFFLINE.decode(),
        "origin": ORIGIN,
    }
    return MqttMessage(f"{discovery_prefix}/{kind}/{unique_id}/config", msgspec.json.encode(config), retained=True)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
