"""Which embedding models there are vectors of, and how a vector is written. Reads `model`; vectors.py writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.embed import Vector
from retrieval.text import Language


@dataclass(frozen=True, slots=True)
class Model:
    """A row of `model`."""

    id: int
    name: str
    revision: str
    dimensions: int
    languages: frozenset[Language]
    state: str


async def serving(connection: AsyncConnection) -> Model | None:
    """The model that questions use, as this transaction sees it."""
    row = (await connection.execute(text("select * from model where state = 'serving'"))).one_or_none()
    return None if row is None else model_of(row)


async def named(connection: AsyncConnection, name: str) -> Model | None:
    """The newest model of that name with vectors, whether or not questions use it: one that was retired keeps its
    vectors until the next run takes them away."""
    rows = text("select * from model where name = :name order by state = 'retired', id desc limit 1")
    row = (await connection.execute(rows, {"name": name})).one_or_none()
    return None if row is None else model_of(row)


def written(vector: Vector) -> str:
    """The text form that pgvector reads."""
    return f"[{','.join(f'{number:.6g}' for number in vector)}]"


def model_of(row: Row[Any]) -> Model:
    return Model(row.id, row.name, row.revision, row.dimensions, frozenset(row.languages), row.state)
