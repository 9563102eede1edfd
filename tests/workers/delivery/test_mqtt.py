"""The MQTT target against a real broker: what arrives, a broker that goes away and comes back, the last will."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.events.delivery.policy import Answer
from pipeline.events.delivery.settings import MqttSettings
from tests.builders_delivery import JPEG, make_alert, make_notice
from tests.conftest import REPOSITORY
from tests.workers.delivery.conftest import Broker
from workers.delivery.mqtt import MqttTarget

pytestmark = pytest.mark.slow

mqtt_client = pytest.importorskip("paho.mqtt.client", reason="the extra `mqtt` is not installed")
SECOND_PROCESS = """
import sys
from pipeline.events.delivery.settings import MqttSettings
from tests.builders_delivery import make_notice
from workers.delivery.mqtt import MqttTarget

print(MqttTarget(MqttSettings(host="127.0.0.1", port=int(sys.argv[1])), None).deliver(make_notice()).answer, flush=True)
sys.stdin.read()
"""


class Listener:
    """What a subscriber of everything hears."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.changed = threading.Condition()

    def note(self, _client: Any, _data: Any, message: Any) -> None:
        with self.changed:
            self.messages.append((message.topic, message.payload))
            self.changed.notify_all()

    def wait_for(self, condition: Callable[[list[tuple[str, bytes]]], bool]) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: condition(self.messages), timeout=20)

    def payloads(self, topic: str) -> list[bytes]:
        with self.changed:
            return [payload for found, payload in self.messages if found == topic]


