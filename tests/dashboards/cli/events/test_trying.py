"""A test event to one target, from the terminal."""

from __future__ import annotations

import json
import re

from tests.conftest import REPOSITORY
from tests.dashboards.cli.conftest import Run
from tests.workers.delivery.conftest import Broker, Receiver, broker, free_port, receiver

__all__ = ["broker", "receiver"]  # fixtures

PAGES = REPOSITORY / "docs"


def webhooks(url: str) -> str:
    return json.dumps({"office": {"url": url}})


def test_test_event_arrives_and_the_example_of_the_page_accepts_it(facetrail: Run, receiver: Receiver) -> None:
    names: dict[str, object] = {}
    (example,) = re.findall(r"```python\n(.*?)```", (PAGES / "events.md").read_text(), re.DOTALL)
    exec(example, names)  # noqa: S102 # the page's own code is what is tested
    is_ours = names["is_ours"]

    environment = {"FACETRAIL_WEBHOOKS": webhooks(receiver.url), "FACETRAIL_WEBHOOK_OFFICE_SECRET": "s3cret"}
    said = facetrail("events", "test", "office", **environment)

    (request,) = receiver.requests
    assert (said.code, said.out.strip()) == (0, "office took the test event")
    assert json.loads(request.body)["type"] == "facetrail.test"
    assert callable(is_ours)
    assert is_ours("s3cret", request.headers, request.body)
    assert not is_ours("another", request.headers, request.body)


def test_document_has_the_shape_of_the_page(facetrail: Run, receiver: Receiver) -> None:
    receiver.statuses.append(404)
    page = (PAGES / "command-line.md").read_text()
    (row,) = [text for text in page.splitlines() if text.startswith("| `events test TARGET` |")]

    said = facetrail("events", "test", "office", "--json", FACETRAIL_WEBHOOKS=webhooks(receiver.url))

    assert said.code == 4
    assert said.json == {"target": "office", "is_taken": False, "answer": "refused", "problem": "it answered 404"}
    assert [key for key in said.json if f"`{key}`" not in row] == []


def test_target_that_is_not_there_is_told_from_those_that_are(facetrail: Run) -> None:
    said = facetrail("events", "test", "ofice", FACETRAIL_WEBHOOKS=webhooks("http://x"))

    assert said.code == 2
    assert "office" in said.err


def test_secret_in_an_address_is_not_shown(facetrail: Run) -> None:
    url = f"http://127.0.0.1:{free_port()}/t0ken"

    said = facetrail("events", "test", "office", FACETRAIL_WEBHOOKS=webhooks(url), NO_PROXY="127.0.0.1")

    assert said.code == 4
    assert "t0ken" not in said.out + said.err


def test_broker_takes_the_test_event(facetrail: Run, broker: Broker) -> None:
    broker.start()

    said = facetrail("events", "test", "mqtt", FACETRAIL_MQTT=json.dumps({"host": "127.0.0.1", "port": broker.port}))

    assert (said.code, said.out.strip()) == (0, "mqtt took the test event")
