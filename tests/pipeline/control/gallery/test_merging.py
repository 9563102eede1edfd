"""Two people become one: references move, ids stay as aliases, old versions of the gallery stay as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.control.gallery.listing import PeopleListing
from pipeline.control.gallery.merging import aliases_of, merge_people
from pipeline.control.gallery.people import People
from pipeline.errors import InputError
from tests.builders_recording import ENCODER, make_reference
from tests.control_databases import open_database


def test_merging_moves_references_and_keeps_earlier_versions(tmp_path: Path) -> None:
    control = open_database(tmp_path)
    people = People(control)
    people.enrol("Ada", [make_reference(0), make_reference(1)])
    bob = people.enrol("Bob", [make_reference(1), make_reference(2)])

    merged = merge_people(control, "Bob", "Ada")

    assert (merged.name, merged.n_images, merged.gallery_version) == ("Ada", 1, bob.gallery_version + 1)
    assert people.person(bob.person_id).name == "Ada"
    assert (len(people.person("Ada").references), aliases_of(control, merged.person_id)) == (3, [bob.person_id])
    assert set(people.gallery(ENCODER, bob.gallery_version).person_names) == {"Ada", "Bob"}
    assert people.gallery(ENCODER).person_names == ("Ada",)
    control.close()


def test_alias_of_somebody_merged_again_leads_to_the_last(tmp_path: Path) -> None:
    control = open_database(tmp_path)
    ids = [People(control).enrol(name, [make_reference(n)]).person_id for n, name in enumerate(("Ada", "Bob", "Cy"))]

    merge_people(control, "Ada", "Bob")
    merge_people(control, "Bob", "Cy")

    assert aliases_of(control, ids[2]) == sorted(ids[:2])
    with pytest.raises(InputError, match="same person"):
        merge_people(control, ids[0], "Cy")
    control.close()


def test_list_shows_a_few_of_many(tmp_path: Path) -> None:
    control = open_database(tmp_path)
    People(control).enrol_all({f"Ada {number:02}": [make_reference(number)] for number in range(12)})
    listing = PeopleListing(control)

    cards = listing.page(ENCODER, "ada", limit=5, offset=10)

    assert [(card.name, card.n_images) for card in cards] == [("Ada 10", 1), ("Ada 11", 1)]
    assert (listing.count(), listing.count("%"), listing.names("a 03")) == (12, 0, ["Ada 03"])
    control.close()
