from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from admin import schema
from migrations import METADATA
from retrieval.database import Database, DatabaseFault


async def run(url: str, *statements: str) -> None:
    database = Database(url)
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await database.close()


async def test_the_migrations_make_what_the_tables_say(fresh_database: Database) -> None:
    merged = MetaData(naming_convention=METADATA[0].naming_convention)
    for metadata in METADATA:
        for table in metadata.sorted_tables:
            table.to_metadata(merged)

    def differences(connection: Connection) -> object:
        options = {"include_name": lambda name, kind, parents: not (name or "").startswith("procrastinate_")}
        return compare_metadata(MigrationContext.configure(connection, opts=options), merged)

    async with fresh_database.transaction() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_migrated_database_is_in_order_and_migrating_it_again_changes_nothing(fresh_url: str) -> None:
    await schema.verify(fresh_url)
    await schema.upgrade(fresh_url)
    await schema.verify(fresh_url)


async def test_several_that_start_at_once_migrate_once(empty_url: str) -> None:
    await asyncio.gather(*(schema.upgrade(empty_url) for _ in range(4)))
    await schema.verify(empty_url)


async def test_a_database_that_was_never_migrated_says_what_to_run(empty_url: str) -> None:
    with pytest.raises(DatabaseFault, match=r"no tables of Naru yet.*`naru migrate`"):
        await schema.verify(empty_url)


async def test_a_database_of_a_newer_naru_is_left_alone(fresh_url: str) -> None:
    await run(fresh_url, "update alembic_version set version_num = '9999'")
    for step in (schema.verify, schema.upgrade):
        with pytest.raises(DatabaseFault, match="update Naru"):
            await step(fresh_url)


@pytest.mark.parametrize(
    "damage",
    [
        "drop table alembic_version",
        "drop table passage cascade",
        "drop table procrastinate_jobs cascade",
        "delete from alembic_version",
    ],
)
async def test_a_half_migrated_database_is_named_and_left_alone(fresh_url: str, damage: str) -> None:
    await run(fresh_url, damage)
    for step in (schema.verify, schema.upgrade):
        with pytest.raises(DatabaseFault, match="half-migrated"):
            await step(fresh_url)


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    await run(empty_url, "create view corpus as select 1 as one")
    with pytest.raises(Exception, match="corpus"):
        await schema.upgrade(empty_url)
    await run(empty_url, "drop view corpus")
    with pytest.raises(DatabaseFault, match="no tables of Naru yet"):
        await schema.verify(empty_url)
    await schema.upgrade(empty_url)
    await schema.verify(empty_url)
