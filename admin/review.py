"""Reviewing: what people allowed Naru to learn from, before anything is learnt.

A reviewer is shown only what rests on documents that they may read, and nobody reviews what they said themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from admin.app import App
from admin.approved import Grounds, agreed, grounds_of, settle
from bot.learning import Candidate, Pair, Waiting, cleared, label_of, needed, problems, readers_of
from bot.optouts import honours
from bot.policy.rules import Rules
from bot.reviews import Reviews
from retrieval.errors import Fault
from retrieval.label import Label
from retrieval.passage import Principal, Readers

MOST = 500
"""Candidates that are looked at, those with the most votes first."""


class ReviewFault(Fault):
    """What cannot be approved as it stands, or is not there to be reviewed."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """name: an id of theirs; its pseudonym is kept. readers: by what they read where nobody else is present."""

    name: str
    readers: Readers


@dataclass(frozen=True, slots=True)
class Queue:
    """hidden: candidates that rest on what this reviewer may not read, or that are their own."""

    waiting: tuple[Waiting, ...]
    hidden: int


def id_of(candidate: Candidate) -> str:
    return sha256(f"{candidate.answer}/{candidate.person}".encode()).hexdigest()[:10]


async def queue(app: App, reviewer: Reviewer) -> Queue:
    """What this reviewer can decide, the most voted on first."""
    await app.deps.look()
    rules, me = app.rules(), app.seal.pseudonym(reviewer.name)
    waiting: list[Waiting] = []
    hidden = 0
    candidates = await Reviews(app.database, app.seal).candidates(MOST)
    grounds = await grounds_of(app, candidates)
    readable = await app.search.present(list(grounds.documents), reviewer.readers)
    for candidate in candidates:
        if _is_own(candidate, me) or set(candidate.documents) - readable.keys():
            hidden += 1
        elif all(one.reviewer != me or one.pair != candidate.pair for one in candidate.approvals):
            waiting.append(_waiting(candidate, grounds, rules))
    return Queue(tuple(waiting), hidden)


def _is_own(candidate: Candidate, me: str) -> bool:
    """Who asked may say that the answer was right; that it is an example another has to say."""
    return me in (candidate.person, candidate.asker)


def _waiting(candidate: Candidate, grounds: Grounds, rules: Rules) -> Waiting:
    pair, documents = candidate.pair, grounds.of(candidate)
    label = label_of(candidate, pair, documents.values(), rules)
    return Waiting(
        id_of(candidate),
        candidate,
        tuple(documents.values()),
        label.level,
        agreed(candidate, pair),
        needed(label.level),
        problems(pair, label, rules),
        not grounds.stand(candidate),
    )


async def approve(
    app: App,
    reviewer: Reviewer,
    id: str,
    pair: Pair | None = None,
    given: frozenset[Principal] = frozenset(),
) -> bool:
    """Whether it is an example from the next question on; False: another reviewer has to approve the same words. pair:
    as it should be, where that is not as it stands. given: to whom alone it is to be shown. Raises ReviewFault,
    ChangedFault where somebody has opted out meanwhile."""
    one = await _found(app, reviewer, id)
    candidate = one.candidate
    said = candidate.pair if pair is None else Pair(" ".join(cleared(pair.question).split()), cleared(pair.answer))
    rules = app.rules()
    documents = (await grounds_of(app, [candidate])).of(candidate)
    label = label_of(candidate, said, documents.values(), rules)
    _check(one, said, label, readers_of(candidate, documents.values(), given), rules)
    reviews = Reviews(app.database, app.seal)
    async with app.database.transaction() as connection:
        await honours(connection, rules.opt_outs.epoch)
        if not await reviews.locked(connection, candidate):
            raise gone(id)
        review = await reviews.approve(connection, candidate, app.seal.pseudonym(reviewer.name), said, label.level)
        same = {each.reviewer for each in await reviews.approvals(connection, candidate) if each.pair == said}
        enough = len(same) >= needed(label.level)
        if enough:
            await reviews.in_force(connection, review, given)
        body = {"review": str(review), "answer": str(candidate.answer), "level": label.level.name, "in_force": enough}
        await app.audit.note(connection, "review.approved", body, actor=reviewer.name)
    if enough:
        await settle(app)
    return enough


def _check(one: Waiting, pair: Pair, label: Label, readers: frozenset[Principal], rules: Rules) -> None:
    """Raises ReviewFault with every reason why it cannot be an example."""
    wrong = list(problems(pair, label, rules))
    if one.changed:
        wrong.append("what the answer rests on says something else by now, so it can be no example: discard it")
    if not readers:
        wrong.append("nobody may read all that it rests on: say who may be shown it (--readers)")
    if wrong:
        raise ReviewFault("\n".join([f"{one.id}: {each}." for each in wrong] + ["Nothing was approved."]))


async def discard(app: App, reviewer: Reviewer, id: str) -> None:
    """It is no example, and nobody is asked again. Raises ReviewFault."""
    candidate = (await _found(app, reviewer, id)).candidate
    reviews = Reviews(app.database, app.seal)
    async with app.database.transaction() as connection:
        if not await reviews.locked(connection, candidate):
            raise gone(id)
        await reviews.discard(connection, candidate, app.seal.pseudonym(reviewer.name))
        body = {"answer": str(candidate.answer)}
        await app.audit.note(connection, "review.discarded", body, actor=reviewer.name)


async def _found(app: App, reviewer: Reviewer, id: str) -> Waiting:
    for one in (await queue(app, reviewer)).waiting:
        if one.id == id:
            return one
    raise gone(id)


def gone(id: str) -> ReviewFault:
    return ReviewFault(f"There is nothing to review under '{id}': `naru review list` shows what there is.")
