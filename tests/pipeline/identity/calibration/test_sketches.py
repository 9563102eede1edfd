"""A sample of a gallery's pictures, and what it tells of a later gallery."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.identity.calibration.sketches import SKETCH_SIZE, estimate_overlap, estimate_shared, sketch_pictures


@pytest.mark.parametrize(
    ("digests", "sketch"),
    [((), ()), (("b", "a"), ("a", "b")), (("a", "b", "a"), ("a", "b"))],
)
def test_sketch_has_each_picture_once_in_order(digests: tuple[str, ...], sketch: tuple[str, ...]) -> None:
    assert sketch_pictures(digests) == sketch


def test_sketch_is_the_smallest_of_many_in_whatever_order_they_come() -> None:
    many = _pictures(0, 1000)

    assert sketch_pictures(reversed(many)) == tuple(sorted(many)[:SKETCH_SIZE])


@pytest.mark.parametrize(("n_kept", "n_new"), [(0, 35), (17, 18), (35, 0), (35, 35)])
def test_small_gallery_is_known_exactly(n_kept: int, n_new: int) -> None:
    today = {*_pictures(0, n_kept), *_pictures(100, n_new)}

    assert estimate_shared(sketch_pictures(_pictures(0, 35)), today, 35) == n_kept


@pytest.mark.parametrize("n_kept", [0, 250, 500, 750, 1000])
def test_large_gallery_is_estimated_within_three_standard_errors(n_kept: int) -> None:
    today = {*_pictures(0, n_kept), *_pictures(5000, 1000)}

    shared = estimate_shared(sketch_pictures(_pictures(0, 1000)), today, 1000)

    share = n_kept / 1000
    assert abs(shared / 1000 - share) <= 3 * (share * (1 - share) / SKETCH_SIZE) ** 0.5


@pytest.mark.parametrize(
    ("shared", "then", "now", "overlap"),
    [
        (0, 0, 9, 1),  # nothing was there
        (0, 9, 0, 1),  # nothing is there
        (0, 35, 35, 0),
        (18, 36, 36, 0.5),
        (36, 36, 72, 1),  # grew
        (18, 36, 18, 1),  # shrank
        (19.2, 36, 18, 1),  # an estimate may be more than there can be
    ],
)
def test_overlap_is_the_share_of_the_smaller_gallery(shared: float, then: int, now: int, overlap: float) -> None:
    assert estimate_overlap(shared, then, now) == overlap


def _pictures(first: int, n: int) -> list[str]:
    return [hashlib.sha256(b"%d" % number).hexdigest() for number in range(first, first + n)]
