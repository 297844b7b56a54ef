"""Values as PostgreSQL and pgvector take them in binary, and COPY in that form: a load that writes numbers as text
spends more time on their digits than on anything else.

The forms: a row is the number of its fields, then each field's length and its bytes, all most significant byte first
(PostgreSQL's documentation of COPY, "Binary Format"); int[] as array_recv, sparsevec as sparsevec_recv and halfvec as
halfvec_recv read them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from struct import Struct

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.bm25 import DIMENSIONS

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_AT_ONCE = 1 << 20
"""Bytes after which what is written is waited for."""

_FIELDS, _LENGTH, int2, int4, int8 = (Struct(f"!{code}").pack for code in "hihiq")
_ARRAY = Struct("!5i").pack
_SPARSE = Struct("!3i").pack
_HALF = Struct("!2h").pack
_INT4_OID = 23


def int4s(arrays: Sequence[array[int]]) -> list[bytes]:
    """Each an int[]: each number after its own length."""
    numbers = _joined(arrays)
    elements = np.empty((len(numbers), 2), ">i4")
    elements[:, 0] = 4
    elements[:, 1] = numbers
    sizes = [len(one) for one in arrays]
    each = zip(sizes, _cut(elements.tobytes(), sizes, 8), strict=True)
    return [_ARRAY(1, 0, _INT4_OID, size, 1) + written for size, written in each]


def sparsevecs(terms: Sequence[array[int]], weights: npt.NDArray[np.float32]) -> list[bytes]:
    """terms: of each, ascending, counted from 1, as in sparsevec's text form; its binary form counts from 0. weights:
    of all terms, one behind the other."""
    sizes = [len(one) for one in terms]
    places = _cut((_joined(terms) - 1).astype(">i4").tobytes(), sizes, 4)
    values = _cut(weights.astype(">f4").tobytes(), sizes, 4)
    return [
        _SPARSE(DIMENSIONS, size, 0) + place + value for size, place, value in zip(sizes, places, values, strict=True)
    ]


def halfvecs(vectors: Sequence[Sequence[float]]) -> list[bytes]:
    """vectors: of one length."""
    numbers = np.array(vectors).astype(">f2")
    return [_HALF(len(one), 0) + one.tobytes() for one in numbers]


async def copy(connection: AsyncConnection, statement: str, rows: Iterable[Sequence[bytes]]) -> None:
    """Run a `copy ... from stdin (format binary)`. rows: the fields of each, in the statement's order."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    async with driver.cursor() as cursor, cursor.copy(statement) as into:
        written = [_BEGIN]
        size = 0
        for row in rows:
            fields = b"".join(chain.from_iterable([(_LENGTH(len(field)), field) for field in row]))
            written += (_FIELDS(len(row)), fields)
            size += len(fields)
            if size > _AT_ONCE:
                await into.write(b"".join(written))
                written, size = [], 0
        await into.write(b"".join([*written, _END]))


def _joined(arrays: Sequence[array[int]]) -> npt.NDArray[np.int32]:
    return np.frombuffer(b"".join(arrays), np.int32)


def _cut(written: bytes, sizes: Iterable[int], width: int) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        end = start + size * width
        yield written[start:end]
        start = end
