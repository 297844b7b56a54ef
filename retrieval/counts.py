"""In how many passages each term stands, by who may read them, and the corpus: the only writer of `audience`,
`audience_passages`, `term` and `corpus`.

What is hidden must not move a score, so what somebody may read is counted alone: an audience is the documents of one
source with the same readers, and a search adds up the audiences that its readers belong to. They are counted in the
transaction that changes them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import Database, lock_key
from retrieval.passage import APPROVED
from retrieval.tables import corpus

MAX_DRIFT = 0.2
_ADDED_UP_FROM = 200_000
"""Terms of passages, which hold 4 bytes each until then."""
_AUDIENCE_BITS = 31
_Terms = npt.NDArray[np.int32]
_Numbers = npt.NDArray[np.int64]
_WEIGHTS = lock_key("passage weights")


@dataclass(slots=True)
class Counts:
    """How a transaction changes in how many passages of each audience each term stands, and the corpus.

    more, fewer: of a passage that comes or goes, its audience and its terms. changes: those added up, by `_keys`.
    """

    more: list[tuple[int, _Terms]] = field(default_factory=list)
    fewer: list[tuple[int, _Terms]] = field(default_factory=list)
    changes: list[tuple[_Numbers, _Numbers]] = field(default_factory=list)
    waiting: int = 0
    passages: Counter[tuple[int, str]] = field(default_factory=Counter)
    length: Counter[str] = field(default_factory=Counter)

    def add(self, audience: int, spoken: str, terms: Sequence[int], length: int) -> None:
        self.passages[audience, spoken] += 1
        self.length[spoken] += length
        self._wait(self.more, audience, terms)

    def take(self, audience: int, spoken: str, terms: Sequence[int], length: int) -> None:
        self.passages[audience, spoken] -= 1
        self.length[spoken] -= length
        self._wait(self.fewer, audience, terms)

    async def move(self, connection: AsyncConnection, documents: Mapping[int, tuple[int, int]]) -> None:
        """The passages that these documents have change from one audience to another: (from, to), by id. Whoever calls
        holds the documents."""
        if not documents:
            return
        moves = {
            "documents": array(documents),
            "was": array(was for was, _ in documents.values()),
            "becomes": array(becomes for _, becomes in documents.values()),
        }
        for row in await connection.execute(_PASSAGES_MOVED, moves):
            self.passages[row.was, row.language] -= row.passages
            self.passages[row.becomes, row.language] += row.passages
        rows = (await connection.execute(_TERMS_MOVED, moves)).all()
        terms = np.array([row.term for row in rows], np.int64)
        passages = np.array([row.passages for row in rows], np.int64)
        self.changes.append((_keys(terms, np.array([row.was for row in rows], np.int64)), -passages))
        self.changes.append((_keys(terms, np.array([row.becomes for row in rows], np.int64)), passages))

    async def store(self, connection: AsyncConnection) -> None:
        terms, audiences, by = self._changed()
        if len(terms):
            await connection.execute(_COUNT, {"terms": array(terms), "audiences": array(audiences), "by": array(by)})
            fewer = [number < 0 for number in by]
            if any(fewer):
                gone = {"terms": array(compress(terms, fewer)), "audiences": array(compress(audiences, fewer))}
                await connection.execute(_UNUSED, gone)
        of_audiences = sorted((audience, spoken, by) for (audience, spoken), by in self.passages.items() if by)
        if of_audiences:
            await connection.execute(_PASSAGES, {"rows": json.dumps(of_audiences)})
        await self._store_corpus(connection)

    def _wait(self, those: list[tuple[int, _Terms]], audience: int, terms: Sequence[int]) -> None:
        those.append((audience, np.asarray(terms, np.int32)))
        self.waiting += len(terms)
        if self.waiting > _ADDED_UP_FROM:
            self._add_up()

    def _add_up(self) -> None:
        for those, sign in ((self.more, 1), (self.fewer, -1)):
            if those:
                audiences = np.repeat([audience for audience, _ in those], [len(terms) for _, terms in those])
                keys = _keys(np.concatenate([terms for _, terms in those]), audiences)
                distinct, passages = np.unique(keys, return_counts=True)
                self.changes.append((distinct, sign * passages))
                those.clear()
        self.waiting = 0

    def _changed(self) -> tuple[list[int], list[int], list[int]]:
        """Terms, audiences, and by how much each changes. Sorted, so that two runs that change the same terms wait for
        each other and do not deadlock."""
        self._add_up()
        if not self.changes:
            return [], [], []
        keys, which = np.unique(np.concatenate([keys for keys, _ in self.changes]), return_inverse=True)
        by = np.zeros(len(keys), np.int64)
        np.add.at(by, which, np.concatenate([by for _, by in self.changes]))
        keys, by = keys[by != 0], by[by != 0]
        return (keys >> _AUDIENCE_BITS).tolist(), (keys & ((1 << _AUDIENCE_BITS) - 1)).tolist(), by.tolist()

    async def _store_corpus(self, connection: AsyncConnection) -> None:
        passages = Counter[str]()
        for (_, spoken), by in self.passages.items():
            passages[spoken] += by
        for spoken in sorted(passages):
            if passages[spoken] or self.length[spoken]:
                await connection.execute(
                    update(corpus)
                    .where(corpus.c.language == spoken)
                    .values(
                        passages=corpus.c.passages + passages[spoken],
                        length=corpus.c.length + self.length[spoken],
                    )
                )


def _keys(terms: npt.NDArray[Any], audiences: _Numbers) -> _Numbers:
    """One number for each term of an audience, in the order of both."""
    return terms.astype(np.int64) << _AUDIENCE_BITS | audiences


async def audiences(
    connection: AsyncConnection, source_id: int, readers: Iterable[Sequence[str]]
) -> dict[tuple[str, ...], int]:
    """The audiences of a source for these readers, each sorted; made where they are new, and kept from being tidied
    away until the transaction ends."""
    wanted = sorted({tuple(each) for each in readers})
    found: dict[tuple[str, ...], int] = {}
    while missing := [each for each in wanted if each not in found]:
        parameters = {"source": source_id, "readers": json.dumps(missing)}
        rows = (await connection.execute(_AUDIENCES, parameters)).all()
        found |= {tuple(row.readers): row.id for row in rows}
        if len(found) < len(wanted):
            # Once more behind it: another transaction may be quicker.
            await connection.execute(_NEW_AUDIENCES, parameters)
    return found


@dataclass(frozen=True, slots=True)
class Readable:
    """What some readers may read. audiences: as PostgreSQL reads an array of their numbers. passages: by language.
    everywhere: how many passages there are, whoever may read them."""

    audiences: str
    passages: Mapping[str, int]
    everywhere: int

    @property
    def total(self) -> int:
        return sum(self.passages.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """Of terms that stand in passages that some readers may read: in how many of those, and in how many of all."""

    df: Mapping[int, int]
    everywhere: Mapping[int, int]


async def readable(
    connection: AsyncConnection, principals: Collection[str], terms: Iterable[int] = (), *, examples: bool = False
) -> tuple[Readable, Standing]:
    """In the sources that are searched, as one statement sees them. examples: in that of approved answers alone, which
    is none of them otherwise."""
    among = {"principals": sorted(principals), "approved": APPROVED, "examples": examples}
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(_READABLE, {**among, "terms": array(terms)}):
        found[row.kind].append(row)
    (whole,) = found["whole"]
    standing = [(int(row.key), row) for row in found["term"] if row.mine]
    return (
        Readable(whole.key, {row.key: int(row.mine) for row in found["language"]}, int(whole.everywhere)),
        Standing({id: int(row.mine) for id, row in standing}, {id: int(row.everywhere) for id, row in standing}),
    )


async def tidy(database: Database) -> None:
    """Take away audiences without documents. One that a transaction is about to use is left."""
    async with database.transaction() as connection:
        # Looked at once more when they are held: a document may have come in between.
        held = list(await connection.scalars(_EMPTY))
        await connection.execute(_TIDY, {"held": held})


def array(numbers: Iterable[int]) -> str:
    """As PostgreSQL reads it: psycopg would dump the numbers of a list one by one."""
    return f"{{{','.join(map(str, numbers))}}}"


async def averages(connection: AsyncConnection) -> dict[str, float]:
    """By language, the average length of a passage that the stored weights rest on."""
    rows = await connection.execute(select(corpus.c.language, corpus.c.average))
    return {row.language: row.average for row in rows}


async def freeze(connection: AsyncConnection, lengths: Mapping[str, list[int]]) -> None:
    """The first passages of a language freeze the average length that its weights rest on."""
    for spoken, found in sorted(lengths.items()):
        await connection.execute(
            update(corpus)
            .where(corpus.c.language == spoken, corpus.c.average.is_(None))
            .values(average=max(1.0, sum(found) / len(found)))
        )


async def drifted(connection: AsyncConnection) -> list[str]:
    """The languages whose average length is over 20% off the one in use."""
    statement = select(corpus.c.language).where(
        corpus.c.passages > 0,
        func.abs(corpus.c.length / (corpus.c.passages * corpus.c.average) - 1) > MAX_DRIFT,
    )
    return list(await connection.scalars(statement))


async def average_anew(connection: AsyncConnection, spoken: str) -> float:
    """Take the present average length into use."""
    found = await connection.scalar(
        update(corpus)
        .where(corpus.c.language == spoken)
        .values(average=func.greatest(1.0, corpus.c.length / (corpus.c.passages * 1.0)))
        .returning(corpus.c.average)
    )
    return float(found or 1.0)


async def share_weights(connection: AsyncConnection) -> None:
    """Let no re-weighing run until the transaction ends: it would miss the passages written here."""
    await connection.execute(text("select pg_advisory_xact_lock_shared(:key)"), {"key": _WEIGHTS})


async def hold_weights(connection: AsyncConnection) -> None:
    """Let nobody write passages until the transaction ends."""
    await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _WEIGHTS})


_COUNT = text(
    "insert into term (id, audience_id, df)"
    " select * from unnest(cast(:terms as int[]), cast(:audiences as int[]), cast(:by as int[]))"
    " as change (id, audience, by) order by id, audience"
    " on conflict (id, audience_id) do update set df = term.df + excluded.df"
)
_UNUSED = text(
    "delete from term using unnest(cast(:terms as int[]), cast(:audiences as int[])) as fewer (id, audience)"
    " where term.id = fewer.id and term.audience_id = fewer.audience and df <= 0"
)
_PASSAGES = text(
    "insert into audience_passages (audience_id, language, passages)"
    " select cast(one ->> 0 as int), one ->> 1, cast(one ->> 2 as bigint)"
    " from jsonb_array_elements(cast(:rows as jsonb)) with ordinality as each (one, place) order by place"
    " on conflict (audience_id, language) do update set passages = audience_passages.passages + excluded.passages"
)
_MOVED = """
    from unnest(cast(:documents as bigint[]), cast(:was as int[]), cast(:becomes as int[]))
      as moved (document_id, was, becomes)
    join passage using (document_id)
