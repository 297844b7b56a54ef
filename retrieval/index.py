"""The only writer of documents, with their passages and counts.

Every change happens in one transaction with the counts that it changes, so that a search sees a document's
old version or its new one, and never a term counted wrongly. Locks are taken in one order everywhere: source,
audiences, documents, terms by number and audience, corpus, ledger.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import counts, first_load, passages, tombstones
from retrieval.bags import Bagged
from retrieval.changes import Changes, Fresh, Problem
from retrieval.counts import Counts
from retrieval.database import Database
from retrieval.erasures import DOCUMENT, erased, key_of
from retrieval.in_force import ALWAYS, Term
from retrieval.label import Level
from retrieval.passage import NOTHING_SAID, Principal, Said, Source
from retrieval.rows import said_of, said_row, source_of
from retrieval.sources import SourceFault
from retrieval.split import Piece
from retrieval.tables import document
from retrieval.tables import source as source_table
from retrieval.tokenizer import BIGRAMS, Tokenizer, format_of
from retrieval.tombstones import Whom, Withheld

FORMAT = 5
"""Counted up when text becomes pieces or terms in another way, or more of a file is read than was: then every document
is indexed anew."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds of a document. sha256: of its last readable version; None: never readable. version: what
    the source said of that version. why: the kind of its problem; "partly": the rest of it was read."""

    sha256: bytes | None
    format: int
    problem: str | None
    version: str | None = None
    said: Said = NOTHING_SAID
    title: str = ""
    term: Term = ALWAYS
    why: str | None = None

    @property
    def unread(self) -> bool:
        """Whether its newest version could not be read at all."""
        return self.problem is not None and self.why != "partly"


class Index:
    """withheld: of which texts nothing is taken in, see tombstones.py. format: that of documents as it indexes them."""

    def __init__(self, database: Database, withheld: Whom = tombstones.nobody, tokenizer: Tokenizer = BIGRAMS) -> None:
        self._database = database
        self._withheld = withheld
        self._frozen: set[str] = set()
        self._tokenizer = tokenizer
        self.format = format_of(FORMAT, tokenizer)

    async def known(self, source_name: str) -> dict[str, Known]:
        """Every document of the source, by uri."""
        async with self._database.transaction() as connection:
            return {
                row.uri: Known(
                    row.sha256,
                    row.format,
                    row.problem,
                    row.version,
                    said_of(row.said),
                    row.title,
                    Term(row.in_force_from, row.in_force_until),
                    row.problem_kind,
                )
                for row in await connection.execute(_KNOWN, {"name": source_name})
            }

    async def stored(self, source_name: str, uris: Sequence[str]) -> dict[str, list[Piece]]:
        """The passages of these documents, in their order."""
        async with self._database.transaction() as connection:
            rows = await connection.execute(_IDS, {"name": source_name, "uris": list(uris)})
            ids = {row.id: row.uri for row in rows}
            return {ids[one]: found for one, found in (await passages.pieces(connection, list(ids))).items()}

    async def apply(self, source_name: str, changes: Changes) -> None:
        """Make the changes, all or none. Raises SourceFault when the source is gone."""
        await self._freeze_averages(changes.fresh)
        async with self._database.transaction() as connection:
            await tombstones.being_written(connection)
            withheld = await self._withheld(connection)
            # The source as it is now, not as it was when the run began: its rules may have become stricter.
            source_id, source = await locked(connection, source_name, write=False)
            await counts.share_weights(connection)
            counted = Counts()
            if changes.moved:
                names = {"old": list(changes.moved), "new": list(changes.moved.values())}
                await connection.execute(_MOVED, names | {"source": source_id})
            if changes.fresh:
                read = {one.uri: one.passages for one in changes.fresh}
                left = await tombstones.honoured(connection, source_name, read, withheld)
                fresh = [_shown(one, left[one.uri], withheld) for one in changes.fresh]
                short = {is_.uri for is_, was in zip(fresh, changes.fresh, strict=True) if _is_short(is_, was)}
                await _swap(connection, source_id, source, fresh, short, counted, self.format)
            if changes.problems:
                await _record(connection, source_id, source, changes.problems)
            if changes.told:
                rows = [_told(source, uri, _untitled(said, withheld)) for uri, said in changes.told.items()]
                await _to_audiences(connection, source_id, rows, counted)
                await connection.execute(_TOLD, {"source": source_id, "rows": json.dumps(rows)})
            if changes.same:
                versions = {"uris": list(changes.same), "versions": list(changes.same.values())}
                await connection.execute(_SAME, versions | {"source": source_id})
            if changes.removed:
                gone = document.c.source_id == source_id, document.c.uri.in_(changes.removed)
                await _delete(connection, list(await connection.scalars(select(document.c.id).where(*gone))), counted)
            await counted.store(connection)
            await erased(connection, DOCUMENT, (key_of(source_name, uri) for uri in changes.removed))

    def first_load(self) -> AbstractAsyncContextManager[None]:
        """Around a load into an index that is empty."""
        return first_load.first_load(self._database)

    async def settle(self) -> None:
        """What is done once after many changes: new weights where lengths have drifted, and quick searches."""
        await passages.reweigh_if_drifted(self._database, self._tokenizer, self.format)
        await first_load.settle(self._database)
        await counts.tidy(self._database)

    async def _freeze_averages(self, fresh: Sequence[Fresh]) -> None:
        """In a transaction of its own: held on to, the row would be waited for by runs of other sources, which hold
        the terms that this one needs next."""
        lengths: dict[str, list[int]] = defaultdict(list)
        for one in fresh:
            for each in one.passages:
                if each.language not in self._frozen:
                    lengths[each.language].append(each.bag.length)
        if lengths:
            async with self._database.transaction() as connection:
                await counts.freeze(connection, lengths)
            self._frozen.update(lengths)


async def locked(connection: AsyncConnection, name: str, *, write: bool) -> tuple[int, Source]:
    """A source and its number, held until the transaction ends. Raises SourceFault where it is gone."""
    statement = select(source_table).where(source_table.c.name == name).with_for_update(read=not write)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise unknown(name)
    return row.id, source_of(row)


def unknown(name: str) -> SourceFault:
    return SourceFault(f"There is no source '{name}': `naru source list` shows those there are.")


async def existing(database: Database, ids: Collection[int]) -> frozenset[int]:
    """Those of the documents, by id, that there are, whoever may read them. Raises DatabaseFault."""
    async with database.transaction() as connection:
        found = await connection.scalars(select(document.c.id).where(document.c.id == func.any(list(ids))))
        return frozenset(found)


async def of_sources(connection: AsyncConnection, names: Collection[str]) -> Sequence[int]:
    """The ids of the documents of these sources."""
    of = select(document.c.id).join(source_table).where(source_table.c.name == func.any(list(names)))
    return list(await connection.scalars(of)) if names else []


async def relabel(connection: AsyncConnection, source_id: int, source: Source) -> None:
    """Give the source's documents the levels and readers that its rules, and what it said of each, say now."""
    same: dict[tuple[Level, frozenset[Principal]], dict[int, int]] = {}
    of_source = select(document.c.id, document.c.uri, document.c.said, document.c.audience_id)
    # All at once and by number, as whoever deletes some of them holds them.
    held = of_source.where(document.c.source_id == source_id).order_by(document.c.id).with_for_update(key_share=True)
    for row in await connection.execute(held):
        same.setdefault(source.access(row.uri, said_of(row.said)), {})[row.id] = row.audience_id
    audiences = await counts.audiences(connection, source_id, [sorted(readers) for _, readers in same])
    counted = Counts()
    for (level, readers), were in same.items():
        names = sorted(readers)
        becomes = audiences[tuple(names)]
        await counted.move(connection, {id: (was, becomes) for id, was in were.items() if was != becomes})
        await connection.execute(
            update(document)
            .where(document.c.id == func.any(list(were)))
            .where(or_(document.c.level != int(level), document.c.audience_id != becomes))
            .values(level=int(level), readers=names, audience_id=becomes)
        )
    await counted.store(connection)


