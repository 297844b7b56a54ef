"""Vectors behind the text: which models there are, which of them serves, and the only writer of both tables.

A model fills while another serves, and serves once every passage in its languages has a vector or may not have one; the
one before it is then retired and its vectors go. A text is searchable by its words from the start.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache
from time import monotonic
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import binary
from retrieval.database import Database, lock_key
from retrieval.embed import Embeddable, Embedder, EmbedFault, Vector, checked
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from retrieval.pace import in_order
from retrieval.rows import labels_of
from retrieval.vector_index import INDEXED_FROM, Indexing, build, drop
from retrieval.vector_model import Model, model_of, named, serving

CHUNK = 128
"""Passages that are embedded and stored together: about what a server takes at once, and what a kill costs."""

IN_FLIGHT = 4
"""Chunks that a model is asked for at the same time, so that its server has the next one while it sends the last."""

_SPAN = 8
"""Chunks, by the ids of their passages, that one worker keeps the others from."""

_STORE_S = 1.0
"""After which what has come is stored: where vectors come fast, those of a span are stored at once."""
_RECOUNT_S = 5.0
_Embedded = tuple[Sequence[Row[Any]], Sequence[Vector | None]]

_DROPPED_AT_ONCE = 10_000
Progress = Callable[[int, int], None]
"""(passages with a vector, passages that could have one)"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """vectors: of `passages`, all those in the model's languages."""

    model: Model
    vectors: int
    passages: int


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run did. refused: passages that the model may not see. left: those without a vector that it might see,
    because another worker is at them or the run was limited. serving: whether questions use this model now."""

    made: int
    refused: int
    left: int
    serving: bool
    seconds: float


class Vectors:
    def __init__(
        self,
        database: Database,
        *,
        chunk: int = CHUNK,
        in_flight: int = IN_FLIGHT,
        indexed_from: int = INDEXED_FROM,
        by_bits: bool = False,
    ) -> None:
        self._database = database
        self._batches = _Batches(chunk, in_flight)
        self._indexing = Indexing(indexed_from, by_bits)

    async def fill(
        self, embedder: Embedder, progress: Progress = lambda done, total: None, limit: int | None = None
    ) -> Filled:
        """Give a vector to each passage that lacks one, at most about `limit` of them, and let the model serve when
        none is left. Several workers may be at it, none does what another does; what one did stays when it is killed.

        Raises EmbedFault where the model fails; what was done stays, and nothing is stored of a chunk of which it gave
        something that is no vector.
        """
        await self._drop_retired()
        return await _Run(self._database, embedder, progress, self._batches, limit, self._indexing).run()

    async def coverage(self) -> tuple[Coverage, ...]:
        """Each model that is not retired, the serving one first."""
        async with self._database.transaction() as connection:
            return await _coverage(connection)

    async def serving(self) -> Model | None:
        """The model that questions use."""
        async with self._database.transaction() as connection:
            return await serving(connection)

    async def count(self, name: str) -> int:
        """Vectors of the model of that name which `named` would give; 0 where there is none."""
        async with self._database.transaction() as connection:
            model = await named(connection, name)
            held = text("select count(*) from passage_vector where model = :id")
            return 0 if model is None else int(await connection.scalar(held, {"id": model.id}) or 0)

    async def _drop_retired(self) -> None:
        async with self._database.exclusively("retired models") as alone:
            if not alone:
                return
            async with self._database.transaction() as connection:
                retired = list(
                    await connection.scalars(text("select id from model where state = 'retired' order by id"))
                )
            for model in retired:
                await self._drop(model)

    async def _drop(self, model: int) -> None:
        """The row last: killed on the way, the next run goes on."""
        await drop(self._database, model)
        some = text(
            "delete from passage_vector where model = :model and passage_id = any(array("
            "select passage_id from passage_vector join model on model.id = model and state = 'retired'"
            " where model = :model order by passage_id limit :some))"
        )
        while True:
            async with self._database.transaction() as connection:
                gone = await connection.execute(some, {"model": model, "some": _DROPPED_AT_ONCE})
            if gone.rowcount == 0:
                break
        async with self._database.transaction() as connection:
            await connection.execute(
                text("delete from model where id = :model and state = 'retired'"), {"model": model}
            )


@dataclass(frozen=True, slots=True)
class _Batches:
    chunk: int
    in_flight: int


@dataclass(slots=True)
class _Run:
    """One run of `fill`. refused: passages by id. asked_for: texts that are with the model now."""

    database: Database
    embedder: Embedder
    progress: Progress
    batches: _Batches
    limit: int | None
    indexing: Indexing
    model: Model | None = None
    made: int = 0
    asked_for: int = 0
    refused: set[int] = field(default_factory=set)
    counted: tuple[float, int, int] | None = None

    async def run(self) -> Filled:
        started = monotonic()
        await self._meet()
        try:
            await self._all()
        except EmbedFault as fault:
            if not self.made:
                raise
            kept = f"{self.made:,} passages got their vectors before; the next run goes on from there."
            raise EmbedFault(f"{fault} {kept}", again=fault.again) from fault
        left = await self._left()
        if self.model is not None and left == 0:
            await self._serve(self.model)
        if self.model is not None:
            await build(self.database, self.model.id, self.model.dimensions, self.indexing)
        now = self.model is not None and self.model.state == "serving"
        return Filled(self.made, len(self.refused), left, now, monotonic() - started)

    async def _all(self) -> None:
        before = -1
        # Once more as long as it helps: a chunk that another worker held may have been left by it.
        while before < self.made + len(self.refused) and not self._enough():
            before = self.made + len(self.refused)
            await self._once_over()

    async def _once_over(self) -> None:
        after, span = 0, _SPAN * self.batches.chunk
        while not self._enough() and (first := await self._first_lacking(after)) is not None:
            number = first // span
            mine = f"embed {self.embedder.name} {self.embedder.revision} {number}"
            async with self.database.exclusively(mine) as alone:
                if alone:
                    await self._embed(number * span, (number + 1) * span)
            after = (number + 1) * span - 1

    async def _embed(self, start: int, end: int) -> None:
        async with self.database.transaction() as connection:
            rows = (await connection.execute(_TEXTS, self._lacking() | {"start": start, "end": end})).all()
        ready: dict[int, Vector] = {}
        stored = monotonic()
        async with aclosing(in_order(self._chunks(rows), self._vectors, self.batches.in_flight)) as chunks:
            try:
                async for chunk, vectors in chunks:
                    self.asked_for -= len(chunk)
                    made = {row.id: vector for row, vector in zip(chunk, vectors, strict=True) if vector is not None}
                    self.refused |= {row.id for row in chunk} - made.keys()
                    await self._of_this_model(made)
                    ready |= made
                    if monotonic() - stored > _STORE_S:
                        await self._store(ready)
                        ready, stored = {}, monotonic()
            finally:
                # Also what came before a fault: it was paid for.
                await self._store(ready)

    async def _chunks(self, rows: Sequence[Row[Any]]) -> AsyncGenerator[Sequence[Row[Any]], None]:
        for start in range(0, len(rows), self.batches.chunk):
            if self._enough():
                return
            chunk = rows[start : start + self.batches.chunk]
            self.asked_for += len(chunk)
            yield chunk

    async def _vectors(self, chunk: Sequence[Row[Any]]) -> _Embedded:
        found = await self.embedder.passages([_embeddable(row) for row in chunk])
        return chunk, checked(self.embedder.name, len(chunk), found)

    async def _of_this_model(self, vectors: Mapping[int, Vector]) -> None:
        """The first vectors tell what the model's row waits for; from then on another length is another model."""
        dimensions = {len(vector) for vector in vectors.values()}
        if len(dimensions | ({self.model.dimensions} if self.model else set())) > 1:
            raise EmbedFault(
                f"The embedding model {self.embedder.name} gives vectors of different lengths: another model is behind "
                "that name now. Run it again, and all passages get new ones."
            )
        if self.model is None and dimensions:
            self.model = await self._register(dimensions.pop())

    async def _store(self, vectors: Mapping[int, Vector]) -> None:
        if not vectors or self.model is None:
            return
        model = self.model.id
        async with self.database.transaction() as connection:
            # One after the other, so that what another worker was faster with is seen.
            await connection.execute(_TURN, {"key": lock_key(f"vectors of model {model}")})
            still = list(await connection.scalars(_STILL, {"model": model, "ids": list(vectors)}))
            await binary.copy(connection, _COPY, _rows(model, still, vectors))
        self.made += len(still)
        await self._tell()

    async def _meet(self) -> None:
        """Take up the model where an earlier run left it. One whose length is not known yet waits for a vector."""
        if self.embedder.dimensions is not None:
            self.model = await self._register(self.embedder.dimensions)
            return
        known = text("select * from model where name = :name and revision = :revision and state <> 'retired'")
        async with self.database.transaction() as connection:
            rows = (await connection.execute(known, self._names())).all()
        if len(rows) == 1 and len(sample := await self._sample()) == rows[0].dimensions:
            self.model = await self._register(len(sample))

    async def _sample(self) -> Vector:
        """A vector of our own word, for its length."""
        (vector,) = await self.embedder.passages([Embeddable("Naru", NOTHING_SENSITIVE)])
        return () if vector is None else vector

    async def _register(self, dimensions: int) -> Model:
        """The model's row. One that is new puts an end to another that was filling: it was given up."""
        parameters = self._names() | {"dimensions": dimensions, "languages": sorted(self.embedder.languages)}
        async with self.database.transaction() as connection:
            row = (await connection.execute(_REGISTER, parameters)).one()
            if row.state == "filling":
                given_up = text("update model set state = 'retired' where state = 'filling' and id <> :id")
                await connection.execute(given_up, {"id": row.id})
        return model_of(row)

    async def _serve(self, model: Model) -> None:
        async with self.database.transaction() as connection:
            # Questions see both changes or none.
            retire = text("update model set state = 'retired' where state = 'serving' and id <> :id")
            serve = text("update model set state = 'serving' where id = :id and state <> 'retired' returning *")
            await connection.execute(retire, {"id": model.id})
            row = (await connection.execute(serve, {"id": model.id})).one_or_none()
        if row is not None:
            self.model = model_of(row)

    async def _first_lacking(self, after: int) -> int | None:
        async with self.database.transaction() as connection:
            found = await connection.scalar(_FIRST, self._lacking() | {"after": after})
            return None if found is None else int(found)

    async def _left(self) -> int:
        async with self.database.transaction() as connection:
            return int(await connection.scalar(_LEFT, self._lacking()) or 0)

    async def _tell(self) -> None:
        """To count is to walk over all vectors: now and then it is done, for what other workers do."""
        if self.model is None:
            return
        if self.counted is None or monotonic() - self.counted[0] > _RECOUNT_S:
            async with self.database.transaction() as connection:
                row = (await connection.execute(_COUNT, {"id": self.model.id})).one()
            self.counted = monotonic(), row.vectors - self.made, row.passages
        _, others, passages = self.counted
        self.progress(others + self.made, passages - len(self.refused))

    def _enough(self) -> bool:
        return self.limit is not None and self.made + self.asked_for >= self.limit

    def _names(self) -> dict[str, Any]:
        return {"name": self.embedder.name, "revision": self.embedder.revision}

    def _lacking(self) -> dict[str, Any]:
        return {
            "model": None if self.model is None else self.model.id,
            "languages": sorted(self.embedder.languages),
            "refused": sorted(self.refused),
        }


