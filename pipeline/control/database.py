"""The control database: opening it, and its three kinds of transaction.

It hides SQLAlchemy and, with `engines`, the difference between SQLite (the default: `<data>/facetrail.db`) and
Postgres (a URL).

    open_control(data_dir, url=None) -> Control      creates the folder and the schema on first use
    control.reading()                                one consistent view
    control.writing()                                one writer at a time, in any process
    control.fenced(lease, now)                       the same, and only while the lease is held
    control.encoder(default)                         the data folder's one encoder

A `Transaction` is handed to the modules beside this one; nobody else looks into it. One `Control` serves all
threads of a process; a forked child opens its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select, update

from pipeline.control import attendance_tables  # noqa: F401 # so that its tables are made with the others
from pipeline.control.accounts import tables as _account_tables  # noqa: F401 # so that these tables are made
from pipeline.control.correcting import corrections_tables, relabelling_tables  # noqa: F401 # the same
from pipeline.control.engines import SQLITE, make_engine, writers_engine
from pipeline.control.failures import translated
from pipeline.control.live import camera_tables, delivery_tables  # noqa: F401 # the same
from pipeline.control.migrations import migrate
from pipeline.control.tables import LOCK_CREATION, LOCK_WRITERS, SCHEMA_VERSION, folder, leases, metadata
from pipeline.control.work import arrival_tables  # noqa: F401 # the same
from pipeline.encoders.manifest import weights_dir
from pipeline.errors import LeaseLost, PipelineError, SettingsError
from pipeline.private_folder import make_private_folder


@dataclass(frozen=True, slots=True)
class Lease:
    """Ownership of one source by one aggregator; `epoch` grows whenever the owner changes."""

    source_id: str
    owner: str
    epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class Transaction:
    """An open transaction, for the modules of this room."""

    connection: Connection


class Control:
    """The control database of one data folder, for all threads of this process."""

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.weights_dir = weights_dir(data_dir)
        self._engine = engine
        self._writer = writers_engine(engine)
        self._place = engine.url.render_as_string(hide_password=True)
        if engine.dialect.name == SQLITE:
            self._place = str(engine.url.database)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the database and changes nothing."""
        with translated(self._place), self._engine.begin() as connection:
            yield Transaction(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that no other writer shares; committed at its end, undone by an error."""
        with translated(self._place), self._writer.begin() as connection:
            if connection.dialect.name != SQLITE:
                connection.execute(LOCK_WRITERS)
            yield Transaction(connection)

    @contextmanager
    def fenced(self, lease: Lease, now: datetime) -> Iterator[Transaction]:
        """A writing transaction inside which nobody else can become the source's owner.

        Raises `LeaseLost` before anything is done unless `lease` is held and runs out after `now`.
        """
        with self.writing() as transaction:
            check_lease(transaction, lease, now)
            yield transaction

    def encoder(self, default: str | None) -> str:
        """The data folder's encoder, fixed to `default` on first use.

        Raises `SettingsError` when `default` names another one than the folder's; None asks for whatever there is,
        and raises `SettingsError` when there is none yet.
        """
        with self.reading() as transaction:
            fixed = transaction.connection.execute(select(folder.c.encoder)).scalar_one()
        if fixed is None:
            fixed = self._fix_encoder(default)
        if default is not None and fixed != default:
            raise SettingsError(
                f"the data folder {self.data_dir} belongs to the encoder {fixed}, not {default}: "
                f"leave the encoder out, or start a new folder with --data OTHER_FOLDER --encoder {default}"
            )
        return str(fixed)

    def _fix_encoder(self, default: str | None) -> str:
        if default is None:
            raise SettingsError(f"the data folder {self.data_dir} has no encoder yet: enrol people or analyze a video")
        with self.writing() as transaction:
            undecided = update(folder).where(folder.c.encoder.is_(None)).values(encoder=default)
            transaction.connection.execute(undecided)
            return str(transaction.connection.execute(select(folder.c.encoder)).scalar_one())

    def close(self) -> None:
        """Give back all connections."""
        with translated(self._place):
            self._engine.dispose()


def check_lease(transaction: Transaction, lease: Lease, now: datetime) -> None:
    """Raise `LeaseLost` unless `lease` is still the source's lease and runs out after `now`."""
    query = select(leases.c.owner, leases.c.epoch, leases.c.expires_at).where(leases.c.source_id == lease.source_id)
    held = transaction.connection.execute(query).one_or_none()
    if held is None or (held.owner, held.epoch) != (lease.owner, lease.epoch):
        raise LeaseLost(f"source {lease.source_id} has another owner than {lease.owner} (epoch {lease.epoch})")
    if held.expires_at <= now:
        raise LeaseLost(f"the lease of {lease.owner} on source {lease.source_id} ran out at {held.expires_at}")


def open_control(data_dir: Path, url: str | None = None) -> Control:
    """The control database of `data_dir`, created when missing; a new folder is open to its owner only.

    Raises `SettingsError` for a bad `url`, a folder that cannot be made, or a database of a newer Facetrail, and
    `DatabaseLost` when the server of `url` cannot be reached.
    """
    try:
        make_private_folder(data_dir)
    except OSError as error:
        raise SettingsError(f"the data folder {data_dir} cannot be made: {error.strerror}") from error
    control = Control(make_engine(data_dir, url), data_dir)
    try:
        _create_schema(control)
    except PipelineError:
        control.close()
        raise
    return control


def _create_schema(control: Control) -> None:
    engine = control._writer  # noqa: SLF001 # its own module
    with translated(control._place), engine.begin() as connection:  # noqa: SLF001 # its own module
        if engine.dialect.name != SQLITE:
            connection.execute(LOCK_CREATION)
        metadata.create_all(connection)
        found = connection.execute(select(folder.c.schema_version)).scalar_one_or_none()
        if found is None:
            connection.execute(folder.insert().values(**_first_row()))
        elif found > SCHEMA_VERSION:
            raise SettingsError(
                f"the data folder {control.data_dir} was written by a newer Facetrail (schema {found}, this one knows "
                f"{SCHEMA_VERSION}): update Facetrail"
            )
        elif found < SCHEMA_VERSION:
            migrate(connection, found)


def _first_row() -> dict[str, object]:
    return {
        "id": 1,
        "schema_version": SCHEMA_VERSION,
        "encoder": None,
        "gallery_version": 0,
        "unknowns_version": 0,
        "created_at": datetime.now(UTC),
    }
