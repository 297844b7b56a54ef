"""The passages of documents: what is new is written, what is there already keeps its row. The only writer of `passage`.

A passage that is still there keeps its number, because its vectors hang on it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import binary, counts
from retrieval.bags import Bag, Bagged, counted_terms, weights
from retrieval.counts import Counts
from retrieval.database import Database
from retrieval.passage import Place
from retrieval.split import Piece
from retrieval.tables import document, passage
from retrieval.tokenizer import Tokenizer

_CHUNK = 500
_COPY = (
    "copy passage (document_id, ordinal, heading, text, place, language, length, terms, weights)"
    " from stdin (format binary)"
)


async def pieces(connection: AsyncConnection, document_ids: Sequence[int]) -> dict[int, list[Piece]]:
    """What is stored, by document."""
    found: dict[int, list[Piece]] = {one: [] for one in document_ids}
    for row in await connection.execute(_STORED, {"ids": list(document_ids)}):
        headings = (row.heading,) if row.heading else ()
        found[row.document_id].append(Piece(headings, row.text, Place.of(row.place)))
    return found


async def swap(
    connection: AsyncConnection,
    fresh: Mapping[int, Sequence[Bagged]],
    audiences: Mapping[int, int],
    counted: Counts,
    known: Sequence[int],
    reworded: Collection[int] = (),
) -> None:
    """Make these the passages of their documents. audiences: of each document. known: the documents that may have some.
    reworded: those whose old passages have other terms now."""
    held: dict[tuple[object, ...], deque[Row[Any]]] = defaultdict(deque)
    for row in await connection.execute(_STORED, {"ids": list(known)}) if known else ():
        held[row.document_id, row.heading, row.text, row.place, row.language].append(row)
    averages = await counts.averages(connection)
    new: list[tuple[int, int, Bagged]] = []
    kept: list[tuple[Row[Any], int, Bagged]] = []
    for document_id, passages in fresh.items():
        for ordinal, one in enumerate(passages):
            same = held.get((document_id, *one.same))
            if same:
                kept.append((same.popleft(), ordinal, one))
            else:
                new.append((document_id, ordinal, one))
    await _delete(connection, [row.id for rows in held.values() for row in rows], audiences, counted)
    await _move(connection, [(row.id, ordinal) for row, ordinal, _ in kept if row.ordinal != ordinal])
    again = [(row, one) for row, _, one in kept if row.document_id in reworded]
    await _reword(connection, again, audiences, averages, counted)
    await _copy(connection, new, audiences, averages, counted)


async def delete(connection: AsyncConnection, document_ids: Sequence[int], counted: Counts) -> None:
    """Delete all passages of these documents."""
    audiences = await _held(connection, document_ids)
    deleted = passage.delete().where(passage.c.document_id == func.any(document_ids)).returning(*_COUNTED)
    for row in await connection.execute(deleted):
        counted.take(audiences[row.document_id], row.language, row.terms, row.length)


async def delete_some(connection: AsyncConnection, ids: Sequence[int], counted: Counts) -> None:
    """Delete these passages; the others of their documents stay where they are."""
    of = select(passage.c.document_id).where(passage.c.id == func.any(list(ids))).distinct()
    audiences = await _held(connection, list(await connection.scalars(of)))
    await _delete(connection, list(ids), audiences, counted)


async def reweigh_if_drifted(database: Database, tokenizer: Tokenizer, format: int) -> bool:
    """Weigh the passages of a language anew when their average length is over 20% off the one in use. format: of the
    documents that are cut by this tokenizer; the others are about to be cut anew, and weighed then."""
    async with database.transaction() as connection:
        if not await counts.drifted(connection):
            return False
        await counts.hold_weights(connection)
        for spoken in await counts.drifted(connection):
            await _reweigh(connection, spoken, tokenizer, format)
    return True


async def _held(connection: AsyncConnection, document_ids: Sequence[int]) -> dict[int, int]:
    """The audience of each document, which stays the same until the transaction ends."""
    rows = await connection.execute(_HELD, {"ids": list(document_ids)})
    return {row.id: row.audience_id for row in rows}


async def _delete(connection: AsyncConnection, ids: list[int], audiences: Mapping[int, int], counted: Counts) -> None:
    if not ids:
        return
    for row in await connection.execute(passage.delete().where(passage.c.id == func.any(ids)).returning(*_COUNTED)):
        counted.take(audiences[row.document_id], row.language, row.terms, row.length)


async def _move(connection: AsyncConnection, moved: Sequence[tuple[int, int]]) -> None:
    if moved:
        ids, ordinals = zip(*moved, strict=True)
        await connection.execute(_MOVE, {"ids": list(ids), "ordinals": list(ordinals)})


async def _reword(
    connection: AsyncConnection,
    kept: Sequence[tuple[Row[Any], Bagged]],
    audiences: Mapping[int, int],
    averages: Mapping[str, float],
    counted: Counts,
) -> None:
    if not kept:
        return
    numbers = _numbers([one.bag for _, one in kept], [averages[one.language] for _, one in kept])
    rows = [(binary.int8(row.id), *each) for (row, _), each in zip(kept, numbers, strict=True)]
    for row, one in kept:
        bag = one.bag
        audience = audiences[row.document_id]
        counted.take(audience, row.language, row.terms, row.length)
        counted.add(audience, one.language, bag.terms, bag.length)
    await connection.execute(_REWORDED)
    await binary.copy(connection, "copy reworded from stdin (format binary)", rows)
    await connection.execute(_REWORD)
    await connection.execute(text("drop table reworded"))


async def _copy(
    connection: AsyncConnection,
    new: Sequence[tuple[int, int, Bagged]],
    audiences: Mapping[int, int],
    averages: Mapping[str, float],
    counted: Counts,
) -> None:
    if not new:
        return
    await binary.copy(connection, _COPY, _rows(new, averages))
    for document_id, _, one in new:
        counted.add(audiences[document_id], one.language, one.bag.terms, one.bag.length)


def _rows(new: Sequence[tuple[int, int, Bagged]], averages: Mapping[str, float]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(new), _CHUNK):
        some = new[start : start + _CHUNK]
        numbers = _numbers([one.bag for _, _, one in some], [averages[one.language] for _, _, one in some])
        for (document_id, ordinal, one), each in zip(some, numbers, strict=True):
            said = (text.encode() for text in one.same)
            yield binary.int8(document_id), binary.int4(ordinal), *said, *each


def _numbers(bags: Sequence[Bag], averages: Sequence[float]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Of each its length, its terms and its weights."""
    terms = [bag.terms for bag in bags]
    lengths = [binary.int4(bag.length) for bag in bags]
    return zip(lengths, binary.int4s(terms), binary.sparsevecs(terms, weights(bags, averages)), strict=True)


