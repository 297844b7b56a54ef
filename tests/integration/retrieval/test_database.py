from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import URL, TextClause, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from retrieval.database import Database, DatabaseFault


async def test_a_transaction_is_committed_at_its_end_and_rolled_back_on_an_exception(
    fresh_database: Database,
) -> None:
    insert = text("insert into term (id, audience_id, df) values (:id, 1, 1)")
    async with fresh_database.transaction() as connection:
        await connection.execute(insert, {"id": 1})
    with pytest.raises(IntegrityError):
        await _execute(fresh_database, insert.bindparams(id=2), insert.bindparams(id=1))
    async with fresh_database.transaction() as connection:
        assert list(await connection.scalars(text("select id from term"))) == [1]


async def test_a_mistake_in_a_statement_is_not_blamed_on_the_database(database: Database) -> None:
    insert = text("insert into term (id, audience_id, df) values (1, 1, 1)")
    async with database.transaction() as connection:
        await connection.execute(insert)
    with pytest.raises(IntegrityError):
        await _execute(database, insert)


async def test_an_error_does_not_hold_the_values_of_its_statement(fresh_database: Database) -> None:
    statement = text("select 1 / cast(:zero as int), cast(:question as text)")
    async with fresh_database.transaction() as connection:
        with pytest.raises(DBAPIError, match="division by zero") as error:
            await connection.execute(statement, {"zero": 0, "question": "연차"})
    assert "연차" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda url: url.set(database="nowhere"), 'database "nowhere" does not exist'),
        (lambda url: url.set(username="nobody"), 'role "nobody" does not exist'),
        (lambda url: url.set(query={"host": "/nowhere"}), "cannot be reached"),
    ],
)
async def test_a_database_out_of_reach_is_one_sentence_without_the_password(
    server_url: str, change: Callable[[URL], URL], sentence: str
) -> None:
    password = "pass" + "word" * 2
    address = make_url(server_url).set(password=password)
    database = Database(change(address).render_as_string(hide_password=False))
    with pytest.raises(DatabaseFault, match=sentence) as fault:
        async with database.transaction():
            pass
    await database.close()
    assert password not in str(fault.value)
    assert "\n" not in str(fault.value)


async def _execute(database: Database, *statements: TextClause) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(statement)


async def test_both_spellings_of_an_address_are_taken(migrated_url: str) -> None:
    for scheme in ("postgresql", "postgres"):
        database = Database(migrated_url.replace("postgresql", scheme, 1))
        async with database.transaction() as connection:
            assert await connection.scalar(text("show application_name")) == "naru"
            assert await connection.scalar(text("show jit")) == "off"
        await database.close()


async def test_a_database_without_tables_says_that_it_must_be_migrated(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(DatabaseFault, match="naru migrate"):
        async with database.transaction() as connection:
            await connection.execute(text("select * from passage"))
    await database.close()


async def test_a_connection_that_died_in_the_pool_is_replaced(fresh_database: Database, server_url: str) -> None:
    async with fresh_database.transaction() as connection:
        pid = await connection.scalar(text("select pg_backend_pid()"))
    admin = Database(server_url)
    async with admin.transaction() as connection:
        await connection.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    await admin.close()
    async with fresh_database.transaction() as connection:
        assert await connection.scalar(text("select 1")) == 1


async def test_this_server_has_all_that_is_needed(fresh_database: Database, empty_url: str) -> None:
    await fresh_database.requirements()
    empty = Database(empty_url)
    await empty.requirements()
    await empty.close()


async def test_a_database_without_an_encoding_is_told_so(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute("drop database if exists ascii")
        admin.execute("create database ascii template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'")
        url = make_url(server_url).set(database="ascii").render_as_string(hide_password=False)
        ascii_only = Database(url)
        with pytest.raises(DatabaseFault, match="encoding is SQL_ASCII"):
            await ascii_only.requirements()
        await ascii_only.close()
        admin.execute("drop database ascii with (force)")


async def test_an_unknown_option_in_the_address_is_one_sentence(server_url: str) -> None:
    odd = Database(f"{server_url}&bogus=1")
    with pytest.raises(DatabaseFault, match="option behind its"):
        await odd.requirements()
    await odd.close()


async def test_a_role_that_may_not_create_the_extension_is_told_who_can(empty_url: str) -> None:
    owner = Database(empty_url)
    async with owner.transaction() as connection:
        await connection.execute(text("drop role if exists modest"))
        await connection.execute(text("create role modest login"))
    modest = Database(make_url(empty_url).set(username="modest").render_as_string(hide_password=False))
    with pytest.raises(DatabaseFault, match="may not create the extension"):
        await modest.requirements()
    await modest.close()
    async with owner.transaction() as connection:
        await connection.execute(text("drop role modest"))
    await owner.close()