async def delete_all(connection: AsyncConnection, source_id: int) -> None:
    """Delete the documents of a source."""
    ids = await connection.scalars(select(document.c.id).where(document.c.source_id == source_id))
    await delete(connection, list(ids))


async def delete(connection: AsyncConnection, ids: list[int]) -> None:
    """Delete documents."""
    await counts.share_weights(connection)
    counted = Counts()
    for start in range(0, len(ids), _CHUNK):
        await _delete(connection, ids[start : start + _CHUNK], counted)
    await counted.store(connection)


async def _swap(
    connection: AsyncConnection,
    source_id: int,
    source: Source,
    fresh: Sequence[Fresh],
    short: Collection[str],
    counted: Counts,
    format: int,
) -> None:
    """short: the uris of those of which something is withheld."""
    rows = [
        _told(source, one.uri, one.said)
        | {
            "title": one.title,
            "sha256": one.sha256.hex(),
            "version": one.version,
            "problem": one.problem,
            "why": one.problem and "partly",
            "in_force_from": one.term.first and one.term.first.isoformat(),
            "in_force_until": one.term.last and one.term.last.isoformat(),
            "withheld": one.uri in short,
        }
        for one in fresh
    ]
    there = await _to_audiences(connection, source_id, rows, counted)
    was = {row.uri: (row.title, row.format) for row in there if row.was_read}
    values = {"source": source_id, "format": format, "rows": json.dumps(rows)}
    ids = {row.uri: row.id for row in await connection.execute(_FRESH, values)}
    audiences = {ids[row["uri"]]: row["audience_id"] for row in rows}
    held = [ids[one.uri] for one in fresh if one.uri in was]
    reworded = {ids[one.uri] for one in fresh if was.get(one.uri) != (one.title, format)}
    await passages.swap(connection, {ids[one.uri]: one.passages for one in fresh}, audiences, counted, held, reworded)


