"""Event delivery in a process of its own: one reader, and a courier for every target."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

from pipeline.config import Settings
from pipeline.control.database import Control, Lease, open_control
from pipeline.control.live.deliveries import Deliveries
from pipeline.control.work.leases import Leases
from pipeline.control.work.owners import new_owner_name
from pipeline.events.delivery.notices import Notice, NoticeKind
from pipeline.events.delivery.policy import DeliveryPolicy
from pipeline.events.delivery.settings import DeliverySettings
from pipeline.events.delivery.targets import MQTT_PASSWORD, Interest, configured_rules, configured_webhooks
from pipeline.zones import zone_named
from workers.delivery.alert_log import AlertLog
from workers.delivery.courier import Courier, utc_now
from workers.delivery.mqtt import MqttTarget
from workers.delivery.taking import Taking
from workers.delivery.target import Target
from workers.delivery.webhooks import WebhookTarget
from workers.event_streams import RedisEventLog
from workers.metrics.counting import UNCOUNTED, Metrics
from workers.together import run_together
from workers.wire.event_log import EventLog

NAME = "events"
LEASE = "delivery:events"
"""The lease of who delivers; no camera can have this name."""


@dataclass(frozen=True, slots=True)
class Served:
    """A target with what it wants and how patient its courier is."""

    target: Target
    interest: Interest
    policy: DeliveryPolicy


class Delivery:
    """Takes in and delivers until told to stop; a second one stands by until the first has ended."""

    def __init__(
        self,
        control: Control,
        log: EventLog,
        settings: DeliverySettings,
        served: Sequence[Served],
        zone: tzinfo,
        metrics: Metrics = UNCOUNTED,
    ) -> None:
        queue = Deliveries(control)
        self._leases = Leases(control)
        self._metrics = metrics
        self._couriers = [Courier(each.target, queue, each.policy, metrics=metrics) for each in served]
        self._interests = {each.target.name: each.interest for each in served}
        self._taking = Taking(log, queue, configured_rules(settings.watch), zone, self._route, self._call)

    def run(self, stop: threading.Event, lease_s: float) -> None:
        """Work until `stop` is set; raises `LeaseLost` when another process took over."""
        owner = new_owner_name()
        with self._leases.living(owner):
            while (lease := self._leases.acquire(LEASE, owner, utc_now(), lease_s)) is None:
                self._metrics.beat(NAME)
                if stop.wait(lease_s / 3):
                    return
            self._metrics.beat(NAME)
            works = (lambda: self._hold(lease, stop, lease_s), lambda: self._taking.run(stop))
            run_together([*works, *(partial(courier.run, stop) for courier in self._couriers)], stop)
            self._leases.release(lease, utc_now())

    def _hold(self, lease: Lease, stop: threading.Event, lease_s: float) -> None:
        while not stop.wait(lease_s / 3):
            self._leases.renew(lease, utc_now(), lease_s)
            self._metrics.beat(NAME)
        self._call()  # who sleeps sees that it is over

    def _route(self, notice: Notice) -> list[str]:
        return [name for name, interest in self._interests.items() if interest.wants(notice)]

    def _call(self) -> None:
        for courier in self._couriers:
            courier.call()


def serve(settings: Settings, environment: Mapping[str, str], log: EventLog) -> list[Served]:
    """All targets of the settings, ready to be told; raises `SettingsError` that names what is wrong."""
    delivery = settings.delivery()
    configured_rules(delivery.watch)  # before anything is connected
    hooks = configured_webhooks(delivery, environment)
    served = [Served(WebhookTarget(hook), hook.interest, hook.policy) for hook in hooks]
    served.append(Served(AlertLog(log), Interest(kinds=frozenset({NoticeKind.ALERT})), DeliveryPolicy()))
    if delivery.mqtt.host:
        policy = DeliveryPolicy(give_up_after_s=delivery.mqtt.give_up_after_s)
        served.append(Served(broker(settings, environment), Interest(), policy))
    return served


def broker(settings: Settings, environment: Mapping[str, str], *, is_trial: bool = False) -> MqttTarget:
    """The broker of the settings, connecting; a trial disturbs nobody who is connected."""
    return MqttTarget(
        settings.mqtt,
        environment.get(MQTT_PASSWORD),
        cameras=sorted(settings.cameras),
        watch=sorted(settings.watch),
        is_trial=is_trial,
    )


def deliver_events(settings: Settings, url: str, stop: threading.Event, metrics: Metrics = UNCOUNTED) -> None:
    """Deliver until `stop` is set, with the server at `url` and the settings' control database."""
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    control, log = open_control(settings.data, database_url), RedisEventLog(url)
    try:
        served = serve(settings, os.environ, log)
        zone = zone_named(settings.time_zone)
        Delivery(control, log, settings.delivery(), served, zone, metrics).run(stop, settings.lease_s)
    finally:
        log.close()
        control.close()
