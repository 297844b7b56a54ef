"""The examples that reviews have made: the source `approved` is brought to what stands, from whatever state.

An example is there because of a review. It goes when that goes, and it expires when what it rests on says something
else. Killed in between, the next look does what is left.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from admin.app import App
from admin.examples import there
from bot.forget.reviews import PREFIX, uri_of
from bot.learning import Candidate, Pair, example, label_of, needed, problems, readers_of
from bot.reviews import Reviews
from retrieval.as_it_was import documents_now, still_said
from retrieval.errors import Fault
from retrieval.passage import APPROVED, Document
from retrieval.pushed import PushStore
from retrieval.sources.push import Pushed

_log = logging.getLogger(__name__)

EVERY_S = 600.0
"""For what a killed process left: whoever re-indexes or reviews looks at once."""
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Settled:
    """In examples. expired: what they rest on has changed."""

    stored: int = 0
    removed: int = 0
    expired: int = 0


async def settle(app: App) -> Settled:
    """Make the examples what the reviews say. One process at a time; where another is at it, nothing is done here.
    Raises DatabaseFault."""
    async with app.database.exclusively("examples") as mine:
        return await _settled(app) if mine else Settled()


async def settling(app: App) -> None:
    """For ever: with each re-index in this process, and now and then."""
    changed = asyncio.Event()
    with app.indexing.telling(changed.set):
        while True:
            changed.clear()
            try:
                await settle(app)
            except Fault as fault:
                _log.warning("the examples were not looked at: %s", fault)
            try:
                async with asyncio.timeout(EVERY_S):
                    await changed.wait()
            except TimeoutError:
                continue


async def _settled(app: App) -> Settled:
    await app.deps.look()
    rules = app.rules()
    reviews = Reviews(app.database, app.seal)
    wanted: dict[str, Pushed] = {}
    expired: list[UUID] = []
    if not rules.opt_outs.known:
        return Settled()  # no question is shown any of them meanwhile (bot/examples.py)
    candidates = await reviews.candidates(_ALL, in_force=True)
    grounds = await grounds_of(app, candidates)
    for candidate in candidates:
        last = next(one for one in reversed(candidate.approvals) if one.in_force)
        documents = grounds.of(candidate)
        label = label_of(candidate, last.pair, documents.values(), rules)
        if not grounds.stand(candidate) or agreed(candidate, last.pair) < needed(label.level):
            expired.append(last.id)
        elif problems(last.pair, label, rules):
            continue  # it is no example for as long as the policy says so
        elif readers := readers_of(candidate, documents.values(), last.readers):
            said = example(last.pair, label, readers, candidate, documents)
            wanted[uri_of(last.id)] = Pushed(uri_of(last.id), last.pair.answer, "text", said)
    if expired:
        async with app.database.transaction() as connection:
            await reviews.expire(connection, expired)
            await app.audit.note(connection, "examples_expired", {"examples": len(expired)})
    return await _stored(app, wanted, len(expired))


async def _stored(app: App, wanted: Mapping[str, Pushed], expired: int) -> Settled:
    store = PushStore(app.database, app.forgetting.withheld)
    have = {uri async for uri, _, _ in store.listed(APPROVED) if uri.startswith(PREFIX)}
    superfluous = sorted(have - wanted.keys())
    if not wanted and not superfluous:
        return Settled(expired=expired)
    await there(app)
    counts = await store.keep(APPROVED, list(wanted.values()), superfluous)
    if counts.stored:
        ((_, result),) = await app.indexing.all([await app.catalogue.get(APPROVED)], lambda *_: None, patient=True)
        if isinstance(result, Fault):
            raise result
    return Settled(counts.stored, counts.deleted, expired)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What answers rest on, as it is now, whoever may read it. documents: by id. said: of the passages that they were
    given to read those that still stand there, by `Passage.key`."""

    documents: Mapping[int, Document]
    said: frozenset[str]

    def of(self, candidate: Candidate) -> Mapping[int, Document]:
        """Those documents of its answer that are there."""
        return {id: self.documents[id] for id in candidate.documents if id in self.documents}

    def stand(self, candidate: Candidate) -> bool:
        """Whether everything that its answer was given to read still says what it said."""
        return self.documents.keys() >= set(candidate.documents) and self.said >= set(candidate.passages)


async def grounds_of(app: App, candidates: Sequence[Candidate]) -> Grounds:
    """Raises DatabaseFault."""
    ids = sorted({id for one in candidates for id in one.documents})
    keys = {key for one in candidates for key in one.passages}
    async with app.database.transaction() as connection:
        return Grounds(await documents_now(connection, ids), await still_said(connection, ids, keys))


def agreed(candidate: Candidate, pair: Pair) -> int:
    """How many reviewers have approved these very words."""
    return len({one.reviewer for one in candidate.approvals if one.pair == pair})
