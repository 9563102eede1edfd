"""Webhooks: events as signed JSON over HTTP; hides httpx.

No redirect is followed, and no more of an answer is read than its status: what an address says stays outside.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable

import httpx

from pipeline.events.delivery.notices import Notice
from pipeline.events.delivery.payloads import webhook_body
from pipeline.events.delivery.policy import Answer, Outcome, asked_wait_s, judge_status
from pipeline.events.delivery.signing import signed_headers
from pipeline.events.delivery.targets import Webhook

USER_AGENT = "Facetrail"
MOST_ANSWER_BYTES = 64 * 1024
"""An answer up to this size is read to its end, so that the connection can be used again."""


class WebhookTarget:
    """One address, over one connection that is kept."""

    def __init__(self, webhook: Webhook, *, now_s: Callable[[], float] = time.time) -> None:
        for library in ("httpx", "httpcore"):
            logging.getLogger(library).setLevel(logging.WARNING)  # they log addresses, tokens included
        self._webhook = webhook
        self._now_s = now_s
        self._client = httpx.Client(
            timeout=httpx.Timeout(webhook.timeout_s),
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Content-Type": "application/json"},
        )

    @property
    def name(self) -> str:
        return self._webhook.name

    def deliver(self, notice: Notice, *, is_test: bool = False) -> Outcome:
        """Post the notice once; any answer or silence is an outcome."""
        body = webhook_body(notice, thumbnails=self._webhook.thumbnails, is_test=is_test)
        headers = signed_headers(self._webhook.secret, notice.event.event_id, str(int(self._now_s())), body)
        try:
            return self._post(body, headers)
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            return Outcome(Answer.FAILED, f"no answer within {self._webhook.timeout_s:g} s")
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            return Outcome(Answer.FAILED, f"it broke off: {type(error).__name__}")
        except httpx.TransportError as error:  # its text may hold the address
            return Outcome(Answer.UNREACHABLE, f"{self._webhook.shown} cannot be reached: {type(error).__name__}")
        except (httpx.InvalidURL, ValueError):
            return Outcome(Answer.REFUSED, "its address is no URL, or its headers are no headers")

    def close(self) -> None:
        self._client.close()

    def _post(self, body: bytes, headers: dict[str, str]) -> Outcome:
        began = time.monotonic()
        with self._client.stream("POST", self._webhook.url, content=body, headers=headers) as response:
            with contextlib.suppress(httpx.TransportError):  # the status says it all
                self._read_out(response, began)
            return _outcome(response)

    def _read_out(self, response: httpx.Response, began: float) -> None:
        n_bytes = 0
        for part in response.iter_raw():
            n_bytes += len(part)
            if n_bytes > MOST_ANSWER_BYTES or time.monotonic() - began > self._webhook.timeout_s:
                return


def _outcome(response: httpx.Response) -> Outcome:
    answer = judge_status(response.status_code)
    if answer is Answer.TAKEN:
        return Outcome(answer)
    redirected = ": it points elsewhere, and redirects are not followed" if response.has_redirect_location else ""
    asked = asked_wait_s(response.headers.get("Retry-After"))
    return Outcome(answer, f"it answered {response.status_code}{redirected}", asked)