async def _to_audiences(
    connection: AsyncConnection, source_id: int, rows: Sequence[dict[str, Any]], counted: Counts
) -> Sequence[Row[Any]]:
    """Write the audience of its readers into each row, and move the passages of those that had another one; those
    documents that there are, held."""
    found = await counts.audiences(connection, source_id, [row["readers"] for row in rows])
    becomes = {row["uri"]: found[tuple(row["readers"])] for row in rows}
    for row in rows:
        row["audience_id"] = becomes[row["uri"]]
    there = (await connection.execute(_THERE, {"source": source_id, "uris": list(becomes)})).all()
    await counted.move(
        connection,
        {row.id: (row.audience_id, becomes[row.uri]) for row in there if row.audience_id != becomes[row.uri]},
    )
    return there


def _shown(one: Fresh, left: Sequence[Bagged], withheld: Withheld) -> Fresh:
    """What of a document is taken in: of one whose title is withheld, nothing but that it is there."""
    if withheld(one.title):
        title = tombstones.WITHHELD_TITLE
        return replace(one, title=title, passages=(), said=_untitled(one.said, withheld))
    return replace(one, passages=left)


def _untitled(said: Said, withheld: Withheld) -> Said:
    named = said.title is not None and withheld(said.title)
    return replace(said, title=tombstones.WITHHELD_TITLE) if named else said


def _is_short(shown: Fresh, read: Fresh) -> bool:
    """Whether something of what was read is not shown."""
    return shown.title != read.title or len(shown.passages) < len(read.passages)


async def withheld_of(connection: AsyncConnection, ids: Collection[int]) -> None:
    """Note that something of these documents was taken out."""
    await connection.execute(update(document).where(document.c.id == func.any(list(ids))).values(withheld=True))


async def reread(connection: AsyncConnection) -> None:
    """Have the documents of which something is withheld read anew by the next run."""
    await connection.execute(update(document).where(document.c.withheld).values(format=0))


async def titles(connection: AsyncConnection, after: int, most: int) -> Sequence[Row[Any]]:
    """The next documents after that id, with their id, source, uri and title."""
    return (await connection.execute(_TITLES, {"after": after, "most": most})).all()


async def retitle(connection: AsyncConnection, ids: Sequence[int], title: str) -> None:
    """Give these documents another title, until their source says another one."""
    await connection.execute(_RETITLE, {"ids": list(ids), "title": title})


