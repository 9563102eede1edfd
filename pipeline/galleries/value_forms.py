"""How stores from elsewhere keep their vectors: named by the user, never guessed."""

from __future__ import annotations

from enum import StrEnum


class ValueForm(StrEnum):
    """How one vector is written."""

    RAW_FLOAT32 = "raw-float32"  # little-endian, four bytes a number
    COMMA_TEXT = "comma-text"  # decimal numbers separated by commas
