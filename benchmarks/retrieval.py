"""How well passages are found, on data that others made: `python -m benchmarks retrieval --data FOLDER --json`.

What can be tuned was tuned on the questions of even number; what is promised is of the odd ones, which nothing was
tuned on. Not part of `all`: the data is not ours to ship, and embedding 3,000 passages takes a minute.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from admin import schema
from admin.embedded import EmbeddedPostgres
from admin.evaluate import Result, evaluate, figures
from benchmarks import Machine, Row, Tell
from benchmarks.command import data_folder, parser_of, shown
from benchmarks.corpora import Corpus, handbook, korquad, one_pool
from benchmarks.sample import empty_home
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.embed import Embedder
from retrieval.kiwi import Kiwi, KiwiFault
from retrieval.label import Level
from retrieval.local_model import PACKAGE, LocalModel, folder_of
from retrieval.passage import EVERYONE, Readers, Source
from retrieval.reindex import reindex
from retrieval.search import Search
from retrieval.tokenizer import BIGRAMS, Tokenizer, WithMorphemes
from retrieval.vectors import Vectors

KORQUAD = {"recall@1": 0.90, "recall@10": 0.99, "mrr@10": 0.94}
WITH_KIWI = {"recall@1": 0.915, "recall@10": 0.993, "mrr@10": 0.948}
POOL = {"recall@1": 0.88, "recall@10": 0.985, "mrr@10": 0.92}
HANDBOOK = {"recall@1": 0.50, "recall@10": 0.86, "mrr@10": 0.63}
FIGURES = ("recall@1", "recall@10", "mrr@10")
ANYONE = Readers(frozenset({EVERYONE}))


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where every figure is ok."""
    parser = parser_of("retrieval", __doc__)
    data_folder(parser, "retrieval")
    options = parser.parse_args(arguments)
    return shown(options, lambda tell: asyncio.run(measure(options.data, tell)))


async def measure(data: Path, tell: Tell) -> list[Row]:
    bench = _Bench(Machine.now(), tell)
    with empty_home() as cache:
        model = LocalModel.opened(folder_of(PACKAGE, cache), cache, frozenset({"en"}))
        # By words both must be the same for Korean: an English model has no say in it.
        rows = await bench.measured(korquad(data), KORQUAD, model, KORQUAD)
        rows += await bench.with_kiwi(korquad(data))
        rows += await bench.measured(one_pool(data), POOL)
        rows += await bench.measured(handbook(data, whole_files=True), {}, model, HANDBOOK)
        # As others measure it, who have no documents.
        rows += await bench.measured(handbook(data, whole_files=False), {}, model, HANDBOOK)
    return rows


@dataclass(frozen=True, slots=True)
class _Bench:
    machine: Machine
    tell: Tell

    async def measured(
        self,
        corpus: Corpus,
        by_words: Mapping[str, float],
        model: Embedder | None = None,
        with_model: Mapping[str, float] | None = None,
        tokenizer: Tokenizer = BIGRAMS,
    ) -> list[Row]:
        """The corpus in a database of its own, asked by words alone and with the model. by_words, with_model:
        promises."""
        async with fresh_database() as database:
            source = Source(corpus.name, "benchmark", "", Level.INTERNAL, frozenset({EVERYONE}))
            await Catalogue(database).sync([source])
            report = await reindex(database, source, corpus, parse=corpus.parse, tokenizer=tokenizer)
            self.tell(f"{corpus.name}: {report}")
            how = f"by words ({tokenizer.name})"
            rows = await self._asked(database, corpus, Search(database, tokenizer=tokenizer), how, by_words)
            if model is not None:
                self.tell(f"{corpus.name}: {await Vectors(database).fill(model)}")
                search = Search(database, (model,), tokenizer=tokenizer)
                rows += await self._asked(database, corpus, search, "with the local model", with_model or {})
        return rows

    async def with_kiwi(self, corpus: Corpus) -> list[Row]:
        """Nothing where the extra is not installed."""
        try:
            return await self.measured(corpus, WITH_KIWI, tokenizer=WithMorphemes(Kiwi()))
        except KiwiFault as fault:
            print(f"Not measured with Kiwi: {fault}", file=sys.stderr)
            return []

    async def _asked(
        self, database: Database, corpus: Corpus, search: Search, how: str, promised: Mapping[str, float]
    ) -> list[Row]:
        results = await evaluate(search, corpus.asked, corpus.name, ANYONE)
        conditions = await self.machine.conditions(database, f"{len(corpus.asked)} questions asked once")
        rows: list[Row] = []
        for half, some in _halves(results).items():
            found = figures(some)
            what = f"{corpus.name}, {corpus.unit}, {how}, {half}"
            self.tell(f"{what}: {found | {'missed': len(found['missed'])}}")
            target = promised if half == "odd" else {}
            rows += [_row(f"{what}: {figure}", found[figure], target.get(figure), conditions) for figure in FIGURES]
        return rows


def _halves(results: Sequence[Result]) -> dict[str, list[Result]]:
    """By the number of the question, from 1."""
    return {
        "odd": [one for one in results if one.asked.line % 2],
        "even": [one for one in results if not one.asked.line % 2],
    }


@asynccontextmanager
async def fresh_database() -> AsyncIterator[Database]:
    with empty_home() as home, EmbeddedPostgres(home) as url:
        await schema.upgrade(url)
        database = Database(url)
        yield database
        await database.close()


def _row(what: str, value: float, promised: float | None, conditions: str) -> Row:
    if promised is None:
        return Row.reported(what, value, conditions)
    return Row.at_least(what, value, promised, conditions)
