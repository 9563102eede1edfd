"""The bodies of webhooks."""

from __future__ import annotations

import base64
import json

from pipeline.events.delivery.payloads import webhook_body
from tests.builders_delivery import JPEG, make_alert, make_notice


def test_body_of_a_sighting_tells_all_of_it() -> None:
    body = json.loads(webhook_body(make_notice(person="Zoë", thumb_jpeg=JPEG), thumbnails=True))

    assert body["type"] == "facetrail.sighting"
    assert body["event_id"] == body["event"]["event_id"]
    assert body["event"]["person_name"] == "Zoë"
    assert body["event"]["captured_at"] == "2026-03-02T09:00:01Z"
    assert body["event"]["box_xywh"] == [0.1, 0.2, 0.3, 0.4]
    assert base64.b64decode(body["event"]["thumb_jpeg"]) == JPEG
    assert body["in_view"] == {"n_people": 1, "names": ["Ada"]}


def test_body_of_an_alert_has_its_own_type() -> None:
    body = json.loads(webhook_body(make_alert(), thumbnails=True))

    assert (body["type"], body["event"]["phase"], body["event"]["watch"]) == ("facetrail.alert", "start", "strangers")
    assert body["in_view"] is None


def test_picture_is_left_out_on_request() -> None:
    body = json.loads(webhook_body(make_alert(), thumbnails=False))

    assert body["event"]["thumb_jpeg"] is None


def test_test_event_says_that_it_is_one() -> None:
    assert json.loads(webhook_body(make_notice(), thumbnails=True, is_test=True))["type"] == "facetrail.test"
