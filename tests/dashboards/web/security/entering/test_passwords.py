"""Passwords: which are taken, and that only the right one is right."""

from __future__ import annotations

import pytest

from dashboards.web.security.entering.passwords import MOST_LENGTH, hash_password, is_password, password_fault


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "at least 10"),
        ("short", "at least 10"),
        ("x" * (MOST_LENGTH + 1), "at most"),
        ("aaaaaaaaaaaa", "different"),
        ("121212121212", "different"),
        ("adalovelace", "the name"),
        ("AdaLovelace12", "the name"),
        ("1adalovelace!", "the name"),
        ("Password123!", "everybody"),
        ("qwertyuiop", "everybody"),
        ("1234567890", "everybody"),
        ("facetrail2026", "everybody"),
        ("a long walk by the sea", None),
        ("adalovelace likes tea", None),
    ],
)
def test_fault_is_told(password: str, fault: str | None) -> None:
    told = password_fault(password, "adalovelace")

    assert fault in told if fault and told else told is None


@pytest.mark.slow
def test_only_the_right_password_is_right() -> None:
    kept = hash_password("long walk caf\u00e9")

    assert kept.startswith("$argon2id$")
    assert is_password("long walk cafe\u0301", kept)  # the same letters from another keyboard
    assert not is_password("long walk cafe", kept)
    assert not is_password("long walk café", None)
    assert not is_password("anything", "no hash")
