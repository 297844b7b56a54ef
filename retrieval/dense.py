"""A question as a vector, and the SQL that finds what is near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import Database
from retrieval.embed import Embeddable, Embedder
from retrieval.label import Label
from retrieval.text import Language, language
from retrieval.vector_model import Model, named, serving, written

EXACT_UP_TO = 5_000
"""Readable passages up to which each is looked at: an index that is filtered down to few of its rows finds hardly any
(1% of 100,000: recall .100; looking at each: 1.000 in 2.7 ms)."""

NEAREST = 50
_EF_SEARCH = 200
"""Neighbours that HNSW keeps in view: recall .965 and more on 100,000 vectors."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question's vector, and the model whose vectors it can be compared with."""

    model: Model
    vector: str
    exact_up_to: int = EXACT_UP_TO

    async def nearest(self, connection: AsyncConnection, principals: Sequence[str]) -> str:
        """The CTEs that end in `nearest (id, cosine)`: at most 50 passages that the readers may read, in the model's
        languages. They take the parameters meaning, known and principals; sets how this transaction searches."""
        near = await connection.scalar(_READABLE, {"principals": list(principals), "enough": self.exact_up_to + 1})
        if (near or 0) <= self.exact_up_to:
            return f"{_READABLE_NOW}, {self._ranked('readable', 'readable.id = made.passage_id')}"
        for setting in (f"hnsw.ef_search = {_EF_SEARCH}", "hnsw.iterative_scan = relaxed_order"):
            await connection.execute(text(f"set local {setting}"))
        # Not joined first: only as an order over the model's own rows can the index give it, and the filter follows.
        return self._ranked("passage", "passage.id = made.passage_id", _MAY_READ)

    def cosine(self, of: str) -> str:
        """SQL for the similarity of a row `of` passage_vector, -1 to 1."""
        return f"1 - ({self._near(of)})"

    def _near(self, of: str) -> str:
        # The dimensions and the model stand in the SQL as numbers: the index is over this very expression.
        return f"{of}.v::halfvec({self.model.dimensions}) <=> cast(:meaning as halfvec({self.model.dimensions}))"

    def _ranked(self, relation: str, on: str, also: str = "") -> str:
        return f"""found as materialized (
          select made.passage_id as id, {self.cosine("made")} as cosine
          from passage_vector as made join {relation} on {on}
          where made.model = {self.model.id} {also}
          order by {self._near("made")} limit {NEAREST}
        ), nearest as materialized (select id, cosine from found order by cosine desc, id)"""

    @property
    def parameters(self) -> dict[str, object]:
        return {"meaning": self.vector, "known": sorted(self.model.languages)}


class Meanings:
    """Questions to vectors, by whichever embedder made those that are stored. embedders: the one that is wanted, and
    while its vectors are made the one before it. model: the name of one to use in place of the one that serves."""

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

    async def of(self, question: str, label: Label) -> Meaning | None:
        """None where words alone have to do: no model serves, it does not know the question's language, may not see
        the question, or is away."""
        spoken = language(question)
        if not any(spoken in embedder.languages for embedder in self._embedders):
            return None
        async with self._database.transaction() as connection:
            model = await (serving(connection) if self._named is None else named(connection, self._named))
        embedder = None if model is None else self._maker(model, spoken)
        if model is None or embedder is None:
            return None
        vector = await embedder.query(Embeddable(question, label))
        if vector is None or len(vector) != model.dimensions:
            return None
        return Meaning(model, written(vector), self._exact_up_to)

    def _maker(self, model: Model, spoken: Language) -> Embedder | None:
        same = (e for e in self._embedders if (e.name, e.revision) == (model.name, model.revision))
        return next((e for e in same if spoken in e.languages & model.languages), None)


_MAY_READ = """
  and passage.language = any(cast(:known as text[]))
  and exists (select from document join source on source.id = document.source_id
              where document.id = passage.document_id and document.readers && cast(:principals as text[])
                and source.active)
"""
_READABLE_NOW = """readable as materialized (
  select passage.id from passage
  join document on document.id = passage.document_id
  join source on source.id = document.source_id
  where document.readers && cast(:principals as text[]) and source.active
    and passage.language = any(cast(:known as text[]))
)"""
_READABLE = text(
    """
    select count(*) from (
      select from passage
      join document on document.id = passage.document_id
      join source on source.id = document.source_id
      where document.readers && cast(:principals as text[]) and source.active
      limit :enough
    ) as counted
    """
)