"""
_PASSAGES_MOVED = text(
    f"select was, becomes, passage.language, count(*) as passages {_MOVED} group by was, becomes, passage.language"
)
_TERMS_MOVED = text(
    f"select was, becomes, one.term, count(*) as passages {_MOVED} cross join unnest(passage.terms) as one (term)"
    " group by was, becomes, one.term"
)
# As migration 0015 makes the digests.
_WANTED = """
    with wanted as materialized (
      select readers, sha256(convert_to(cast(to_jsonb(readers) as text), 'UTF8')) as digest
      from jsonb_array_elements(cast(:readers as jsonb)) as each (one),
           lateral (select array(select jsonb_array_elements_text(one)) as readers) as named
    )
"""
_AUDIENCES = text(
    f"{_WANTED} select id, readers from audience"
    " where source_id = :source and digest in (select digest from wanted) order by id for key share of audience"
)
_NEW_AUDIENCES = text(
    f"{_WANTED} insert into audience (source_id, readers, digest) select :source, readers, digest from wanted"
    " order by digest on conflict (source_id, digest) do nothing"
)
_EMPTY = text(
    """
    select id from audience
    where not exists (select from audience_passages where audience_id = audience.id and passages > 0)
      and not exists (select from document where document.audience_id = audience.id)
    order by id for update skip locked
    """
)
_TIDY = text(
    "delete from audience where id = any(cast(:held as int[]))"
    " and not exists (select from document where document.audience_id = audience.id)"
)
_READABLE = text(
    """
    with mine as materialized (
      select audience.id from audience join source on source.id = audience.source_id
      where audience.readers && cast(:principals as text[]) and source.active
        and (source.name = :approved) = :examples
    )
    select 'whole' as kind, coalesce(cast(array_agg(id order by id) as text), '{}') as key, 0 as mine,
           (select coalesce(sum(passages), 0) from corpus) as everywhere
    from mine
    union all
    select 'language', language, sum(passages), 0
    from audience_passages where audience_id in (select id from mine) group by language
    union all
    -- Joined, and not `= any`: a prepared statement would compare each row with each number of a long list.
    select 'term', cast(term.id as text), coalesce(sum(term.df) filter (where mine.id is not null), 0), sum(term.df)
    from unnest(cast(:terms as int[])) as asked (id) join term using (id)
    left join mine on mine.id = term.audience_id
    group by term.id
    """
)
