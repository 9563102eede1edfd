"""Webhooks against a real HTTP server: what is sent, and what each answer means."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging

import pytest

from pipeline.events.delivery.policy import Answer, DeliveryPolicy
from pipeline.events.delivery.targets import Interest, Webhook
from tests.builders_delivery import make_notice
from tests.workers.delivery.conftest import HANG, Receiver, free_port
from workers.delivery.webhooks import WebhookTarget


def make_target(url: str, *, is_signed: bool = True, timeout_s: float = 10.0) -> WebhookTarget:
    webhook = Webhook(
        name="office",
        url=url,
        secret="s3cret" if is_signed else None,
        shown="http://receiver",
        interest=Interest(),
        thumbnails=True,
        timeout_s=timeout_s,
        policy=DeliveryPolicy(),
    )
    return WebhookTarget(webhook, now_s=lambda: 1772442000.7)


def test_event_arrives_with_a_signature_that_others_can_check(receiver: Receiver) -> None:
    target = make_target(receiver.url)

    outcome = target.deliver(make_notice(person="Ada"))

    target.close()
    (request,) = receiver.requests
    signed = request.headers["X-Facetrail-Timestamp"].encode() + b"." + request.body
    expected = "sha256=" + hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert outcome.answer is Answer.TAKEN
    assert hmac.compare_digest(request.headers["X-Facetrail-Signature"], expected)
    assert request.headers["X-Facetrail-Timestamp"] == "1772442000"
    assert request.headers["X-Facetrail-Event-Id"] == json.loads(request.body)["event_id"]
    assert request.headers["Content-Type"] == "application/json"


def test_without_a_secret_there_is_no_signature(receiver: Receiver) -> None:
    target = make_target(receiver.url, is_signed=False)

    target.deliver(make_notice())

    target.close()
    assert "X-Facetrail-Signature" not in receiver.requests[0].headers


@pytest.mark.parametrize(
    ("status", "expected"),
    [(204, Answer.TAKEN), (500, Answer.FAILED), (429, Answer.FAILED), (404, Answer.REFUSED), (410, Answer.REFUSED)],
)
def test_answer_decides(receiver: Receiver, status: int, expected: Answer) -> None:
    target = make_target(receiver.url)
    receiver.statuses.append(status)
    receiver.answer_headers = {"Retry-After": "7"}

    outcome = target.deliver(make_notice())

    target.close()
    assert outcome.answer is expected
    assert outcome.asked_wait_s == (None if expected is Answer.TAKEN else 7)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    target = make_target(receiver.url)
    receiver.statuses.append(status)
    receiver.answer_headers = {"Location": receiver.url.replace("/hook", "/elsewhere")}

    outcome = target.deliver(make_notice())

    target.close()
    assert (outcome.answer, len(receiver.requests)) == (Answer.REFUSED, 1)
    assert "redirects are not followed" in outcome.problem


@pytest.mark.slow
def test_address_that_hangs_has_failed_after_its_time(receiver: Receiver) -> None:
    target = make_target(receiver.url, timeout_s=0.2)
    receiver.statuses.append(HANG)

    outcome = target.deliver(make_notice())

    target.close()
    assert (outcome.answer, outcome.problem) == (Answer.FAILED, "no answer within 0.2 s")


def test_address_where_nobody_listens_is_out_of_reach_and_not_shown() -> None:
    target = make_target(f"http://127.0.0.1:{free_port()}/token-in-path")

    outcome = target.deliver(make_notice())

    target.close()
    assert outcome.answer is Answer.UNREACHABLE
    assert "token-in-path" not in outcome.problem


def test_address_is_in_no_log(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    target = make_target(receiver.url + "/t0ken")

    answer = target.deliver(make_notice()).answer

    target.close()
    assert answer is Answer.TAKEN
    assert "t0ken" not in caplog.text


def test_connection_is_used_again(receiver: Receiver) -> None:
    target = make_target(receiver.url)

    answers = [target.deliver(make_notice(number)).answer for number in range(3)]

    target.close()
    assert answers == [Answer.TAKEN] * 3