async def _record(connection: AsyncConnection, source_id: int, source: Source, problems: Sequence[Problem]) -> None:
    rows = [_told(source, one.uri, NOTHING_SAID) | {"problem": one.sentence, "why": one.why} for one in problems]
    found = await counts.audiences(connection, source_id, [row["readers"] for row in rows])
    rows = [row | {"audience_id": found[tuple(row["readers"])]} for row in rows]
    await connection.execute(_PROBLEM, {"source": source_id, "format": FORMAT, "rows": json.dumps(rows)})


def _told(source: Source, uri: str, said: Said) -> dict[str, Any]:
    """The columns that follow from what a source says of its document, as JSON has them."""
    level, readers = source.access(uri, said)
    return {
        "uri": uri,
        "said": said_row(said),
        "level": int(level),
        "readers": sorted(readers),
        "owner": said.owner,
        "link": said.link,
    }


async def _delete(connection: AsyncConnection, document_ids: list[int], counted: Counts) -> None:
    await passages.delete(connection, document_ids, counted)
    await connection.execute(document.delete().where(document.c.id == func.any(document_ids)))


_KNOWN = text(
    "select uri, sha256, format, problem, problem_kind, version, said, title, in_force_from, in_force_until"
    " from document"
    " where source_id = (select id from source where name = :name)"
)
_IDS = text(
    "select id, uri from document where uri = any(cast(:uris as text[]))"
    " and source_id = (select id from source where name = :name)"
)
_THERE = text(
    "select id, uri, title, format, audience_id, sha256 is not null as was_read from document"
    " where source_id = :source and uri = any(cast(:uris as text[])) order by id for update"
)
_MOVED = text(
    "update document set uri = moved.new from unnest(cast(:old as text[]), cast(:new as text[])) as moved (old, new)"
    " where source_id = :source and uri = moved.old"
)
_ROWS = (
    "from jsonb_to_recordset(cast(:rows as jsonb)) as told (uri text, said jsonb, level smallint, readers text[],"
    " audience_id int, owner text, link text, title text, sha256 text, version text, in_force_from date,"
    " in_force_until date, problem text, why text, withheld boolean)"
)
_TOLD = text(
    "update document set said = told.said, level = told.level, readers = told.readers,"
    f" audience_id = told.audience_id, owner = told.owner, link = told.link"
    f" {_ROWS} where source_id = :source and document.uri = told.uri"
)
_FRESH = text(
    f"""
    insert into document (source_id, uri, title, sha256, format, level, readers, audience_id, version, said,
                          in_force_from, in_force_until, owner, link, problem, problem_kind, withheld)
    select :source, uri, title, decode(sha256, 'hex'), :format, level, readers, audience_id, version, said,
           in_force_from, in_force_until, owner, link, problem, why, told.withheld {_ROWS}
    on conflict (source_id, uri) do update set
      title = excluded.title, sha256 = excluded.sha256, format = excluded.format, level = excluded.level,
      readers = excluded.readers, audience_id = excluded.audience_id, version = excluded.version, said = excluded.said,
      in_force_from = excluded.in_force_from, in_force_until = excluded.in_force_until,
      owner = excluded.owner, link = excluded.link,
      problem = excluded.problem, problem_kind = excluded.problem_kind, withheld = excluded.withheld
    returning id, uri
    """
)
_PROBLEM = text(
    f"""
    insert into document (source_id, uri, title, format, level, readers, audience_id, said, problem, problem_kind)
    select :source, uri, uri, :format, level, readers, audience_id, said, problem, why {_ROWS}
    on conflict (source_id, uri) do update set problem = excluded.problem, problem_kind = excluded.problem_kind
    where (document.problem, document.problem_kind) is distinct from (excluded.problem, excluded.problem_kind)
    """
)
_TITLES = text(
    "select document.id, source.name as source, uri, title from document join source on source.id = source_id"
    " where document.id > :after order by document.id limit :most"
)
_RETITLE = text(
    "update document set title = :title, withheld = true,"
    " said = case when said ? 'title' then said || jsonb_build_object('title', cast(:title as text)) else said end"
    " where id = any(cast(:ids as bigint[]))"
)
_SAME = text(
    "update document set version = same.version, problem = case when problem_kind = 'partly' then problem end,"
    " problem_kind = case when problem_kind = 'partly' then problem_kind end"
    " from unnest(cast(:uris as text[]), cast(:versions as text[])) as same (uri, version)"
    " where source_id = :source and document.uri = same.uri"
)
