"""The weights of retrieval/confidence.py: `python -m benchmarks questions --fit --data ../shared/data/retrieval`.

Fitted to the even half of our own questions on the sample handbook, to samples/asked/tuning.jsonl, which reports
nothing, and to even questions of KorQuAD: each once as it is, and once without the paragraph that answers it, whose
neighbours in the article stay. How much one of those counts was chosen by cross-validation over ours. A handbook of
another company was tried as well and teaches nothing: without the passage that answers, another one does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from admin.calibrate import Judged, weights_of
from benchmarks.corpora import korquad
from benchmarks.own import found, read, searches, share
from benchmarks.retrieval import ANYONE, fresh_database
from benchmarks.sample import company, empty_home, environment
from bot.worth_reading import DECIDING
from retrieval.catalogue import Catalogue
from retrieval.confidence import SHIPPED, Weights, logistic
from retrieval.label import Level
from retrieval.passage import Source
from retrieval.reindex import reindex
from retrieval.search import Search

KORQUAD = 0.05
"""What a question of KorQuAD counts beside one of ours. By cross-validation 0 to .1 are alike on ours; with it .88 of
KorQuAD's own pairs are in the right order, without it .87."""
EVERY = 8
"""Of KorQuAD's questions so many are passed over for one that is fitted to and one that reports: a minute's work."""


@dataclass(frozen=True, slots=True)
class Known:
    """A question whose answer is known, as it was searched. even: whether it may be tuned on. trust: what it counts."""

    group: str
    judged: Judged
    even: bool
    trust: float = 1.0


async def fit(say: Callable[[str], None], data: Path | None) -> None:
    """Prints what stands in retrieval/confidence.py as SHIPPED, and how well that tells the two kinds apart."""
    others = [one async for one in elsewhere(data)] if data else []
    with empty_home() as home:
        async with company(environment(home)) as app:
            async for how, search in searches(app):
                ours = [
                    Known(group, one.judged, one.asked.even or group == "tuning")
                    for group, names in (("own", ("answered", "unanswered")), ("tuning", ("tuning",)))
                    for name in names
                    for one in [await found(app, search, asked, how) for asked in read(name)]
                ]
                known = [*ours, *others]
                tuning = [one for one in known if one.even]
                weights = weights_of([one.judged for one in tuning], [one.trust for one in tuning])
                numbers = ", ".join(f"{f.name}={getattr(weights, f.name):.2f}" for f in fields(Weights))
                say(f'    "{how}": Weights({numbers}),')
                for group in dict.fromkeys(one.group for one in known):
                    for half, even in (("even", True), ("odd", False)):
                        if some := [one.judged for one in known if one.group == group and one.even is even]:
                            say(f"    # {group}, {half}: {_told(some, weights)}; shipped: {_told(some, SHIPPED[how])}")


async def elsewhere(data: Path) -> AsyncIterator[Known]:
    """KorQuAD's questions with and without the paragraph that answers."""
    corpus = korquad(data)
    async with fresh_database() as pool:
        source = Source(corpus.name, "benchmark", "", Level.INTERNAL, ANYONE.principals)
        await Catalogue(pool).sync([source])
        await reindex(pool, source, corpus, parse=corpus.parse)
        search = Search(pool)
        for asked in corpus.asked:
            if asked.line % EVERY > 1:
                continue
            passages = await search(asked.text, ANYONE, 2 * DECIDING)
            right = [any(one.is_in(passage) for one in asked.relevant) for passage in passages]
            rest = [passage for passage, yes in zip(passages, right, strict=True) if not yes]
            for some, answerable in ((passages, True), (rest, False)):
                if not answerable or any(right[:DECIDING]):
                    judged = Judged(tuple(one.signals for one in some[:DECIDING]), answerable)
                    yield Known(corpus.name, judged, asked.line % 2 == 0, KORQUAD)


def _told(judged: Sequence[Judged], weights: Weights) -> str:
    odds = [(max(map(weights.log_odds, one.signals), default=-9.0), one.answerable) for one in judged]
    refused = share([logistic(x) < 0.5 for x, answerable in odds if answerable])
    answered = share([logistic(x) >= 0.5 for x, answerable in odds if not answerable])
    return f"false answers {answered:.2f}, false refusals {refused:.2f}"
