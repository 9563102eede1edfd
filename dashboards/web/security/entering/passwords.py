"""Passwords of users, kept as argon2id hashes (RFC 9106). Hides argon2."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 10
MOST_LENGTH = 500
"""Characters; what is longer only costs time to hash."""
LEAST_DIFFERENT = 5
"""Different characters; with fewer a password is a repetition."""
MOST_AT_ONCE = 2
"""Hashes at the same time: each takes 64 MB of memory."""
NO_LETTERS = re.compile(r"[\W\d_]+")
WELL_KNOWN = frozenset(
    {
        "password",
        "passwort",
        "passwordpassword",
        "passw",
        "admin",
        "adminadmin",
        "administrator",
        "facetrail",
        "facetrailadmin",
        "letmein",
        "welcome",
        "iloveyou",
        "changeme",
        "changemenow",
        "secret",
        "default",
        "qwertyqwerty",
        "asdfasdf",
        "qwertz",
        "qwertzuiop",
        "azerty",
        "sunshine",
        "football",
    }
)
"""The letters of what everybody tries first, whatever digits and signs are among them."""
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgb")
"""What fingers type by themselves."""


def password_fault(password: str, name: str) -> str | None:
    """What is wrong with a password that `name` wants, as "must ..."; None when nothing is."""
    plain, owner = _normal(password).casefold(), _normal(name).casefold()
    if len(plain) < LEAST_LENGTH:
        return f"must have at least {LEAST_LENGTH} characters"
    if len(plain) > MOST_LENGTH:
        return f"must have at most {MOST_LENGTH} characters"
    if len(set(plain)) < LEAST_DIFFERENT:
        return f"must have at least {LEAST_DIFFERENT} different characters"
    if plain.replace(owner, "", 1) != plain and len(plain) - len(owner) < LEAST_LENGTH // 2:
        return "must not be the name"
    letters = NO_LETTERS.sub("", plain)
    if letters in WELL_KNOWN or any(row.startswith(letters) for row in ROWS):
        return "must not be one that everybody tries first"
    return None


def hash_password(password: str) -> str:
    """The hash to keep, with its salt and cost in it."""
    with _turns():
        return _hasher().hash(_written(password))


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether this is the password of the hash; takes as long for a wrong one, and for none, as for the right one."""
    known = password_hash or _nobodys_hash()
    try:
        with _turns():
            _hasher().verify(known, _written(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _normal(password: str) -> str:
    """The same for every keyboard that writes the same letters."""
    return unicodedata.normalize("NFKC", password)


def _written(password: str) -> bytes:
    """As it is hashed: not longer than it may be; a form can say what is no text, and that is a wrong password, too."""
    return _normal(password)[: MOST_LENGTH + 1].encode(errors="surrogatepass")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _turns() -> threading.Semaphore:
    return threading.Semaphore(MOST_AT_ONCE)


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this one")