@contextmanager
def listening(port: int, topic: str = "#") -> Iterator[Listener]:
    """Subscribe, and hear what is retained and all that comes."""
    from paho.mqtt.enums import CallbackAPIVersion

    listener, ready = Listener(), threading.Event()
    client = mqtt_client.Client(CallbackAPIVersion.VERSION2)
    client.on_message = listener.note
    client.on_subscribe = lambda *_: ready.set()
    client.on_connect = lambda *_: client.subscribe(topic, qos=1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert ready.wait(20)
    yield listener
    client.disconnect()
    client.loop_stop()


@contextmanager
def target_at(port: int, **given: Any) -> Iterator[MqttTarget]:
    settings = MqttSettings(host="127.0.0.1", port=port, **given)
    target = MqttTarget(settings, "a password", cameras=["yard"], watch=["late"])
    yield target
    target.close()


def test_event_arrives_with_all_that_belongs_to_it(broker: Broker) -> None:
    broker.start()

    with listening(broker.port) as listener, target_at(broker.port) as target:
        outcome = target.deliver(make_notice(person="Ada", thumb_jpeg=JPEG))

        assert outcome.answer is Answer.TAKEN
        assert listener.wait_for(lambda messages: "facetrail/events" in dict(messages))
    assert json.loads(listener.payloads("facetrail/events")[0])["after"]["sub_label"] == "Ada"
    assert listener.payloads("facetrail/door/person") == [b"1"]
    assert listener.payloads("facetrail/door/person/snapshot") == [JPEG]
    assert listener.payloads("facetrail/available")[0] == b"online"


def test_who_comes_later_finds_the_state_and_the_entities(broker: Broker) -> None:
    broker.start()
    expected = {
        "facetrail/available": b"online",
        "facetrail/door/person": b"1",
        "facetrail/door/person/names": b'["Ada"]',
        "facetrail/watch/strangers": b"ON",
    }
    entities = {f"homeassistant/sensor/facetrail_{camera}_people/config" for camera in ("yard", "door")}
    entities.add("homeassistant/binary_sensor/facetrail_watch_late/config")

    with target_at(broker.port) as target:
        target.deliver(make_notice(person="Ada"))
        target.deliver(make_alert())
        with listening(broker.port) as listener:
            assert listener.wait_for(lambda messages: {*expected, *entities} <= {topic for topic, _ in messages})

    assert {topic: listener.payloads(topic)[0] for topic in expected} == expected
    assert listener.payloads("facetrail/events") == []


def test_broker_that_is_not_there_is_out_of_reach_and_served_when_it_comes_back(broker: Broker) -> None:
    with target_at(broker.port) as target:
        before = target.deliver(make_notice())
        broker.start()
        answers = iter(lambda: target.deliver(make_notice()).answer, Answer.TAKEN)
        n_vain = sum(1 for _ in answers)

    assert before.answer is Answer.UNREACHABLE
    assert n_vain < 10


def test_broker_that_was_restarted_is_greeted_anew_and_told_every_event_once(broker: Broker) -> None:
    broker.start()
    with target_at(broker.port) as target:
        assert target.deliver(make_notice(1)).answer is Answer.TAKEN
        broker.stop()
        broker.start()
        with listening(broker.port) as listener:
            while target.deliver(make_notice(2)).answer is not Answer.TAKEN:
                pass
            assert listener.wait_for(lambda messages: "facetrail/events" in dict(messages))
            target.deliver(make_notice(3))
            assert listener.wait_for(lambda _: len(listener.payloads("facetrail/events")) >= 2)

    told = [json.loads(payload)["after"]["id"] for payload in listener.payloads("facetrail/events")]
    assert told == ["s_2", "s_3"]
    assert b"online" in listener.payloads("facetrail/available")


def test_event_handed_over_before_the_loss_was_noticed_is_told_once_by_the_next_connection(broker: Broker) -> None:
    with target_at(broker.port) as target, ThreadPoolExecutor(1) as courier:
        target._connected.set()
        handing_over = courier.submit(target.deliver, make_notice(1))
        broker.start()
        with listening(broker.port) as listener:
            assert handing_over.result(20).answer is Answer.TAKEN
            assert target.deliver(make_notice(2)).answer is Answer.TAKEN
            assert listener.wait_for(lambda _: len(listener.payloads("facetrail/events")) >= 2)

    told = [json.loads(payload)["after"]["id"] for payload in listener.payloads("facetrail/events")]
    assert told == ["s_1", "s_2"]


def test_wrong_password_is_said_in_words(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("")
    broker.start("allow_anonymous false", f"password_file {tmp_path / 'passwords'}")

    with target_at(broker.port, user="facetrail") as target:
        outcomes = [target.deliver(make_notice()) for _ in range(2)]

    assert outcomes[-1].answer is Answer.UNREACHABLE
    assert "refuses us" in outcomes[-1].problem


def test_end_is_announced_when_asked_to_and_by_the_broker_when_killed(broker: Broker) -> None:
    broker.start()
    with target_at(broker.port) as target:
        target.deliver(make_notice())
    with listening(broker.port, "facetrail/available") as listener:
        assert listener.wait_for(lambda messages: messages[-1:] == [("facetrail/available", b"offline")])
        command = [sys.executable, "-c", SECOND_PROCESS, str(broker.port)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY)
        assert process.stdout is not None
        said = process.stdout.readline().strip()

        process.kill()

        process.communicate()
        assert said == b"taken"
        assert listener.wait_for(lambda messages: [payload for _, payload in messages[-2:]] == [b"online", b"offline"])


def test_trial_disturbs_nobody_who_is_connected(broker: Broker) -> None:
    broker.start()
    settings = MqttSettings(host="127.0.0.1", port=broker.port)

    with listening(broker.port) as listener, target_at(broker.port) as target:
        assert target.deliver(make_notice(1)).answer is Answer.TAKEN
        trial = MqttTarget(settings, None, is_trial=True)
        assert trial.publish_test(b"{}").answer is Answer.TAKEN
        trial.close()
        assert listener.wait_for(lambda messages: ("facetrail/test", b"{}") in messages)
        assert target.deliver(make_notice(2)).answer is Answer.TAKEN
        assert listener.payloads("facetrail/available") == [b"online"]


def test_certificate_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    missing = str(tmp_path / "ca.pem")

    with pytest.raises(SettingsError, match=r"ca\.pem"):
        MqttTarget(MqttSettings(host="broker", tls=True, ca_file=missing), None)
