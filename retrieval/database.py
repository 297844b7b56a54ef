"""The one door to PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import psycopg
from sqlalchemy import URL, TextClause, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from retrieval.errors import Fault

Then = Callable[[AsyncConnection], Awaitable[None]]
"""What whoever calls wants done in the same transaction."""
POOL_SIZE = 10
CONNECT_TIMEOUT_S = 5
POOL_TIMEOUT_S = 10
MIN_POSTGRES = 16
CALLED = "naru"
MIN_PGVECTOR = (0, 8)


class DatabaseFault(Fault):
    """The database is away, too old, full, half-migrated or newer."""

    again = True


@dataclass(frozen=True, slots=True)
class Server:
    """What a PostgreSQL server offers. Versions of pgvector as PostgreSQL tells them; None: not there."""

    major: int
    encoding: str
    vector_available: str | None
    vector_installed: str | None
    may_create_vector: bool

    def lacks(self) -> str | None:
        """The first thing that Naru needs and this server does not have, as a sentence; None: nothing."""
        if self.major < MIN_POSTGRES:
            return f"PostgreSQL {self.major} is too old: Naru needs {MIN_POSTGRES} or newer."
        if self.encoding != "UTF8":
            return f"The database's encoding is {self.encoding}: create one with `encoding 'UTF8'` for Naru."
        if self.vector_installed is not None:
            if _version(self.vector_installed) >= MIN_PGVECTOR:
                return None
            return (
                f"pgvector {self.vector_installed} is too old: install 0.8 or newer on the database server, "
                "then run `alter extension vector update` in this database."
            )
        if self.vector_available is None or _version(self.vector_available) < MIN_PGVECTOR:
            return (
                "PostgreSQL has no pgvector 0.8 or newer: install it on the database server (on Debian and "
                f"Ubuntu the package postgresql-{self.major}-pgvector)."
            )
        if not self.may_create_vector:
            return (
                "The database's role may not create the extension pgvector: let an administrator run "
                "`create extension vector` once in this database."
            )
        return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


@lru_cache(maxsize=64)
def prepared(sql: str) -> TextClause:
    """A statement that is put together anew for each question and is mostly the same: to look for its parameters takes
    longer than to find it here."""
    return text(sql)


class Database:
    """Connections to one PostgreSQL. `url` as libpq knows it: `postgresql://...` or `postgres://...`. called: what the
    connections say of themselves, to be seen by other processes."""

    def __init__(self, url: str, called: str = CALLED) -> None:
        self._url = _psycopg_url(url)
        self._engine = create_async_engine(
            self._url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_S,
                "application_name": called,
                # A server that vanished without a word is noticed in 11 s; the system's own defaults take hours.
                "keepalives": 1,
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 5000,
                # Where the database itself has no encoding (SQL_ASCII), text would come as bytes.
                "client_encoding": "utf8",
                # Queries of milliseconds gain nothing from compilation and can lose 100 ms to it.
                "options": "-c jit=off",
            },
        )

    @property
    def conninfo(self) -> str:
        """The address as libpq knows it, for a library that makes its own connections; may hold a password."""
        return self._url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection inside a transaction: committed at the end, rolled back on an exception.

        Raises DatabaseFault where the database, and not the statement, is the reason.
        """
        with self._faults():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def autocommitting(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside of transactions, for what refuses to be in one, such as `create database`."""
        with self._faults():
            async with self._engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def exclusively(self, name: str) -> AsyncIterator[bool]:
        """True: this process alone holds `name` among all that use this database; False: another does."""
        with self._faults():
            async with self._engine.begin() as connection:
                # Bound to a transaction, the lock is gone whatever ends it; an idle one must only not be timed out.
                take = text("select pg_try_advisory_xact_lock(:key)")
                taken = bool(await connection.scalar(take, {"key": lock_key(name)}))
                # After the select, because it ends what the select has opened: kept open, that would hold back vacuum
                # and every `concurrently` for as long as the lock is held.
                await connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
                yield taken

    async def alone(self, statement: str, **settings: str) -> None:
        """One statement outside of any transaction, as `concurrently` asks for. settings: sizes that hold for it alone,
        where those of the server are not larger."""
        with self._faults():
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                for name, value in settings.items():
                    await connection.execute(_AT_LEAST, {"name": name, "value": value})
                try:
                    await connection.execute(text(statement))
                finally:
                    for name in settings:
                        await connection.execute(text(f"reset {name}"))

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[Database]:
        """This database as it would be: what is done through that one is seen through it alone and undone at the end.

        One transaction after the other: all of it happens on one connection.
        """
        with self._faults():
            async with self._engine.connect() as connection:
                outer = await connection.begin()
                try:
                    yield _Rehearsal(self._url.render_as_string(hide_password=False), connection)
                finally:
                    await outer.rollback()

    async def server(self) -> Server:
        """What this server offers."""
        async with self.transaction() as connection:
            return Server(**(await connection.execute(text(_SERVER))).one()._mapping)

    async def requirements(self) -> None:
        """Raise DatabaseFault when this server cannot hold Naru's tables."""
        lacking = (await self.server()).lacks()
        if lacking is not None:
            raise DatabaseFault(lacking)

    async def close(self) -> None:
        await self._engine.dispose()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeoutError as error:
            raise DatabaseFault(
                f"All {POOL_SIZE} connections to PostgreSQL are busy: try again in a moment."
            ) from error
        except (DBAPIError, psycopg.Error) as error:
            sentence = self._sentence(error)
            if sentence is None:
                raise
            raise DatabaseFault(sentence) from error

    def _sentence(self, error: DBAPIError | psycopg.Error) -> str | None:
        origin = error.orig if isinstance(error, DBAPIError) else error
        state = getattr(origin, "sqlstate", None)
        where = _where(self._url)
        if state in _SENTENCES:
            return _SENTENCES[state].format(where=where)
        if isinstance(origin, psycopg.ProgrammingError) and state is None:
            return "The database's address cannot be used: an option behind its `?` is not known to PostgreSQL."
        if isinstance(origin, psycopg.OperationalError):
            # Only a failed connection has no state; its reason names the user, the database and the host.
            reason = str(origin).splitlines()[0].rpartition(" failed: ")[2] if state is None else state
            return f"PostgreSQL at {where} cannot be reached ({reason}): check that it runs, and its address."
        return None


async def nothing_more(connection: AsyncConnection) -> None:
    """A Then where there is nothing."""


def beside(url: str, database: str) -> str:
    """The address of another database of the same server, for the same role."""
    return _psycopg_url(url).set(drivername="postgresql", database=database).render_as_string(hide_password=False)


def name_of(url: str) -> str:
    """The name of the database at this address; libpq's own default where it names none."""
    parsed = _psycopg_url(url)
    return parsed.database or str(parsed.query.get("dbname") or parsed.username or "")


class _Rehearsal(Database):
    """Its transactions are savepoints of one that is never committed. Nobody else sees it, so it locks nothing out."""

    def __init__(self, url: str, connection: AsyncConnection) -> None:
        super().__init__(url)
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        with self._faults():
            async with self._turn, self._connection.begin_nested():
                yield self._connection

    @asynccontextmanager
    async def exclusively(self, name: str) -> AsyncIterator[bool]:
        yield True

    async def alone(self, statement: str, **settings: str) -> None:
        """Nothing: what is done outside of transactions could not be undone."""


def lock_key(name: str) -> int:
    """A number for PostgreSQL's advisory locks (signed, 64 bits), the same in every process."""
    return int.from_bytes(blake2b(f"naru:{name}".encode(), digest_size=8).digest(), signed=True)


def _psycopg_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseFault(
            "The database's address cannot be read: it should look like postgresql://user@host/database."
        ) from None
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise DatabaseFault(
            f"The database's address starts with '{parsed.drivername}': it should start with postgresql://."
        )
    return parsed.set(drivername="postgresql+psycopg")


def _where(url: URL) -> str:
    host = url.host or url.query.get("host") or "the local socket"
    return f"{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


_SENTENCES = {
    "53100": "The disk of PostgreSQL at {where} is full: make room; nothing of this step was stored.",
    "25006": "PostgreSQL at {where} is read-only: check the database's address and its disk.",
    "42P01": "PostgreSQL at {where} lacks Naru's tables: run `naru migrate`.",
    "42703": "The tables in PostgreSQL at {where} are not those of this Naru: run `naru migrate`.",
    "55P03": "Others hold what this needs in PostgreSQL at {where} for too long: try again in a moment.",
    "55006": "Somebody else is connected to the database in PostgreSQL at {where}: stop them, then try again.",
    "42501": "PostgreSQL at {where} does not allow this to Naru's role: let an administrator grant it.",
}

_AT_LEAST = text(
    "select set_config(:name, :value, false) where pg_size_bytes(current_setting(:name)) < pg_size_bytes(:value)"
)
_SERVER = """
select current_setting('server_version_num')::int / 10000 as major,
       current_setting('server_encoding') as encoding,
       available.default_version as vector_available,
       available.installed_version as vector_installed,
       coalesce((select rolsuper from pg_roles where rolname = current_user), false)
         or (has_database_privilege(current_database(), 'create') and coalesce(versions.trusted, false))
         as may_create_vector
from (select 1) as one
left join pg_available_extensions as available on available.name = 'vector'
left join pg_available_extension_versions as versions
  on versions.name = available.name and versions.version = available.default_version
"""
