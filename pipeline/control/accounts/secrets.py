"""Random secrets that let somebody in, and the digests by which they are kept and found."""

from __future__ import annotations

import hashlib
import secrets

SECRET_BYTES = 32
TOKEN_PREFIX = "ft_"  # noqa: S105 # how tokens of programs begin, so that scanners of leaked secrets know them


def fresh_secret() -> str:
    """A secret of 256 random bits, as text for cookies and addresses."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """The sha256 of a secret, in hexadecimal digits; a slow hash gains nothing for 256 random bits.

    What is no text, as a lone surrogate, is digested, too: whatever is sent is looked up, and not found.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
