"""What other systems pushed, as they pushed it, and the tokens that let them. The only writer of both tables."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Protocol

from sqlalchemy import ScalarSelect, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import index, tombstones
from retrieval.changes import Changes
from retrieval.database import Database
from retrieval.erasures import key_of
from retrieval.passage import Said
from retrieval.rows import said_of, said_row
from retrieval.sources import SourceFault
from retrieval.tables import document, push_token, pushed
from retrieval.tables import source as source_table
from retrieval.tombstones import Whom, Withheld, nobody

KIND = "push"
"""Of the sources that this is about."""
_CHUNK = 500
_TOKEN_BYTES = 32
_NO_TOKEN = bytes(32)
"""The hash of no token that anybody has: compared with where there is none, so that both take the same time."""


class Document(Protocol):
    """What a line of a push asks to keep; see sources/push.py."""

    @property
    def uri(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def said(self) -> Said: ...
    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Counts:
    """In documents."""

    stored: int = 0
    unchanged: int = 0
    deleted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.stored + other.stored, self.unchanged + other.unchanged, self.deleted + other.deleted)


class PushStore:
    """Each method names a source of kind push; those that write raise SourceFault where there is none of that name."""

    def __init__(self, database: Database, withheld: Whom = nobody) -> None:
        self._database = database
        self._withheld = withheld

    async def keep(self, source: str, documents: Sequence[Document], deleted: Collection[str]) -> Counts:
        """Keep the documents and forget the deleted ones, all or none. A uri stands in one of the two, once."""
        gone = await self._forget(source, list(deleted)) if deleted else 0
        if not documents:
            return Counts(deleted=gone)
        async with self._database.transaction() as connection:
            source_id = await _locked(connection, source)
            fresh = await _fresh(connection, source_id, documents)
            await tombstones.being_written(connection)
            withheld = await self._withheld(connection)
            rows = [_row(source_id, one, withheld) for one in sorted(fresh, key=lambda one: one.uri)]
            if rows:
                statement = insert(pushed)
                given = {name: statement.excluded[name] for name in ("text", "format", "version", "said")}
                replaced = {**given, "pushed_at": func.now()}
                upsert = statement.on_conflict_do_update(index_elements=["source_id", "uri"], set_=replaced)
                await connection.execute(upsert, rows)
        return Counts(len(rows), len(documents) - len(rows), gone)

    async def keep_only(self, source: str, uris: Collection[str]) -> Counts:
        """Forget all documents but these."""
        async with self._database.transaction() as connection:
            source_id = await _locked(connection, source)
            held = await connection.scalars(select(pushed.c.uri).where(pushed.c.source_id == source_id))
            others = sorted(set(held) - set(uris))
        return Counts(deleted=await self._forget(source, others))

    async def listed(self, source: str) -> AsyncIterator[tuple[str, str, Said]]:
        """(uri, version, what was said) of each document, by uri; nothing where there is no such source yet."""
        after = ""
        while True:
            columns = select(pushed.c.uri, pushed.c.version, pushed.c.said)
            async with self._database.transaction() as connection:
                chunk = columns.where(pushed.c.source_id == _id_of(source), pushed.c.uri > after)
                rows = (await connection.execute(chunk.order_by(pushed.c.uri).limit(_CHUNK))).all()
            for row in rows:
                yield row.uri, row.version, said_of(row.said)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].uri

    async def kept(self, source: str, uri: str) -> tuple[str, str, str] | None:
        """(text, format, version) of a document; None: it is not there."""
        columns = select(pushed.c.text, pushed.c.format, pushed.c.version)
        async with self._database.transaction() as connection:
            theirs = pushed.c.source_id == _id_of(source), pushed.c.uri == uri
            row = (await connection.execute(columns.where(*theirs))).one_or_none()
        return None if row is None else (row.text, row.format, row.version)

    async def new_token(self, source: str) -> str:
        """A token that lets its holder push to this source, in place of the one before. It is nowhere kept as it is."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        async with self._database.transaction() as connection:
            source_id = await _locked(connection, source)
            statement = insert(push_token).values(source_id=source_id, sha256=_digest(token))
            replaced = {"sha256": statement.excluded.sha256, "made_at": func.now()}
            await connection.execute(statement.on_conflict_do_update(index_elements=["source_id"], set_=replaced))
        return token

    async def revoke(self, source: str) -> bool:
        """Whether there was a token."""
        async with self._database.transaction() as connection:
            source_id = await _locked(connection, source)
            gone = await connection.execute(push_token.delete().where(push_token.c.source_id == source_id))
        return gone.rowcount > 0

    async def allows(self, source: str, token: str) -> bool:
        """Whether the token is this source's; also False where there is no such source, and after the same time."""
        join = source_table.join(push_token, push_token.c.source_id == source_table.c.id)
        theirs = (
            select(push_token.c.sha256)
            .select_from(join)
            .where(source_table.c.name == source, source_table.c.kind == KIND, source_table.c.active)
        )
        async with self._database.transaction() as connection:
            expected = await connection.scalar(theirs)
        return compare_digest(_digest(token), expected or _NO_TOKEN)

    async def _forget(self, source: str, uris: Sequence[str]) -> int:
        """From the index first, so that a document that its system deleted is found by nobody from now on; a crash
        between the two leaves it to the next push or re-index."""
        gone = 0
        for start in range(0, len(uris), _CHUNK):
            chunk = list(uris[start : start + _CHUNK])
            async with self._database.transaction() as connection:
                source_id = await _locked(connection, source)
            await index.Index(self._database).apply(source, Changes(removed=chunk))
            async with self._database.transaction() as connection:
                theirs = pushed.c.source_id == source_id, pushed.c.uri == func.any(chunk)
                gone += (await connection.execute(pushed.delete().where(*theirs))).rowcount
        return gone


