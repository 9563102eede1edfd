"""A small sample of the pictures that a calibration was made from, to tell later how many of them are still enrolled.

A. Z. Broder, "On the resemblance and containment of documents" (SEQUENCES 1997): the k smallest of the hashed elements
of a set A (its bottom-k sketch S) are a uniform sample of it without replacement, as a good hash orders by chance. So
for any other set B

    |S n B| / |S|  estimates the containment  |A n B| / |A|

without bias: exactly while A has at most k elements, and else with a standard error below sqrt(c (1 - c) / k), c being
the containment. The sha256 of a picture's bytes is the hash here.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

SKETCH_SIZE = 64
"""Digests that are kept (k): the standard error of a containment is below 6.3 %, and none for 64 pictures and fewer."""


def sketch_pictures(digests: Iterable[str]) -> tuple[str, ...]:
    """The `SKETCH_SIZE` smallest of the different digests, smallest first; all are lower-case hex of one length."""
    return tuple(sorted(set(digests))[:SKETCH_SIZE])


def estimate_shared(sketch: tuple[str, ...], enrolled: AbstractSet[str], n_pictures: int) -> float:
    """How many of the `n_pictures` that were sketched are among `enrolled`: n |S n B| / |S|, 0..n.

    Only those of `enrolled` matter that are in the sketch, which must not be empty.
    """
    return len(enrolled & set(sketch)) * n_pictures / len(sketch)


def estimate_overlap(n_shared: float, n_then: int, n_now: int) -> float:
    """The overlap coefficient |A n B| / min(|A|, |B|) of galleries of so many pictures, 0..1; an empty one overlaps.

    A gallery that only grew, or only shrank, overlaps fully with what it was (G. G. Simpson, "Notes on the measurement
    of faunal resemblance", 1960): how far it may is for its size to say.
    """
    least = min(n_then, n_now)
    return min(1.0, n_shared / least) if least else 1.0
