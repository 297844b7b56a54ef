"""How well passages are found, on data that others made: `python -m benchmarks retrieval --data FOLDER --json`.

Not part of `all`: the data is not ours to ship, and embedding 3,000 passages takes a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from admin import schema
from admin.embedded import EmbeddedPostgres
from admin.evaluate import evaluate, figures
from benchmarks import Machine, Row, Tell
from benchmarks.corpora import Corpus, handbook, korquad
from benchmarks.sample import empty_home
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.embed import Embedder
from retrieval.errors import Fault
from retrieval.label import Level
from retrieval.local_model import PACKAGE, LocalModel, folder_of
from retrieval.passage import EVERYONE, Readers, Source
from retrieval.reindex import reindex
from retrieval.search import Search
from retrieval.vectors import Vectors

KORQUAD = {"recall@1": 0.89, "recall@10": 0.99, "mrr@10": 0.93}
HANDBOOK = {"recall@10": 0.84, "mrr@10": 0.60}
FIGURES = ("recall@1", "recall@10", "mrr@10")
ANYONE = Readers(frozenset({EVERYONE}))


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where every figure is ok."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks retrieval", description=__doc__)
    data = Path(os.environ.get("NARU_DATA", "../shared/data")) / "retrieval"
    parser.add_argument("--data", type=Path, default=data, help=f"the folder with the data ({data})")
    parser.add_argument("--json", action="store_true", help="the rows as one JSON document on standard output")
    parser.add_argument("--verbose", action="store_true", help="what happens, on standard error")
    options = parser.parse_args(arguments)
    tell: Tell = (lambda line: print(line, file=sys.stderr, flush=True)) if options.verbose else lambda _: None
    try:
        rows = asyncio.run(measure(options.data, tell))
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row.figure:60} {row.value:7.3f}  {row.target:10} {'ok' if row.ok else 'not ok'}")
    return 0 if all(row.ok for row in rows) else 1


async def measure(data: Path, tell: Tell) -> list[Row]:
    machine = Machine.now()
    rows: list[Row] = []
    with empty_home() as cache:
        model = LocalModel.opened(folder_of(PACKAGE, cache), cache, frozenset({"en"}))
        # By words both must be the same for Korean: an English model has no say in it.
        rows += await _measured(korquad(data), model, machine, tell, KORQUAD, KORQUAD)
        rows += await _measured(handbook(data, whole_files=True), model, machine, tell, {}, HANDBOOK)
        # As others measure it, who have no documents.
        rows += await _measured(handbook(data, whole_files=False), model, machine, tell, {}, {})
    return rows


async def _measured(
    corpus: Corpus,
    model: Embedder,
    machine: Machine,
    tell: Tell,
    by_words: Mapping[str, float],
    with_model: Mapping[str, float],
) -> list[Row]:
    """The corpus in a database of its own, asked by words alone and with the model. by_words, with_model: promises."""
    rows: list[Row] = []
    async with _database() as database:
        source = Source(corpus.name, "benchmark", "", Level.INTERNAL, frozenset({EVERYONE}))
        await Catalogue(database).sync([source])
        tell(f"{corpus.name}: {await reindex(database, source, corpus, parse=corpus.parse)}")
        for promised, embedders, how in ((by_words, (), "by words"), (with_model, (model,), "with the local model")):
            for each in embedders:
                tell(f"{corpus.name}: {await Vectors(database).fill(each)}")
            found = figures(await evaluate(Search(database, embedders), corpus.asked, corpus.name, ANYONE))
            what = f"{corpus.name}, {corpus.unit}, {how}"
            tell(f"{what}: {found | {'missed': len(found['missed'])}}")
            conditions = await machine.conditions(database, f"{len(corpus.asked)} questions asked once")
            rows += [_row(f"{what}: {figure}", found[figure], promised.get(figure), conditions) for figure in FIGURES]
    return rows


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    with empty_home() as home, EmbeddedPostgres(home) as url:
        await schema.upgrade(url)
        database = Database(url)
        yield database
        await database.close()


def _row(what: str, value: float, promised: float | None, conditions: str) -> Row:
    if promised is None:
        return Row.reported(what, value, conditions)
    return Row.at_least(what, value, promised, conditions)