async def erase(connection: AsyncConnection, keys: Collection[str]) -> set[str]:
    """Delete what was pushed of the documents with these keys of the ledger; the keys of those that were there."""
    listed = select(pushed.c.source_id, pushed.c.uri, source_table.c.name).join_from(pushed, source_table)
    found = {(row.source_id, row.uri): key_of(row.name, row.uri) for row in await connection.execute(listed)}
    gone = [place for place, key in found.items() if key in keys]
    for start in range(0, len(gone), _CHUNK):
        chunk = gone[start : start + _CHUNK]
        await connection.execute(pushed.delete().where(tuple_(pushed.c.source_id, pushed.c.uri).in_(chunk)))
    return {found[place] for place in gone}


async def delete_of(connection: AsyncConnection, documents: Collection[int]) -> None:
    """Delete what was pushed of these documents, by their ids, so that no re-index brings them back."""
    theirs = select(document.c.source_id, document.c.uri).where(document.c.id == func.any(list(documents)))
    await connection.execute(pushed.delete().where(tuple_(pushed.c.source_id, pushed.c.uri).in_(theirs)))


async def _locked(connection: AsyncConnection, name: str) -> int:
    source_id, source = await index.locked(connection, name, write=False)
    if source.kind != KIND:
        raise SourceFault(f"Source '{name}' is of kind {source.kind}: only a source of kind push takes documents.")
    return source_id


def _id_of(name: str) -> ScalarSelect[int]:
    return select(source_table.c.id).where(source_table.c.name == name).scalar_subquery()


async def _fresh(connection: AsyncConnection, source_id: int, documents: Sequence[Document]) -> list[Document]:
    """Those that are not kept as they are already."""
    uris = [one.uri for one in documents]
    columns = select(pushed.c.uri, pushed.c.version, pushed.c.said)
    rows = await connection.execute(columns.where(pushed.c.source_id == source_id, pushed.c.uri == func.any(uris)))
    kept = {row.uri: (row.version, row.said) for row in rows}
    return [one for one in documents if kept.get(one.uri) != (one.version, said_row(one.said))]


def _row(source_id: int, one: Document, withheld: Withheld) -> Mapping[str, object]:
    said = said_row(one.said)
    row = {"source_id": source_id, "uri": one.uri, "format": one.format}
    if not withheld(_whole(said, one.text)):
        return {**row, "text": one.text, "version": one.version, "said": said}
    # Another version than the sender's: what is sent once more is looked at again, and may be kept by then.
    return {**row, **_redacted(said, one.text, withheld), "version": f"{one.version}, in part"}


def _redacted(said: Mapping[str, Any], text: str, withheld: Withheld) -> dict[str, Any]:
    left = "\n".join(line for line in text.split("\n") if not withheld(line))
    titled = {key: one for key, one in said.items() if key != "title" or not withheld(str(one))}
    return {"text": "" if withheld(left) else left, "said": titled}


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Redacted:
    """In documents. after: the last one that was looked at; None: that was all."""

    changed: int
    held: int
    after: str | None


async def redact(connection: AsyncConnection, withheld: Withheld, keep: Withheld, after: str, most: int) -> Redacted:
    """Take the lines that are withheld out of the texts of the next `most` documents; one whose text is withheld even
    so is emptied. keep: texts that stay as they are."""
    await tombstones.being_looked_for(connection)
    source_id, _, uri = after.partition("/")
    place = tuple_(pushed.c.source_id, pushed.c.uri)
    rows = (
        await connection.execute(
            select(pushed.c.source_id, pushed.c.uri, pushed.c.text, pushed.c.said)
            .where(place > tuple_(literal(int(source_id or 0)), literal(uri)))
            .order_by(pushed.c.source_id, pushed.c.uri)
            .limit(most)
            .with_for_update()
        )
    ).all()
    found = await asyncio.to_thread(lambda: [row for row in rows if withheld(_whole(row.said, row.text))])
    gone = [row for row in found if not keep(_whole(row.said, row.text))]
    for row in gone:
        mine = pushed.update().where(pushed.c.source_id == row.source_id, pushed.c.uri == row.uri)
        await connection.execute(mine.values(_redacted(row.said, row.text, withheld)))
    more = f"{rows[-1].source_id}/{rows[-1].uri}" if len(rows) == most else None
    return Redacted(len(gone), len(found) - len(gone), more)


def _whole(said: Mapping[str, Any], text: str) -> str:
    return f"{said.get('title', '')}\n{text}"
