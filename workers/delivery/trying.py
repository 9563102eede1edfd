"""Trying a target: one test event, past the queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipeline.config import Settings
from pipeline.events.delivery.payloads import webhook_body
from pipeline.events.delivery.policy import Outcome
from pipeline.events.delivery.targets import MQTT, check_target, configured_webhooks
from pipeline.events.delivery.trial import trial_notice
from workers.delivery.running import broker
from workers.delivery.webhooks import WebhookTarget


def try_target(settings: Settings, environment: Mapping[str, str], name: str, now: datetime) -> Outcome:
    """Send a test event to one target, once; raises `NotFound` for a target that is not there."""
    delivery, notice = settings.delivery(), trial_notice(now)
    check_target(delivery, name)
    if name == MQTT:
        mqtt = broker(settings, environment, is_trial=True)
        outcome = mqtt.publish_test(webhook_body(notice, thumbnails=False, is_test=True))
        mqtt.close()
        return outcome
    (hook,) = (hook for hook in configured_webhooks(delivery, environment) if hook.name == name)
    webhook = WebhookTarget(hook)
    outcome = webhook.deliver(notice, is_test=True)
    webhook.close()
    return outcome
