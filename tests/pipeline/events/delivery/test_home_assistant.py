"""MQTT discovery: what Home Assistant is told of cameras and watch lists."""

from __future__ import annotations

import json

from pipeline.events.delivery.home_assistant import camera_entities, watch_entities
from pipeline.events.delivery.mqtt_messages import messages_of
from tests.builders_delivery import JPEG, make_alert, make_notice


def test_camera_appears_as_one_device_with_its_entities() -> None:
    entities = camera_entities("front_door", "facetrail", "homeassistant")
    configs = [json.loads(entity.payload) for entity in entities]

    assert [entity.topic for entity in entities] == [
        "homeassistant/sensor/facetrail_front_door_people/config",
        "homeassistant/sensor/facetrail_front_door_names/config",
        "homeassistant/binary_sensor/facetrail_front_door_occupancy/config",
        "homeassistant/image/facetrail_front_door_face/config",
    ]
    assert all(entity.retained for entity in entities)
    assert {config["device"]["name"] for config in configs} == {"Front door faces"}
    assert {config["availability_topic"] for config in configs} == {"facetrail/available"}
    assert len({config["unique_id"] for config in configs}) == len(configs)


def test_entities_listen_to_topics_that_are_written() -> None:
    entities = [*camera_entities("door", "facetrail", "ha"), *watch_entities(["strangers"], "facetrail", "ha")]
    notices = (make_notice(thumb_jpeg=JPEG), make_alert())
    written = {message.topic for notice in notices for message in messages_of(notice, "facetrail", thumbnails=True)}

    configs = [json.loads(entity.payload) for entity in entities]

    assert {config.get("state_topic") or config["image_topic"] for config in configs} <= written
