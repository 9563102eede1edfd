"""How an envelope, a delivery or a burial lies in the fields of a stream's entry."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.schemas import RunKey
from workers.wire.transport import Blob, Burial, Buried, Delivery, Envelope, Slot

Field = Blob | bytearray | str | int
NO_SLOT = Slot(RunKey("", ""), -1)
"""The slot of an entry that says nothing usable about itself; no run has it."""


def envelope_fields(envelope: Envelope) -> dict[str, Field]:
    """The fields of an entry that carries `envelope`; the large parts are not copied."""
    fields: dict[str, Field] = {**_slot_fields(envelope.slot), "header": envelope.header}
    fields.update((str(place), blob) for place, blob in enumerate(envelope.blobs))
    return fields


def burial_fields(slot: Slot, burial: Burial) -> dict[str, Field]:
    """The fields of a note among the buried."""
    return {**_slot_fields(slot), "stage": burial.stage, "reason": burial.reason, "tries": burial.tries}


def read_delivery(stream: str, entry_id: bytes, fields: Mapping[bytes, bytes], tries: int) -> Delivery:
    """The delivery that an entry stands for; one without a usable slot gets `NO_SLOT`, and nobody can unpack it."""
    n_blobs = sum(1 for name in fields if name.isdigit())
    blobs = tuple(fields.get(str(place).encode(), b"") for place in range(n_blobs))
    envelope = Envelope(_read_slot(fields), fields.get(b"header", b""), blobs)
    return Delivery(stream, entry_id.decode(), envelope, tries)


def read_buried(fields: Mapping[bytes, bytes]) -> Buried:
    """The burial that a note stands for."""
    texts = {name.decode(): value.decode(errors="replace") for name, value in fields.items()}
    burial = Burial(texts.get("stage", ""), texts.get("reason", ""), _number(fields.get(b"tries", b"")))
    return Buried(_read_slot(fields), burial)


def flattened(fields: Mapping[str, Field]) -> list[Field]:
    """Name, value, name, value, as a server's script takes them."""
    return [part for pair in fields.items() for part in pair]


def entry_age_s(entry_id: str, now_s: float) -> float:
    """Seconds since the server gave out `entry_id`, by this host's clock; never negative."""
    return max(0.0, now_s - int(entry_id.split("-", maxsplit=1)[0]) / 1000)


def _slot_fields(slot: Slot) -> dict[str, Field]:
    return {"source": slot.run.source_id, "run": slot.run.run_id, "slot": slot.number}


def _read_slot(fields: Mapping[bytes, bytes]) -> Slot:
    source, run, number = (fields.get(name, b"") for name in (b"source", b"run", b"slot"))
    if not (source and run and number.isdigit()):
        return NO_SLOT
    return Slot(RunKey(source.decode(errors="replace"), run.decode(errors="replace")), int(number))


def _number(text: bytes) -> int:
    return int(text) if text.isdigit() else 0
