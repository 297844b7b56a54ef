"""Vectors behind the text: which models there are, which of them serves, and the only writer of both tables.

A model fills while another serves, and serves once every passage in its languages has a vector or may not have one; the
one before it is then retired and its vectors go. A text is searchable by its words from the start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import Database
from retrieval.embed import Embeddable, Embedder, EmbedFault, Vector
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from retrieval.rows import labels_of
from retrieval.text import Language

CHUNK = 128
"""Passages, by id, that one worker takes at a time: what a kill costs, and about what a server takes at once."""

INDEXED_FROM = 5_000
"""Vectors from which a model gets an HNSW index; below, looking at each is as fast and misses none."""

_DROPPED_AT_ONCE = 10_000
Progress = Callable[[int, int], None]
"""(passages with a vector, passages that could have one)"""


@dataclass(frozen=True, slots=True)
class Model:
    """A row of `model`."""

    id: int
    name: str
    revision: str
    dimensions: int
    languages: frozenset[Language]
    state: str


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
    def __init__(self, database: Database, *, chunk: int = CHUNK, indexed_from: int = INDEXED_FROM) -> None:
        self._database = database
        self._chunk = chunk
        self._indexed_from = indexed_from

    async def fill(
        self, embedder: Embedder, progress: Progress = lambda done, total: None, limit: int | None = None
    ) -> Filled:
        """Give a vector to each passage that lacks one, at most about `limit` of them, and let the model serve when
        none is left. Several workers may be at it, none does what another does; what one did stays when it is killed.

        Raises EmbedFault where the model fails; what was done stays.
        """
        await self._drop_retired()
        return await _Run(self._database, embedder, progress, self._chunk, limit, self._indexed_from).run()

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
        await self._database.alone(f"drop index concurrently if exists {index_of(model)}")
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


async def serving(connection: AsyncConnection) -> Model | None:
    """The model that questions use, as this transaction sees it."""
    row = (await connection.execute(text("select * from model where state = 'serving'"))).one_or_none()
    return None if row is None else _model(row)


async def named(connection: AsyncConnection, name: str) -> Model | None:
    """The newest model of that name with vectors, whether or not questions use it: one that was retired keeps its
    vectors until the next run takes them away."""
    rows = text("select * from model where name = :name order by state = 'retired', id desc limit 1")
    row = (await connection.execute(rows, {"name": name})).one_or_none()
    return None if row is None else _model(row)


def index_of(model: int) -> str:
    return f"passage_vector_{model}_idx"


@dataclass(slots=True)
class _Run:
    """One run of `fill`. refused: passages by id."""

    database: Database
    embedder: Embedder
    progress: Progress
    chunk: int
    limit: int | None
    indexed_from: int
    model: Model | None = None
    made: int = 0
    refused: set[int] = field(default_factory=set)

    async def run(self) -> Filled:
        started = monotonic()
        await self._meet()
        before = -1
        # Once more as long as it helps: a chunk that another worker held may have been left by it.
        while before < self.made + len(self.refused) and not self._enough():
            before = self.made + len(self.refused)
            await self._once_over()
        left = await self._left()
        if self.model is not None and left == 0:
            await self._serve(self.model)
        if self.model is not None:
            await _Index(self.database, self.model, self.indexed_from).build()
        now = self.model is not None and self.model.state == "serving"
        return Filled(self.made, len(self.refused), left, now, monotonic() - started)

    async def _once_over(self) -> None:
        after = 0
        while not self._enough() and (first := await self._first_lacking(after)) is not None:
            number = first // self.chunk
            mine = f"embed {self.embedder.name} {self.embedder.revision} {number}"
            async with self.database.exclusively(mine) as alone:
                if alone:
                    await self._embed(number * self.chunk, (number + 1) * self.chunk)
            after = (number + 1) * self.chunk - 1

    async def _embed(self, start: int, end: int) -> None:
        async with self.database.transaction() as connection:
            rows = (await connection.execute(_TEXTS, self._lacking() | {"start": start, "end": end})).all()
        vectors = await self.embedder.passages([_embeddable(row) for row in rows])
        made = {row.id: vector for row, vector in zip(rows, vectors, strict=True) if vector is not None}
        self.refused |= {row.id for row in rows} - made.keys()
        if made:
            await self._store(made)
        await self._tell()

    async def _store(self, vectors: dict[int, Vector]) -> None:
        dimensions = {len(vector) for vector in vectors.values()}
        if len(dimensions) > 1 or (self.model and {self.model.dimensions} != dimensions):
            raise EmbedFault(
                f"The embedding model {self.embedder.name} gives vectors of different lengths: another model is behind "
                "that name now. Run it again, and all passages get new ones."
            )
        if self.model is None:
            self.model = await self._register(dimensions.pop())
        parameters = {
            "model": self.model.id,
            "ids": list(vectors),
            "vectors": [written(vector) for vector in vectors.values()],
        }
        async with self.database.transaction() as connection:
            stored = await connection.execute(_STORE, parameters)
        self.made += stored.rowcount

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
        return _model(row)

    async def _serve(self, model: Model) -> None:
        async with self.database.transaction() as connection:
            # Questions see both changes or none.
            retire = text("update model set state = 'retired' where state = 'serving' and id <> :id")
            serve = text("update model set state = 'serving' where id = :id and state <> 'retired' returning *")
            await connection.execute(retire, {"id": model.id})
            row = (await connection.execute(serve, {"id": model.id})).one_or_none()
        if row is not None:
            self.model = _model(row)

    async def _first_lacking(self, after: int) -> int | None:
        async with self.database.transaction() as connection:
            found = await connection.scalar(_FIRST, self._lacking() | {"after": after})
            return None if found is None else int(found)

    async def _left(self) -> int:
        async with self.database.transaction() as connection:
            return int(await connection.scalar(_LEFT, self._lacking()) or 0)

    async def _tell(self) -> None:
        if self.model is not None:
            async with self.database.transaction() as connection:
                row = (await connection.execute(_COUNT, {"id": self.model.id})).one()
            self.progress(row.vectors, row.passages - len(self.refused))

    def _enough(self) -> bool:
        return self.limit is not None and self.made >= self.limit

    def _names(self) -> dict[str, Any]:
        return {"name": self.embedder.name, "revision": self.embedder.revision}

    def _lacking(self) -> dict[str, Any]:
        return {
            "model": None if self.model is None else self.model.id,
            "languages": sorted(self.embedder.languages),
            "refused": sorted(self.refused),
        }


@dataclass(frozen=True, slots=True)
class _Index:
    database: Database
    model: Model
    indexed_from: int

    async def build(self) -> None:
        """Beside searches and other writers: CONCURRENTLY, and so outside of any transaction. One that a crash left
        half-built is made anew."""
        async with self.database.exclusively("index vectors") as alone:
            if not alone or not await self._wanted():
                return
            await self.database.alone(f"drop index concurrently if exists {index_of(self.model.id)}")
            # A bigger memory than the default's 64 MB keeps the graph of some 100,000 vectors out of the disk's way.
            await self.database.alone(
                f"create index concurrently {index_of(self.model.id)} on passage_vector "
                f"using hnsw ((v::halfvec({self.model.dimensions})) halfvec_cosine_ops) where model = {self.model.id}",
                maintenance_work_mem="256MB",
            )
            # A planner that does not know yet how many there are would not take the index.
            await self.database.alone("analyze passage_vector, passage, document")

    async def _wanted(self) -> bool:
        async with self.database.transaction() as connection:
            row = (await connection.execute(_INDEXED, {"name": index_of(self.model.id), "model": self.model.id})).one()
        return row.vectors >= self.indexed_from and not row.valid


async def _coverage(connection: AsyncConnection) -> tuple[Coverage, ...]:
    rows = (await connection.execute(text(f"{_COUNTS} where model.state <> 'retired' order by state desc, id"))).all()
    return tuple(Coverage(_model(row), row.vectors, row.passages) for row in rows)


def written(vector: Vector) -> str:
    """The text form that pgvector reads."""
    return f"[{','.join(f'{number:.6g}' for number in vector)}]"


def _model(row: Row[Any]) -> Model:
    return Model(row.id, row.name, row.revision, row.dimensions, frozenset(row.languages), row.state)


def _embeddable(row: Row[Any]) -> Embeddable:
    # Not the title: a document that is moved or renamed would need new vectors, for a recall@10 of .003 more.
    whole = f"{row.heading}\n{row.text}" if row.heading else row.text
    said = Label.of(Level(row.level), "source", f"source {row.source}")
    return Embeddable(whole, said, row.source, row.uri, labels_of(row.said))


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
    select passage.id, passage.heading, passage.text, document.level, document.uri, document.said,
           source.name as source
    from passage
    join document on document.id = passage.document_id
    join source on source.id = document.source_id
    where passage.id in (select passage.id {_LACKING} and passage.id >= :start and passage.id < :end)
    order by passage.id
    """
)
# A passage that went meanwhile needs none; one that another worker was faster with has one.
_STORE = text(
    """
    insert into passage_vector (model, passage_id, v)
    select :model, passage.id, cast(fresh.v as halfvec)
    from unnest(cast(:ids as bigint[]), cast(:vectors as text[])) as fresh (id, v)
    join passage on passage.id = fresh.id
    order by passage.id
    for key share of passage
    on conflict do nothing
    """
)
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
_INDEXED = text(
    """
    select (select count(*) from passage_vector where model = :model) as vectors,
           exists (select from pg_index where indexrelid = to_regclass(:name) and indisvalid) as valid
    """
)
