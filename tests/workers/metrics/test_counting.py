"""Signs of life: who has gone silent is told from who works."""

from __future__ import annotations

from workers.metrics.catalogue import CHUNK_SECONDS, CHUNKS
from workers.metrics.counting import UNCOUNTED, Beats


def test_process_in_which_nobody_has_begun_is_not_well() -> None:
    assert Beats().problem(60) == "no worker has begun yet"


def test_who_gave_a_sign_just_now_is_well() -> None:
    beats = Beats()

    beats.beat("detector")

    assert beats.problem(60) is None


def test_who_is_silent_is_named() -> None:
    beats = Beats()

    beats.beat("detector")

    assert str(beats.problem(0)).startswith("detector gave no sign of life")


def test_nobody_listening_takes_everything() -> None:
    UNCOUNTED.add(CHUNKS, stage="detector")
    UNCOUNTED.observe(CHUNK_SECONDS, 1.0, stage="detector")
    UNCOUNTED.beat("detector")
