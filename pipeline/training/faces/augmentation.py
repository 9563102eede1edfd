"""Views of a face as a camera might have given it: mirrored, a little off, lit otherwise, small or blurred."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from pipeline.schemas import ImageU8


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How far a view may be from the picture; every amount is drawn evenly."""

    mirrors: bool = True
    shift: float = 0.03
    """Of the crop's side, either way: as far as landmarks are off."""
    scale: float = 0.06
    """Relative, either way."""
    turn_degrees: float = 5.0
    gain: float = 0.3
    """Relative, either way: light."""
    offset: float = 20.0
    """Of 255, either way: light."""
    degraded_share: float = 0.5
    """Share of the views that are made as poor as faces in video."""
    smallest_side: int = 24
    """Pixels that a degraded face is shrunk to, at least."""
    largest_blur: float = 1.2
    """Standard deviation in pixels of a crop of 100."""


def make_views(crops_rgb: ImageU8, n_views: int, rng: Generator, how: Augmentation | None = None) -> ImageU8:
    """`(N, V, S, S, 3)` uint8 views of crops `(N, S, S, 3)`; the first of each is the picture as it is."""
    how = how or Augmentation()
    views = np.empty((len(crops_rgb), n_views, *crops_rgb.shape[1:]), np.uint8)
    for place, crop in enumerate(crops_rgb):
        views[place, 0] = crop
        for view in range(1, n_views):
            views[place, view] = augment(crop, rng, how)
    return views


def augment(crop_rgb: ImageU8, rng: Generator, how: Augmentation) -> ImageU8:
    """One view `(S, S, 3)` uint8 of a crop of that shape."""
    image = crop_rgb[:, ::-1] if how.mirrors and rng.random() < 0.5 else crop_rgb
    image = _move(np.ascontiguousarray(image), rng, how)
    if rng.random() < how.degraded_share:
        image = degrade(image, rng, how)
    return _relight(image, rng, how)


def degrade(crop_rgb: ImageU8, rng: Generator, how: Augmentation) -> ImageU8:
    """The crop as if the face had been few pixels wide in a frame, and out of focus."""
    side = crop_rgb.shape[0]
    small = int(rng.integers(min(how.smallest_side, side), side + 1))
    shrunk = cv2.resize(crop_rgb, (small, small), interpolation=cv2.INTER_AREA)
    image = cv2.resize(shrunk, (side, side), interpolation=cv2.INTER_LINEAR)
    sigma = float(rng.uniform(0, how.largest_blur)) * side / 100
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(sigma, 1e-3)), np.uint8)


def _move(image: ImageU8, rng: Generator, how: Augmentation) -> ImageU8:
    side = image.shape[0]
    turn = float(rng.uniform(-how.turn_degrees, how.turn_degrees))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), turn, 1 + float(rng.uniform(-how.scale, how.scale)))
    matrix[:, 2] += rng.uniform(-how.shift, how.shift, 2) * side
    return np.asarray(cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _relight(image: ImageU8, rng: Generator, how: Augmentation) -> ImageU8:
    gain, offset = 1 + rng.uniform(-how.gain, how.gain), rng.uniform(-how.offset, how.offset)
    return np.asarray(np.clip(image * gain + offset, 0, 255).round(), np.uint8)
