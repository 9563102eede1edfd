"""People: enrolling, renaming and removing them, every change a new version of the gallery.

    People(control).enrol(name, references) -> EnrolResult       the same pictures again change nothing
    People(control).enrol_all({name: references}) -> [...]       a whole folder, as one new version
    People(control).list_people() / person(name_or_id)
    People(control).rename(name_or_id, new_name) / remove(name_or_id)
    People(control).gallery(encoder, version=None) -> Gallery    any version that ever was
    People(control).gallery_version() -> int

Names and references carry the versions in which they came and went; nothing is overwritten, so an old version is
rebuilt exactly. The pictures lie in `<data>/people/<person_id>/<sha256>.<suffix>`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, insert, select, update

from pipeline.control.correcting.corrections_tables import person_aliases
from pipeline.control.database import Control, Transaction
from pipeline.control.gallery.files import keep_image
from pipeline.control.gallery.listing import read_references
from pipeline.control.gallery.names import check_name
from pipeline.control.gallery.records import EnrolResult, NewReference, Person, Reference
from pipeline.control.gallery.versions import active, current_version, next_version, read_gallery
from pipeline.control.tables import person_names, person_references, persons
from pipeline.encoders.manifest import encoder_entry
from pipeline.errors import InputError, NotFound
from pipeline.identity.matchers.matching import Gallery

__all__ = ["EnrolResult", "NewReference", "People", "Person", "Reference"]

NAMES_SHOWN = 20
"""How many known names an error lists."""


class People:
    """The people of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def enrol(self, person_name: str, references: Sequence[NewReference]) -> EnrolResult:
        """Add a person's pictures, and the person when new.

        Raises `InputError` for a name that nobody can have.
        """
        return self.enrol_all({person_name: references})[0]

    def enrol_all(self, people: Mapping[str, Sequence[NewReference]]) -> list[EnrolResult]:
        """Add several people's pictures as one new version of the gallery; in the order given.

        A picture counts once per person and encoder. People without any picture are left out of the gallery, but known.
        """
        for name in people:
            check_name(name)
        with self._control.writing() as transaction:
            version = current_version(transaction) + 1
            results = [self._enrol_one(transaction, name, references, version) for name, references in people.items()]
            if any(result.gallery_version == version for result in results):
                next_version(transaction)
            final = current_version(transaction)
        return [
            EnrolResult(person_id=r.person_id, added=r.added, known=r.known, gallery_version=final) for r in results
        ]

    def _enrol_one(
        self, transaction: Transaction, name: str, references: Sequence[NewReference], version: int
    ) -> EnrolResult:
        person_id = _id_of_name(transaction, name)
        changed = person_id is None
        if person_id is None:
            person_id = _add_person(transaction, name, version)
        enrolled = _enrolled_images(transaction, person_id)
        fresh = {
            (new.encoder, new.image_sha256): new
            for new in references
            if (new.encoder, new.image_sha256) not in enrolled
        }
        for new in fresh.values():
            image_ref = keep_image(self._control.data_dir, person_id, new)
            _add_reference(transaction, person_id, new, image_ref=image_ref, version=version)
        added = tuple(new.image_sha256 for new in fresh.values())
        known = tuple(new.image_sha256 for new in references if (new.encoder, new.image_sha256) in enrolled)
        return EnrolResult(
            person_id=person_id, added=added, known=known, gallery_version=version if changed or fresh else version - 1
        )

    def list_people(self) -> list[Person]:
        """Everybody enrolled, by name."""
        with self._control.reading() as transaction:
            return _read_people(transaction)

    def person(self, name_or_id: str) -> Person:
        """The person of that id or name; raises `NotFound`, listing those there are."""
        with self._control.reading() as transaction:
            return _find_person(transaction, name_or_id)

    def rename(self, name_or_id: str, new_name: str) -> Person:
        """Give a person another name, in a new version of the gallery.

        Raises `NotFound`, or `InputError` when somebody else has that name.
        """
        check_name(new_name)
        with self._control.writing() as transaction:
            person = _find_person(transaction, name_or_id)
            if person.name == new_name:
                return person
            if _id_of_name(transaction, new_name) is not None:
                words = "merge the two if they are one person, else remove or rename the other first"
                raise InputError(f"somebody is called {new_name!r} already; {words}")
            version = next_version(transaction)
            _end(transaction, person.person_id, version)
            _add_name(transaction, person.person_id, new_name, version)
            return _find_person(transaction, person.person_id)

    def remove(self, name_or_id: str) -> Person:
        """Take a person out of the gallery, in a new version; returns who it was. The id is not given again."""
        with self._control.writing() as transaction:
            person = _find_person(transaction, name_or_id)
            version = next_version(transaction)
            _end(transaction, person.person_id, version)
            gone = update(person_references).where(person_references.c.person_id == person.person_id)
            still_there = person_references.c.removed_version.is_(None)
            transaction.connection.execute(gone.where(still_there).values(removed_version=version))
            return person

    def gallery(self, encoder: str, version: int | None = None) -> Gallery:
        """The gallery of `encoder` as of `version` (None: today's); raises `NotFound` for a version yet to come."""
        entry = encoder_entry(encoder, self._control.weights_dir)
        with self._control.reading() as transaction:
            return read_gallery(transaction, entry, version)

    def gallery_version(self) -> int:
        """The gallery's version: 0 before anybody was enrolled."""
        with self._control.reading() as transaction:
            return current_version(transaction)


