"""Pictures that are searched by are forgotten in time."""

from __future__ import annotations

import pytest

from dashboards.web.search.kept_pictures import KEPT_S, MOST_KEPT, KeptPictures
from pipeline.errors import NotFound
from tests.builders_examined import make_examined


def test_picture_is_forgotten_after_a_while() -> None:
    now = [0.0]
    kept = KeptPictures(lambda: now[0])
    name = kept.keep(make_examined(), "ada")

    now[0] = KEPT_S

    with pytest.raises(NotFound, match="once more"):
        kept.get(name, "ada")


def test_oldest_picture_makes_room() -> None:
    kept = KeptPictures(lambda: 0.0)
    names = [kept.keep(make_examined(), "ada") for _ in range(MOST_KEPT + 1)]

    assert kept.get(names[-1], "ada").faces == ()
    with pytest.raises(NotFound):
        kept.get(names[0], "ada")
