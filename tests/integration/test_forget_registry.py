"""Every column that may hold a text of somebody's is erased by something, or says why it needs nothing."""

from __future__ import annotations

from sqlalchemy import text

from bot.forget.registry import ERASED, EXEMPT, STEPS
from retrieval.database import Database

_COLUMNS = text("""
select table_name || '.' || column_name
from information_schema.columns
where table_schema = 'public' and (data_type in ('text', 'bytea') or udt_name in ('_text', 'varchar', '_varchar'))
  and table_name !~ '^(procrastinate|alembic)'
""")


async def columns(database: Database) -> set[str]:
    async with database.transaction() as connection:
        return set(await connection.scalars(_COLUMNS))


async def test_each_column_of_text_or_bytes_is_registered_or_exempt_with_a_reason(database: Database) -> None:
    known = {*ERASED, *EXEMPT}
    assert await columns(database) - known == set(), (
        "say in bot/forget/registry.py what erases it, or why nothing has to"
    )
    assert known - await columns(database) == set()
    assert set(ERASED) & set(EXEMPT) == set()


def test_what_a_column_is_erased_by_is_done() -> None:
    assert set(ERASED.values()) == set(STEPS)
    assert all(len(reason) > 5 for reason in EXEMPT.values())
