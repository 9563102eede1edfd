"""The signature, against code that is not ours."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from pipeline.events.delivery.signing import sign, signed_headers


def test_signature_is_what_openssl_computes() -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    command = [openssl, "dgst", "-sha256", "-hmac", "a secret", "-hex"]

    answer = subprocess.run(command, input=b'1772442000.{"a":1}', capture_output=True, check=True).stdout

    assert sign("a secret", "1772442000", b'{"a":1}') == "sha256=" + answer.decode().split()[-1]


def test_other_time_other_body_or_other_secret_is_another_signature() -> None:
    signatures = {sign("s", "1", b"body"), sign("s", "2", b"body"), sign("s", "1", b"bodx"), sign("t", "1", b"body")}

    assert len(signatures) == 4


def test_without_a_secret_nothing_is_signed() -> None:
    assert set(signed_headers(None, "e_1", "1", b"")) == {"X-Facetrail-Event-Id", "X-Facetrail-Timestamp"}
    assert "X-Facetrail-Signature" in signed_headers("s", "e_1", "1", b"")