def _id_of_name(transaction: Transaction, name: str) -> str | None:
    query = select(person_names.c.person_id).where(person_names.c.name == name, active(person_names, None))
    return transaction.connection.execute(query).scalar_one_or_none()


def _add_person(transaction: Transaction, name: str, version: int) -> str:
    person_id = _free_id(transaction, "p_" + hashlib.sha256(name.encode()).hexdigest()[:12])
    transaction.connection.execute(insert(persons).values(person_id=person_id, created_at=datetime.now(UTC)))
    _add_name(transaction, person_id, name, version)
    return person_id


def _free_id(transaction: Transaction, wanted: str) -> str:
    query = select(persons.c.person_id).where(persons.c.person_id.startswith(wanted, autoescape=True))
    taken = set(transaction.connection.execute(query).scalars())
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}-{number}") not in taken)


def _add_name(transaction: Transaction, person_id: str, name: str, version: int) -> None:
    row = {"person_id": person_id, "name": name, "added_version": version}
    transaction.connection.execute(insert(person_names).values(row))


def _end(transaction: Transaction, person_id: str, version: int) -> None:
    ended = update(person_names).where(person_names.c.person_id == person_id, active(person_names, None))
    transaction.connection.execute(ended.values(removed_version=version))


def _enrolled_images(transaction: Transaction, person_id: str) -> set[tuple[str, str]]:
    columns = (person_references.c.encoder, person_references.c.image_sha256)
    query = select(*columns).where(person_references.c.person_id == person_id, active(person_references, None))
    return {(row.encoder, row.image_sha256) for row in transaction.connection.execute(query)}


def _add_reference(
    transaction: Transaction, person_id: str, new: NewReference, *, image_ref: str, version: int
) -> None:
    row = {
        "person_id": person_id,
        "encoder": new.encoder,
        "image_sha256": new.image_sha256,
        "image_ref": image_ref,
        "quality": new.quality,
        "embedding": new.embedding.astype("<f4").tobytes(),
        "added_at": datetime.now(UTC),
        "added_version": version,
    }
    transaction.connection.execute(insert(person_references).values(row))


def _find_person(transaction: Transaction, name_or_id: str) -> Person:
    """By id, by the id of somebody who was merged into the person, or by name."""
    alias = select(person_aliases.c.alias_of).where(person_aliases.c.person_id == name_or_id)
    today = transaction.connection.execute(alias).scalar_one_or_none() or name_or_id
    fits = (person_names.c.person_id == today) | (person_names.c.name == name_or_id)
    hits = sorted(_read_people(transaction, fits), key=lambda person: person.person_id != today)
    if hits:
        return hits[0]
    known = select(person_names.c.name).where(active(person_names, None)).order_by(person_names.c.name)
    names = list(transaction.connection.execute(known.limit(NAMES_SHOWN + 1)).scalars())
    more = ", ..." if len(names) > NAMES_SHOWN else ""
    raise NotFound(f"nobody is called {name_or_id!r}; enrolled: {', '.join(names[:NAMES_SHOWN]) or 'nobody yet'}{more}")


def _read_people(transaction: Transaction, fits: ColumnElement[bool] | None = None) -> list[Person]:
    named = select(person_names.c.person_id, person_names.c.name, persons.c.created_at)
    named = named.join(persons, persons.c.person_id == person_names.c.person_id)
    named = named.where(active(person_names, None)).order_by(person_names.c.name)
    rows = transaction.connection.execute(named if fits is None else named.where(fits)).all()
    references = read_references(transaction, None if fits is None else [row.person_id for row in rows])
    return [
        Person(
            person_id=row.person_id,
            name=row.name,
            created_at=row.created_at,
            references=tuple(references.get(row.person_id, ())),
        )
        for row in rows
    ]
