"""What is held back from learning."""

from __future__ import annotations

import pytest

from pipeline.errors import InputError
from pipeline.training.faces.splitting import hold_out_every_tenth, split_people


@pytest.mark.parametrize(
    ("n_pictures", "held_out"),
    [(0, []), (1, []), (2, []), (3, [2]), (9, [8]), (10, [9]), (19, [9]), (20, [9, 19]), (25, [9, 19])],
)
def test_every_tenth_picture_is_held_out_and_of_three_the_last(n_pictures: int, held_out: list[int]):
    split = hold_out_every_tenth(n_pictures)

    assert split.held_out.tolist() == held_out
    assert sorted([*split.trained.tolist(), *held_out]) == list(range(n_pictures))


@pytest.mark.parametrize(("n_people", "n_held_back"), [(4, 2), (6, 2), (10, 3), (20, 6)])
def test_whole_people_are_held_back(n_people: int, n_held_back: int):
    people = {f"p{number:02}": 2 for number in range(n_people)}

    split = split_people(people, seed=1)

    assert len(split.held_back) == n_held_back
    assert sorted([*split.trained, *split.held_back]) == sorted(people)


def test_who_has_one_picture_is_learnt_from_and_judges_nothing():
    people = {"a": 1, "b": 3, "c": 3, "d": 3, "e": 3}

    assert all("a" in split_people(people, seed).trained for seed in range(10))


def test_the_seed_decides():
    people = {f"p{number:02}": 3 for number in range(20)}

    assert split_people(people, 1) == split_people(people, 1)
    assert len({split_people(people, seed).held_back for seed in range(5)}) > 1


@pytest.mark.parametrize("people", [{}, {"a": 9, "b": 9, "c": 9}, {"a": 9, "b": 9, "c": 9, "d": 1}])
def test_too_few_people_are_refused(people: dict[str, int]):
    with pytest.raises(InputError, match="at least 4 are needed"):
        split_people(people, seed=1)
