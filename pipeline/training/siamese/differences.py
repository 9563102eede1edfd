"""What a Siamese verifier may look at: the forms of difference between two embeddings."""

from __future__ import annotations

from enum import StrEnum


class Difference(StrEnum):
    """The form of the difference, number by number."""

    ABSOLUTE = "absolute"
    """`|f_i - f_j|`."""
    CHI_SQUARED = "chi-squared"
    """`(f_i - f_j)^2 / (|f_i| + |f_j|)`."""
