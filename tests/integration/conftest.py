"""One PostgreSQL for the session. Tests share a migrated database and roll back; few have their own."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from admin.embedded import EmbeddedPostgres
from retrieval.database import Database
from retrieval.parse.workers import ForkServer
from tests.integration.backups import erased_since, notes
from tests.integration.cluster import TEMPLATE, at, copied, in_a_hurry, with_template
from tests.integration.line import Line
from tests.standins import parsers

__all__ = ["erased_since", "notes"]
"""Fixtures of more than one file of tests."""

_numbers = count()


class RolledBack(Database):
    """A Database whose transactions are savepoints of one that is never committed.

    One after the other: what needs two transactions side by side asks for `fresh_database`.
    """

    def __init__(self, url: str, connection: AsyncConnection) -> None:
        super().__init__(url)
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        with self._faults():
            async with self._turn, self._connection.begin_nested():
                yield self._connection


@pytest.fixture(autouse=True)
def _parsers_are_loaded_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the tests of the sandbox itself."""
    if "retrieval" not in request.path.relative_to(Path(__file__).parent).parts:
        monkeypatch.setattr(ForkServer, "start", parsers.start)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """An administrator's address of the session's PostgreSQL."""
    # A directory of its own, open to pass: as root, PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="naru-") as home:
        Path(home).chmod(0o755)
        if cluster := os.environ.get("NARU_TEST_CLUSTER"):
            copied(cluster, home)
        with EmbeddedPostgres(Path(home)) as url:
            in_a_hurry(url)
            yield url


@pytest.fixture(scope="session")
async def template(server_url: str) -> str:
    """The name of a migrated database that nobody is connected to."""
    await with_template(server_url)
    return TEMPLATE


@pytest.fixture(scope="session")
def new_database(server_url: str, template: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes migrated, empty databases: `with new_database() as url`. For fixtures that several tests read."""
    return lambda: _created(server_url, template)


@pytest.fixture(scope="session")
def migrated_url(new_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """A migrated database that all tests share and leave empty."""
    with new_database() as url:
        yield url


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database; what a test does in it is rolled back."""
    engine = create_async_engine(make_url(migrated_url).set(drivername="postgresql+psycopg"))
    async with engine.connect() as connection:
        outer = await connection.begin()
        rolled_back = RolledBack(migrated_url, connection)
        yield rolled_back
        await rolled_back.close()
        await outer.rollback()
    await engine.dispose()


@pytest.fixture
def fresh_url(new_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """A migrated, empty database of the test's own."""
    with new_database() as url:
        yield url


@pytest.fixture
async def fresh_database(fresh_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of the test's own, with real commits and as many connections as it needs."""
    fresh = Database(fresh_url)
    yield fresh
    await fresh.close()


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database of the test's own without tables."""
    with _created(server_url, "template1") as url:
        yield url


@contextmanager
def _created(server_url: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    create = sql.SQL("create database {} template {}")
    _administer(server_url, create.format(sql.Identifier(name), sql.Identifier(template)))
    yield at(server_url, name)
    _administer(server_url, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _administer(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(statement)


@pytest.fixture
async def line(fresh_url: str) -> AsyncIterator[Line]:
    async with Line(fresh_url) as opened:
        yield opened


@pytest.fixture
async def behind_the_line(line: Line) -> AsyncIterator[Database]:
    database = Database(line.url)
    yield database
    line.speak()
    await database.close()
