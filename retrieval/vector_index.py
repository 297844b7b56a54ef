"""The index by which a model's vectors are found: HNSW, one for each model, made when there are enough of them."""

from __future__ import annotations

from sqlalchemy import text

from retrieval.database import Database
from retrieval.first_load import BUILD_MEMORY

INDEXED_FROM = 5_000
"""Vectors from which a model gets an HNSW index; below, looking at each is as fast and misses none."""


def index_of(model: int) -> str:
    return f"passage_vector_{model}_idx"


async def build(database: Database, model: int, dimensions: int, indexed_from: int) -> None:
    """Beside searches and other writers: CONCURRENTLY, and so outside of any transaction. One that a crash left
    half-built is made anew."""
    async with database.exclusively("index vectors") as alone:
        if not alone or not await _is_wanted(database, model, indexed_from):
            return
        await database.alone(f"drop index concurrently if exists {index_of(model)}")
        # More than the default's 64 MB keeps the graph of some 100,000 vectors out of the disk's way.
        await database.alone(
            f"create index concurrently {index_of(model)} on passage_vector "
            f"using hnsw ((v::halfvec({dimensions})) halfvec_cosine_ops) where model = {model}",
            maintenance_work_mem=BUILD_MEMORY,
        )
        # A planner that does not know yet how many there are would not take the index.
        await database.alone("analyze passage_vector, passage, document")


async def _is_wanted(database: Database, model: int, indexed_from: int) -> bool:
    async with database.transaction() as connection:
        row = (await connection.execute(_STATE, {"name": index_of(model), "model": model})).one()
    return bool(row.vectors >= indexed_from and not row.valid)


_STATE = text(
    """
    select (select count(*) from passage_vector where model = :model) as vectors,
           exists (select from pg_index where indexrelid = to_regclass(:name) and indisvalid) as valid
    """
)
