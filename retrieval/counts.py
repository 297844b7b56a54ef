"""In how many passages each term stands, and the corpus: the only writer of `term` and `corpus`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import lock_key
from retrieval.tables import corpus

MAX_DRIFT = 0.2
_WEIGHTS = lock_key("passage weights")


@dataclass(frozen=True, slots=True)
class Counts:
    """How a transaction changes in how many passages each term stands, and the corpus."""

    more: Counter[int] = field(default_factory=Counter)
    fewer: Counter[int] = field(default_factory=Counter)
    passages: Counter[str] = field(default_factory=Counter)
    length: Counter[str] = field(default_factory=Counter)

    def add(self, spoken: str, terms: Iterable[int], length: int) -> None:
        self.more.update(terms)
        self.passages[spoken] += 1
        self.length[spoken] += length

    def take(self, spoken: str, terms: Iterable[int], length: int) -> None:
        self.fewer.update(terms)
        self.passages[spoken] -= 1
        self.length[spoken] -= length

    async def store(self, connection: AsyncConnection) -> None:
        # Sorted, so that two runs that change the same terms wait for each other and do not deadlock.
        changed = sorted(
            (term, by) for term in self.more.keys() | self.fewer.keys() if (by := self.more[term] - self.fewer[term])
        )
        if changed:
            counted = {"terms": array(term for term, _ in changed), "by": array(by for _, by in changed)}
            await connection.execute(_COUNT, counted)
            if fewer := [term for term, by in changed if by < 0]:
                await connection.execute(_UNUSED, {"fewer": fewer})
        for spoken in sorted(self.passages):
            if self.passages[spoken] or self.length[spoken]:
                await connection.execute(
                    update(corpus)
                    .where(corpus.c.language == spoken)
                    .values(
                        passages=corpus.c.passages + self.passages[spoken],
                        length=corpus.c.length + self.length[spoken],
                    )
                )


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
    "insert into term (id, df)"
    " select id, by from unnest(cast(:terms as int[]), cast(:by as int[])) as change (id, by)"
    " order by id on conflict (id) do update set df = term.df + excluded.df"
)
_UNUSED = text("delete from term where id = any(cast(:fewer as int[])) and df <= 0")
