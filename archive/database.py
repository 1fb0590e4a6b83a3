"""The database: one model for SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import JSON, TypeDecorator

# The largest number that a row can have; both databases stumble over larger ones, which addresses and forms may hold.
LARGEST_ID = 2**31 - 1
# How long a writer waits for another before the page says "try again" (503).
BUSY_TIMEOUT_MS = 10_000


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware and in UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What a value is in Python, for whoever reads rows back from JSON."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def is_possible_id(number: int) -> bool:
    """Whether a row can have this number at all."""
    return 0 < number <= LARGEST_ID


def _values(kind: type[enum.Enum]) -> list[str]:
    return [each.value for each in kind]


class Base(DeclarativeBase):
    """Base of every row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        enum.StrEnum: Enum(enum.StrEnum, native_enum=False, length=20, values_callable=_values),
    }


Row = TypeVar("Row", bound=Base)


def find_row(session: Session, kind: type[Row], number: int) -> Row | None:
    """The row of this number, which may come from an address; None when there is none."""
    return session.get(kind, number) if is_possible_id(number) else None


class Database:
    """The engine and the two ways to talk to it.

    On SQLite a transaction that reads first and writes later fails at once when another wrote in between, without
    waiting. So whoever may write says so at the start and waits his turn (`BEGIN IMMEDIATE`); readers never wait.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        if make_url(url).get_backend_name() == "sqlite":
            self.engine = create_engine(
                url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
            )
            _set_up_sqlite(self.engine)
        else:
            self.engine = create_engine(url, pool_pre_ping=True)
        self._writing = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def read(self) -> Session:
        """A session for looking; rows stay usable after it closes."""
        return Session(self.engine, expire_on_commit=False)

    def write(self) -> Session:
        """A session for changing; it holds the write lock from its first statement until commit or close."""
        return Session(self._writing, expire_on_commit=False)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 begins nothing by itself; `begin` below does
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))
