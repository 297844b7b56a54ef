"""What the ledger says was erased is erased again, in a database that was restored from an older backup."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import catalogue, index, pushed, tombstones
from retrieval.erasures import key_of
from retrieval.tables import document, source


async def documents(connection: AsyncConnection, keys: Collection[str]) -> int:
    """How many of these documents were there and are deleted now, with what was pushed of them."""
    listed = select(document.c.id, source.c.name, document.c.uri).join_from(document, source)
    found = {row.id: key for row in await connection.execute(listed) if (key := key_of(row.name, row.uri)) in keys}
    await index.delete(connection, list(found))
    # Left there, the next re-index would bring it back.
    return len({*found.values(), *await pushed.erase(connection, keys)})


async def passages(connection: AsyncConnection, keys: Collection[str]) -> int:
    """How many of these passages were there and are withheld now."""
    found = await tombstones.again(connection, keys)
    await index.withheld_of(connection, found)
    return len(found)


async def sources(connection: AsyncConnection, keys: Collection[str]) -> int:
    """How many of these sources were there and are deleted now, with their documents."""
    names = [name for name in await connection.scalars(select(source.c.name)) if key_of(name) in keys]
    for name in names:
        await catalogue.delete(connection, name)
    return len(names)
