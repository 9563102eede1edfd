"""Passwords of users, kept as argon2id hashes (RFC 9106). Hides argon2."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


def hash_password(password: str) -> str:
    """The hash to keep, with its salt and cost in it."""
    return _hasher().hash(password)


def is_password(password: str, password_hash: str) -> bool:
    """Whether this is the password of the hash; takes as long for a wrong one as for the right one."""
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()
