"""A gallery straight from examined pictures, without a data folder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.encoders.registry import Encoder
from pipeline.errors import GalleryEmpty
from pipeline.identity.enrolment import PersonReport, ReferenceStatus
from pipeline.identity.matchers.matching import Gallery


def gallery_of_pictures(people: Sequence[PersonReport], encoder: Encoder) -> Gallery:
    """Everybody with a usable picture; a person's id is the name. Raises `GalleryEmpty` when there is nobody."""
    usable = [
        (person.name, image.embedding)
        for person in people
        for image in person.references
        if image.status is ReferenceStatus.OK and image.embedding is not None
    ]
    if not usable:
        raise GalleryEmpty("no picture of the gallery shows a face that can be used")
    names = tuple(dict.fromkeys(name for name, _ in usable))
    owners = np.array([names.index(name) for name, _ in usable], np.intp)
    return Gallery(0, encoder.name, names, names, np.stack([vector for _, vector in usable]), owners)
