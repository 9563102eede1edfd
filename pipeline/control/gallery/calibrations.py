"""Calibrations that were measured in this data folder: one is in effect, and those before it stay for what they named.

Calibrations(control).add(new) -> Calibration      in effect from now on; the one before is retired
Calibrations(control).newest() -> Calibration | None
Calibrations(control).get(calibration_id)
Calibrations(control).retire() -> Calibration | None       nothing is in effect any more
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from pipeline.control.database import Control, Transaction
from pipeline.control.tables import calibration_sketches, calibrations
from pipeline.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCalibration:
    """An operating point, and what it was measured with; it says no names."""

    made_at: datetime
    encoder: str
    encoder_digest: str
    """Of the encoder's weights and of how it is fed."""
    gallery_digest: str
    """Of the reference pictures."""
    impostors_digest: str
    """Of the strangers' pictures; empty without any."""
    n_people: int
    n_images: int
    """Reference pictures of all people together."""
    fpir: float
    """The rate of strangers named that was asked for, 0..1."""
    threshold: float
    uncertain_threshold: float
    margin: float
    report_json: str
    """All figures and warnings, for people to read: `CalibrationReport` as JSON."""
    reference_sketch: tuple[str, ...] = ()
    """A sample of the reference pictures it was made from (`sketch_pictures`); empty when these were not enrolled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration(NewCalibration):
    """A calibration as it is kept."""

    calibration_id: int
    retired_at: datetime | None

    @property
    def images_per_person(self) -> float:
        return self.n_images / max(1, self.n_people)

    @property
    def source(self) -> str:
        """Where thresholds come from, in words."""
        return (
            f"calibration {self.calibration_id} of {self.made_at:%Y-%m-%d} for {100 * self.fpir:g} % of strangers, "
            f"{self.n_people} people by {self.images_per_person:.3g} pictures"
        )


class Calibrations:
    """The calibrations of one control database."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(self, new: NewCalibration) -> Calibration:
        """Keep a calibration, which is the one in effect from now on."""
        with self._control.writing() as transaction:
            _retire(transaction, new.made_at)
            values = asdict(new)
            sketch = values.pop("reference_sketch")
            made = transaction.connection.execute(insert(calibrations).values(values))
            (calibration_id,) = made.inserted_primary_key or (0,)
            _keep_sketch(transaction, int(calibration_id), sketch)
            return read_calibration(transaction, int(calibration_id))

    def newest(self) -> Calibration | None:
        """The calibration that was made last; None without any, or after `retire`."""
        with self._control.reading() as transaction:
            return newest_calibration(transaction)

    def get(self, calibration_id: int) -> Calibration:
        """The calibration of that number, retired or not; raises `NotFound`."""
        with self._control.reading() as transaction:
            return read_calibration(transaction, calibration_id)

    def retire(self, now: datetime) -> Calibration | None:
        """Let none be in effect; returns the one that was."""
        with self._control.writing() as transaction:
            newest = newest_calibration(transaction)
            _retire(transaction, now)
            return newest


def newest_calibration(transaction: Transaction) -> Calibration | None:
    """The calibration that is not retired."""
    query = select(calibrations).where(calibrations.c.retired_at.is_(None)).order_by(calibrations.c.calibration_id)
    rows = transaction.connection.execute(query).all()
    return _calibration(transaction, rows[-1]) if rows else None


def read_calibration(transaction: Transaction, calibration_id: int) -> Calibration:
    """The calibration of that number; raises `NotFound`."""
    query = select(calibrations).where(calibrations.c.calibration_id == calibration_id)
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no calibration {calibration_id}")
    return _calibration(transaction, row)


def _retire(transaction: Transaction, now: datetime) -> None:
    open_ones = update(calibrations).where(calibrations.c.retired_at.is_(None))
    transaction.connection.execute(open_ones.values(retired_at=now))


def _keep_sketch(transaction: Transaction, calibration_id: int, sketch: tuple[str, ...]) -> None:
    rows = [{"calibration_id": calibration_id, "image_sha256": digest} for digest in sketch]
    if rows:
        transaction.connection.execute(insert(calibration_sketches), rows)


def _calibration(transaction: Transaction, row: Row[Any]) -> Calibration:
    columns = calibration_sketches.c
    query = select(columns.image_sha256).where(columns.calibration_id == row.calibration_id)
    sketch = transaction.connection.execute(query.order_by(columns.image_sha256)).scalars()
    return Calibration(**row._asdict(), reference_sketch=tuple(sketch))
