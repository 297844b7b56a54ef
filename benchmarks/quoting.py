"""Whether a quotation holds the sentence that answers: `python -m benchmarks quote --data FOLDER --json`.

KorQuAD's questions, asked of all its paragraphs by words alone; of those whose paragraph comes first, how many have the
answer's sentence among what is quoted. The time is from the question to the quotation, the search and the Parts in it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from benchmarks import Machine, Row, Tell
from benchmarks.command import data_folder, parser_of, shown
from benchmarks.corpora import Corpus, answering_sentences, korquad
from benchmarks.retrieval import ANYONE, fresh_database
from bot.answer import ASKABLE
from bot.config_file import AnswerLimits
from bot.models.quote import quote
from bot.worth_reading import Budget, choices
from retrieval.catalogue import Catalogue
from retrieval.label import NOTHING_SENSITIVE, Level
from retrieval.passage import EVERYONE, Source
from retrieval.reindex import reindex
from retrieval.search import Search
from tests.builders import ask, parts_of, shipped_rules

SHARE, P95_MS = 0.75, 100.0
MOST_SENTENCES, MOST_CHARACTERS = 3, 400
EVERY = 5
"""Of the questions one in so many is asked: 1,155 of 5,774 say the share to .02."""
LIMITS = AnswerLimits()
RULES = shipped_rules()


@dataclass(frozen=True, slots=True)
class Result:
    """first: whether the question's paragraph came first. held: whether the answer's sentence is quoted. characters: of
    what is quoted, without what marks it as quoted."""

    first: bool
    held: bool
    characters: int
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 where every figure is ok."""
    parser = parser_of("quote", __doc__)
    data_folder(parser, "retrieval")
    options = parser.parse_args(arguments)
    return shown(options, lambda tell: asyncio.run(measure(options.data, tell)))


async def measure(data: Path, tell: Tell) -> list[Row]:
    machine = Machine.now()
    corpus = korquad(data)
    sentences = answering_sentences(data)
    async with fresh_database() as database:
        source = Source(corpus.name, "benchmark", "", Level.INTERNAL, frozenset({EVERYONE}))
        await Catalogue(database).sync([source])
        tell(f"{corpus.name}: {await reindex(database, source, corpus, parse=corpus.parse)}")
        search = Search(database)
        results = [await _result(search, corpus, n, sentences[n]) for n in range(0, len(corpus.asked), EVERY)]
        conditions = await machine.conditions(database, f"{len(results)} of {len(corpus.asked)} questions asked once")
    return rows(results, conditions)


def rows(results: Sequence[Result], conditions: str) -> list[Row]:
    first = [result for result in results if result.first]
    times = [result.seconds * 1000 for result in results]
    share = sum(result.held for result in first) / len(first)
    characters = [result.characters for result in results]
    return [
        Row.at_least(
            f"the answer's sentence is quoted, of {len(first)} with their paragraph first", share, SHARE, conditions
        ),
        Row.reported("the same, of all questions", sum(r.held for r in results) / len(results), conditions),
        Row.at_most("characters quoted, the most", max(characters), MOST_CHARACTERS, conditions),
        Row.reported("characters quoted, median", median(characters), conditions),
        Row.reported("from question to quotation, p50, ms", median(times), conditions),
        Row.at_most("from question to quotation, p95, ms", quantiles(times, n=20)[-1], P95_MS, conditions),
    ]


async def _result(search: Search, corpus: Corpus, number: int, sentences: frozenset[str]) -> Result:
    asked = corpus.asked[number]
    started = perf_counter()
    found = await search(asked.text, ANYONE, LIMITS.passages, NOTHING_SENSITIVE)
    chosen = choices(found, ASKABLE, Budget(LIMITS.passages, LIMITS.max_passage_chars))
    read = [choice.passage for choice in chosen if choice.why == "in the prompt"]
    said = quote(asked.text, parts_of(ask(asked.text), *read, rules=RULES))
    seconds = perf_counter() - started
    text = re.sub(r" \[\d+\]$|^> ?", "", said, flags=re.MULTILINE)
    relevant = {one.uri for one in asked.relevant}
    first = bool(found) and found[0].document.uri in relevant
    held = any(sentence in _plain(text) for sentence in sentences)
    return Result(first, held, len(text.replace("\n\n", "")), seconds)


def _plain(text: str) -> str:
    return " ".join(text.split())
