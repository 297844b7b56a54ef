"""The index by which a model's vectors are found: HNSW, one for each model, made when there are enough of them.

Over the vectors themselves, or over their bits: one for each number, whether it is above zero. By those candidates are
found that the vectors then put in order, and the graph takes a third of the memory at 1,024 numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import Database
from retrieval.first_load import BUILD_MEMORY

INDEXED_FROM = 5_000
"""Vectors from which a model gets an HNSW index; below, looking at each is as fast and misses none."""


@dataclass(frozen=True, slots=True)
class Indexing:
    """start: vectors from which there is an index. by_bits: over their bits."""

    start: int = INDEXED_FROM
    by_bits: bool = False


def index_of(model: int, *, by_bits: bool = False) -> str:
    return f"passage_vector_{model}_bits_idx" if by_bits else f"passage_vector_{model}_idx"


def as_bits(vector: str, dimensions: int) -> str:
    """SQL for the bits of a vector."""
    return f"(binary_quantize({vector}::halfvec({dimensions}))::bit({dimensions}))"


async def set_ef_search(connection: AsyncConnection, model: int, ef: int) -> bool:
    """Let HNSW keep so many neighbours in view, 1 to 1,000, and go on where too few of them pass the filter, until the
    transaction ends. Returns whether what is near is
    to be found by bits: where both indexes are there, one is about to go."""
    names = {"bits": index_of(model, by_bits=True), "vectors": index_of(model), "ef": str(ef)}
    row = (await connection.execute(_EF_SEARCH, names)).one()
    return bool(row.by_bits and not row.by_vectors)


async def build(database: Database, model: int, dimensions: int, indexing: Indexing) -> None:
    """Beside searches and other writers: CONCURRENTLY, and so outside of any transaction. One that a crash left
    half-built is made anew, and the one of the other kind goes when this one is there."""
    name, other = index_of(model, by_bits=indexing.by_bits), index_of(model, by_bits=not indexing.by_bits)
    async with database.exclusively("index vectors") as alone:
        if not alone:
            return
        if await _is_wanted(database, name, model, indexing.start):
            await database.alone(f"drop index concurrently if exists {name}")
            over = (
                f"({as_bits('v', dimensions)} bit_hamming_ops)"
                if indexing.by_bits
                else f"((v::halfvec({dimensions})) halfvec_cosine_ops)"
            )
            # More than the default's 64 MB keeps the graph of some 100,000 vectors out of the disk's way.
            await database.alone(
                f"create index concurrently {name} on passage_vector using hnsw {over} where model = {model}",
                maintenance_work_mem=BUILD_MEMORY,
            )
            # A planner that does not know yet how many there are would not take the index.
            await database.alone("analyze passage_vector, passage, document")
        if await _both(database, name, other):
            await database.alone(f"drop index concurrently if exists {other}")


async def drop(database: Database, model: int) -> None:
    """Without an index; a search then looks at each vector."""
    for by_bits in (False, True):
        await database.alone(f"drop index concurrently if exists {index_of(model, by_bits=by_bits)}")


async def _is_wanted(database: Database, name: str, model: int, indexed_from: int) -> bool:
    async with database.transaction() as connection:
        row = (await connection.execute(_STATE, {"name": name, "model": model})).one()
    return bool(row.vectors >= indexed_from and not row.valid)


async def _both(database: Database, name: str, other: str) -> bool:
    async with database.transaction() as connection:
        there = text("select to_regclass(:other) is not null and to_regclass(:name) is not null")
        return bool(await connection.scalar(there, {"name": name, "other": other}))


_STATE = text(
    """
    select (select count(*) from passage_vector where model = :model) as vectors,
           exists (select from pg_index where indexrelid = to_regclass(:name) and indisvalid) as valid
    """
)
_EF_SEARCH = text(
    """
    select set_config('hnsw.ef_search', :ef, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
           exists (select from pg_index where indexrelid = to_regclass(:bits) and indisvalid) as by_bits,
           exists (select from pg_index where indexrelid = to_regclass(:vectors) and indisvalid) as by_vectors
    """
)