async def _reweigh(connection: AsyncConnection, spoken: str, tokenizer: Tokenizer, format: int) -> None:
    average = await counts.average_anew(connection, spoken)
    await connection.execute(text("create temporary table reweighed (id bigint, weights sparsevec) on commit drop"))
    async for bags in _bags(connection, spoken, tokenizer, format):
        held = [bag for _, bag in bags]
        weighed = binary.sparsevecs([bag.terms for bag in held], weights(held, [average] * len(held)))
        rows = [(binary.int8(id), each) for (id, _), each in zip(bags, weighed, strict=True)]
        await binary.copy(connection, "copy reweighed from stdin (format binary)", rows)
    await connection.execute(
        text("update passage set weights = reweighed.weights from reweighed where passage.id = reweighed.id")
    )
    await connection.execute(text("drop table reweighed"))


async def _bags(
    connection: AsyncConnection, spoken: str, tokenizer: Tokenizer, format: int
) -> AsyncIterator[list[tuple[int, Bag]]]:
    after = 0
    columns = (passage.c.id, passage.c.heading, passage.c.text, document.c.title)
    while True:
        chunk = (
            select(*columns)
            .join_from(passage, document, passage.c.document_id == document.c.id)
            .where(passage.c.language == spoken, passage.c.id > after, document.c.format == format)
            .order_by(passage.c.id)
            .limit(_CHUNK)
        )
        rows = (await connection.execute(chunk)).all()
        if not rows:
            return
        found = counted_terms([(row.title, row.heading, row.text) for row in rows], tokenizer)
        yield [(row.id, bag) for row, (_, bag) in zip(rows, found, strict=True)]
        after = rows[-1].id


_COUNTED = (passage.c.document_id, passage.c.language, passage.c.terms, passage.c.length)
_HELD = text(
    "select id, audience_id from document where id = any(cast(:ids as bigint[])) order by id for no key update"
)
_STORED = text(
    "select id, document_id, ordinal, heading, text, place, language, length, terms from passage"
    " where document_id = any(cast(:ids as bigint[])) order by document_id, ordinal"
)
_MOVE = text(
    "update passage set ordinal = moved.ordinal"
    " from unnest(cast(:ids as bigint[]), cast(:ordinals as int[])) as moved (id, ordinal)"
    " where passage.id = moved.id"
)
_REWORDED = text(
    "create temporary table reworded (id bigint, length int, terms int[], weights sparsevec) on commit drop"
)
_REWORD = text(
    "update passage set length = fresh.length, terms = fresh.terms, weights = fresh.weights"
    " from reworded as fresh where passage.id = fresh.id"
)
