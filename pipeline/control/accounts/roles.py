"""What a user or a program may do on the pages. Pure."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """What somebody may do; each may everything that those below may."""

    VIEWER = 1  # looks at the record and at live pictures
    ANALYST = 2  # submits footage, names people, searches by face, corrects the record
    ADMIN = 3  # cameras, users, tokens, settings, the audit log

    @property
    def word(self) -> str:
        """As it is written on pages, in tokens and in the database."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Role | None:
        """The role that is written so; None for any other word."""
        return next((role for role in cls if role.word == word), None)
