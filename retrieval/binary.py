"""Values as PostgreSQL and pgvector take them in binary, and COPY in that form: a load that writes numbers as text
spends more time on their digits than on anything else.

The forms: a row is the number of its fields, then each field's length and its bytes, all most significant byte first
(PostgreSQL's documentation of COPY, "Binary Format"); int[] as array_recv and sparsevec as sparsevec_recv read them.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from struct import Struct

from pgvector import HalfVector
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.bm25 import DIMENSIONS

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_AT_ONCE = 1 << 20
"""Bytes after which what is written is waited for."""

_FIELDS, _LENGTH, int2, int4, int8 = (Struct(f"!{code}").pack for code in "hihiq")
_ARRAY = Struct("!5i").pack
_SPARSE = Struct("!3i").pack
_INT4_OID = 23


def int4s(numbers: array[int]) -> bytes:
    """An int[]: each number after its own length."""
    elements = array("i", [4]) * (2 * len(numbers))
    elements[1::2] = numbers
    return _ARRAY(1, 0, _INT4_OID, len(numbers), 1) + _most_significant_first(elements)


def sparsevec(terms: array[int], weights: array[float]) -> bytes:
    """terms: ascending, counted from 1, as in sparsevec's text form; its binary form counts from 0."""
    places = _most_significant_first(array("i", [term - 1 for term in terms]))
    return _SPARSE(DIMENSIONS, len(terms), 0) + places + _most_significant_first(array("f", weights))


def halfvec(numbers: Sequence[float]) -> bytes:
    return bytes(HalfVector(list(numbers)).to_binary())


async def copy(connection: AsyncConnection, statement: str, rows: Iterable[Sequence[bytes]]) -> None:
    """Run a `copy ... from stdin (format binary)`. rows: the fields of each, in the statement's order."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    async with driver.cursor() as cursor, cursor.copy(statement) as into:
        written = [_BEGIN]
        size = 0
        for row in rows:
            fields = b"".join(chain.from_iterable((_LENGTH(len(field)), field) for field in row))
            written.append(_FIELDS(len(row)) + fields)
            size += len(fields)
            if size > _AT_ONCE:
                await into.write(b"".join(written))
                written, size = [], 0
        await into.write(b"".join([*written, _END]))


def _most_significant_first(numbers: array[int] | array[float]) -> bytes:
    """Of an array that is not needed any more."""
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers.tobytes()
