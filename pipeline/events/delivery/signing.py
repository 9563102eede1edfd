"""How a receiver knows that a webhook is ours: HMAC-SHA256 over the time and the body, as Stripe and GitHub do it."""

from __future__ import annotations

import hashlib
import hmac

SIGNATURE_HEADER = "X-Facetrail-Signature"
TIMESTAMP_HEADER = "X-Facetrail-Timestamp"
EVENT_ID_HEADER = "X-Facetrail-Event-Id"
SCHEME = "sha256="


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """`sha256=` and the hex HMAC of `timestamp.body`, so that an old body cannot be sent again with a new time."""
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return SCHEME + mac.hexdigest()


def signed_headers(secret: str | None, event_id: str, timestamp: str, body: bytes) -> dict[str, str]:
    """The headers of one delivery; without a secret there is no signature."""
    headers = {EVENT_ID_HEADER: event_id, TIMESTAMP_HEADER: timestamp}
    return headers if secret is None else {**headers, SIGNATURE_HEADER: sign(secret, timestamp, body)}
