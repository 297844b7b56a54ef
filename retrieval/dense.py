"""A question as a vector, and the SQL that finds what is near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.counts import Readable, array
from retrieval.database import Database, prepared
from retrieval.embed import Embeddable, Embedder
from retrieval.label import Label
from retrieval.text import Language, language
from retrieval.vector_index import as_bits, set_ef_search
from retrieval.vector_model import Model, named, serving, written

EXACT_UP_TO = 5_000
"""Readable passages up to which each is looked at: an index that is filtered down to few of its rows finds hardly any
(1% of 100,000: recall .100; looking at each: 1.000 in 2.7 ms)."""

_OF = 100_000
"""Passages of which so many are looked at; of a hundred times as many ten times as many. The fewer of all may be read,
the more an index passes over: at a million with 10,000 to be read it took three times as long as to look at each."""

NEAREST = 50
_EF_SEARCH, _MOST_EF_SEARCH = 100, 200
"""Neighbours that HNSW keeps in view: more where fewer of them may be read. With more than 200 it is as quick to let it
go on from where it came to its end."""

_BY_BITS = 1_000
"""Candidates by their bits of which the 50 nearest are taken: bits alone put many in another order."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question's vector, and the model whose vectors it can be compared with."""

    model: Model
    vector: str
    exact_up_to: int = EXACT_UP_TO

    async def nearest(self, connection: AsyncConnection, readable: Readable) -> dict[str, Any]:
        """At most 50 passages that the readers may read, in the model's languages, nearest first, as the parameters
        near (ids) and cosines. Sets how this transaction searches."""
        there = sum(readable.passages.get(each, 0) for each in self.model.languages)
        parameters = {**self.parameters, "audiences": readable.audiences}
        rows: Sequence[Row[Any]] = ()
        if there > self.exact_up_to * max(1.0, sqrt(readable.everywhere / _OF)):
            wanted = NEAREST * readable.everywhere // there
            ef = min(max(wanted, _EF_SEARCH), _MOST_EF_SEARCH)
            by_bits = await set_ef_search(connection, self.model.id, ef)
            rows = (await connection.execute(prepared(self.by_index(by_bits=by_bits)), parameters)).all()
        # An index gives up after so many rows (hnsw.max_scan_tuples), also where those that may be read come later.
        if len(rows) < min(NEAREST, there):
            rows = (await connection.execute(prepared(self._exactly), parameters)).all()
        near = sorted(rows, key=lambda row: (-row.cosine, row.id))
        return {"near": array(row.id for row in near), "cosines": [float(row.cosine) for row in near]}

    def cosine(self, of: str) -> str:
        """SQL for the similarity of a row `of` passage_vector, -1 to 1."""
        return f"1 - ({self._near(of)})"

    def _near(self, of: str) -> str:
        # The dimensions and the model stand in the SQL as numbers: the index is over this very expression.
        return f"{of}.v::halfvec({self.model.dimensions}) <=> {self._asked}"

    @property
    def _asked(self) -> str:
        return f"cast(:meaning as halfvec({self.model.dimensions}))"

    def by_index(self, *, by_bits: bool = False) -> str:
        """SQL for what is nearest by the model's index, over the vectors or over their bits: id, cosine."""
        # Not joined first: only as an order over the model's own rows can the index give it, and the filter follows.
        among = f"""
          from passage_vector as made join passage on passage.id = made.passage_id
          where made.model = {self.model.id} and passage.language = any(cast(:known as text[]))
            and exists (select from document where document.id = passage.document_id
                        and document.audience_id in (select unnest(cast(:audiences as int[]))))
        """
        if not by_bits:
            return (
                f"select made.passage_id as id, {self.cosine('made')} as cosine {among}"
                f" order by {self._near('made')} limit {NEAREST}"
            )
        bits = f"{as_bits('made.v', self.model.dimensions)} <~> {as_bits(self._asked, self.model.dimensions)}"
        return f"""
          with candidate as materialized (select made.passage_id, made.v {among} order by {bits} limit {_BY_BITS})
          select passage_id as id, {self.cosine("candidate")} as cosine from candidate
          order by {self._near("candidate")} limit {NEAREST}
        """

    @property
    def _exactly(self) -> str:
        return f"""
          with mine as materialized (
            select passage.id from document join passage on passage.document_id = document.id
            where document.audience_id in (select unnest(cast(:audiences as int[])))
              and passage.language = any(cast(:known as text[]))
          ), measured as materialized (
            -- Apart from its order: the index could give that, and that is what may not be asked here.
            select mine.id, {self.cosine("made")} as cosine
            from mine cross join lateral (
              -- One by one: these are few, and whatever the planner takes them for, not all vectors are to be read.
              select v from passage_vector where model = {self.model.id} and passage_id = mine.id offset 0
            ) as made
          )
          select id, cosine from measured order by cosine desc, id limit {NEAREST}
        """

    @property
    def parameters(self) -> dict[str, Any]:
        return {"meaning": self.vector, "known": sorted(self.model.languages)}


class Meanings:
    """Questions to vectors, by whichever embedder made those that are stored. embedders: the one that is wanted, and
    while its vectors are made the one before it. model: the name of one to use in place of the one that serves.

    Which one serves is remembered, so that a question costs no transaction of its own; whoever searches says by
    `holds`, in the transaction of the search, whether that is still so, and asks anew where it is not.
    """

    def __init__(
        self,
        database: Database,
        embedders: Sequence[Embedder],
        *,
        exact_up_to: int = EXACT_UP_TO,
        model: str | None = None,
    ) -> None:
        self._database = database
        self._named = model
        self._exact_up_to = exact_up_to
        self._embedders = tuple(embedders)
        self._model: Model | None = None

    async def of(self, question: str, label: Label) -> Meaning | None:
        """None where words alone have to do: no model serves, it does not know the question's language, may not see
        the question, or is away."""
        spoken = language(question)
        if not any(spoken in embedder.languages for embedder in self._embedders):
            return None
        if self._model is None or self._maker(self._model, spoken) is None:
            async with self._database.transaction() as connection:
                self._model = await self._counting(connection)
        model = self._model
        embedder = None if model is None else self._maker(model, spoken)
        if model is None or embedder is None:
            return None
        vector = await embedder.query(Embeddable(question, label))
        if vector is None or len(vector) != model.dimensions:
            return None
        return Meaning(model, written(vector), self._exact_up_to)

    async def holds(self, connection: AsyncConnection, meaning: Meaning) -> bool:
        """Whether it is of the model whose vectors count, as this transaction sees it."""
        self._model = await self._counting(connection)
        return self._model == meaning.model

    async def _counting(self, connection: AsyncConnection) -> Model | None:
        return await (serving(connection) if self._named is None else named(connection, self._named))

    def _maker(self, model: Model, spoken: Language) -> Embedder | None:
        same = (e for e in self._embedders if (e.name, e.revision) == (model.name, model.revision))
        return next((e for e in same if spoken in e.languages & model.languages), None)
