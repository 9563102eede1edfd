"""Topics and payloads for a broker, as automations for Frigate expect them."""

from __future__ import annotations

import json

import msgspec

from pipeline.events.delivery.mqtt_messages import MqttMessage, availability, messages_of
from pipeline.events.delivery.notices import InView, SightingNotice
from pipeline.events.watch.alerts import AlertPhase
from tests.builders_delivery import JPEG, make_alert, make_event


def test_sighting_is_told_with_before_and_after_and_who_is_there() -> None:
    notice = SightingNotice(
        event=make_event("update", 5, person="Ada", thumb_jpeg=JPEG),
        before=make_event(),
        in_view=InView(2, ("Ada",)),
    )

    snapshot, names, people, event = messages_of(notice, "facetrail", thumbnails=True)

    assert snapshot == MqttMessage("facetrail/door/person/snapshot", JPEG, retained=True)
    assert names == MqttMessage("facetrail/door/person/names", b'["Ada"]', retained=True)
    assert people == MqttMessage("facetrail/door/person", b"2", retained=True)
    change = json.loads(event.payload)
    assert (event.topic, event.retained, change["type"]) == ("facetrail/events", False, "update")
    assert (change["before"]["sub_label"], change["after"]["sub_label"]) == (None, "Ada")
    assert change["after"]["camera"] == "door"
    assert change["after"]["frame_time"] == change["after"]["start_time"] == 1772442005.0
    assert change["after"]["box"] == [0.1, 0.2, 0.4, 0.6000000000000001]


def test_picture_stays_here_on_request() -> None:
    notice = SightingNotice(event=make_event(thumb_jpeg=JPEG))

    topics = [message.topic for message in messages_of(notice, "facetrail", thumbnails=False)]

    assert "facetrail/door/person/snapshot" not in topics


def test_watch_list_is_on_while_an_alert_is_open() -> None:
    (on, start), (still_on, _), (off, _) = (
        messages_of(make_alert(phase, n_open), "home", thumbnails=False)
        for phase, n_open in ((AlertPhase.START, 1), (AlertPhase.END, 1), (AlertPhase.END, 0))
    )

    assert [on.payload, still_on.payload, off.payload] == [b"ON", b"ON", b"OFF"]
    assert (on.topic, on.retained) == ("home/watch/strangers", True)
    assert msgspec.json.decode(start.payload)["phase"] == "start"


def test_availability_is_retained() -> None:
    assert availability("home", is_online=False) == MqttMessage("home/available", b"offline", retained=True)