async def _coverage(connection: AsyncConnection) -> tuple[Coverage, ...]:
    rows = (await connection.execute(text(f"{_COUNTS} where model.state <> 'retired' order by state desc, id"))).all()
    return tuple(Coverage(model_of(row), row.vectors, row.passages) for row in rows)


def _rows(model: int, ids: Sequence[int], vectors: Mapping[int, Vector]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        for id, vector in zip(some, binary.halfvecs([vectors[id] for id in some]), strict=True):
            yield binary.int2(model), binary.int8(id), vector


def _embeddable(row: Row[Any]) -> Embeddable:
    # Not the title: a document that is moved or renamed would need new vectors, for a recall@10 of .003 more.
    whole = f"{row.heading}\n{row.text}" if row.heading else row.text
    labels = labels_of(row.labelled) if row.labelled else ()
    return Embeddable(whole, _said(row.level, row.source), row.source, row.uri, labels)


@lru_cache(maxsize=1_024)
def _said(level: int, source: str) -> Label:
    return Label.of(Level(level), "source", f"source {source}")


_LACKING = """
    from passage
    where passage.language = any(cast(:languages as text[]))
      and passage.id <> all(cast(:refused as bigint[]))
      and not exists (select from passage_vector as made where made.model = :model and made.passage_id = passage.id)
"""
_FIRST = text(f"select passage.id {_LACKING} and passage.id > :after order by passage.id limit 1")
_LEFT = text(f"select count(*) {_LACKING}")
_TEXTS = text(
    f"""
    select passage.id, passage.heading, passage.text, document.level, document.uri, source.name as source,
           case when document.said ?| array['labels', 'carried'] then document.said end as labelled
    from passage
    join document on document.id = passage.document_id
    join source on source.id = document.source_id
    where passage.id in (select passage.id {_LACKING} and passage.id >= :start and passage.id < :end)
    order by passage.id
    """
)
_TURN = text("select pg_advisory_xact_lock(:key)")
# A passage that went meanwhile needs none; one that another worker was faster with has one.
_STILL = text(
    """
    select id from passage
    where id = any(cast(:ids as bigint[]))
      and not exists (select from passage_vector as made where made.model = :model and made.passage_id = passage.id)
    order by id
    for key share of passage
    """
)
_COPY = "copy passage_vector (model, passage_id, v) from stdin (format binary)"
_REGISTER = text(
    """
    insert into model (name, revision, dimensions, languages, state)
    values (:name, :revision, :dimensions, cast(:languages as text[]), 'filling')
    on conflict (name, revision, dimensions) do update
      set languages = excluded.languages, state = case model.state when 'retired' then 'filling' else model.state end
    returning *
    """
)
_COUNTS = """
    select model.*,
           (select count(*) from passage_vector where passage_vector.model = model.id) as vectors,
           (select count(*) from passage where passage.language = any(model.languages)) as passages
    from model
"""
_COUNT = text(f"{_COUNTS} where model.id = :id")
