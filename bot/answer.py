"""THE STORY: one question to one answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Protocol
from uuid import uuid4

from bot.ahead import ShowAhead, shown_ahead
from bot.basis import Basis, basis
from bot.check import Shown, check, check_so_far
from bot.domain import SHORES, Answer, Attached, Draft, Question, Route, Turn
from bot.drafts import Drafts, Show
from bot.examples import Examples, beneath, fitting, founded, no_examples
from bot.models.door import Heard
from bot.models.endpoint import nothing_to_look_at
from bot.models.line import Asking, Line, Told, nobody_is_told
from bot.models.shores import Shores
from bot.outage import Outages
from bot.people import People
from bot.policy.decide import Decision, decide
from bot.policy.mask import FullFault, hidden_again
from bot.policy.parts import (
    Masking,
    Prompt,
    attached_parts,
    example_parts,
    joined,
    masked_parts,
    passage_parts,
    question_part,
    said_parts,
    thread_parts,
)
from bot.policy.permit import ChangedFault
from bot.policy.rules import Rules, allowed
from bot.records import TURNS, Records
from bot.rewrite import rewrite
from bot.words import say, spoken
from bot.worth_reading import Budget, Choice, choices, likeliest
from retrieval.database import DatabaseFault
from retrieval.errors import Fault
from retrieval.label import NOTHING_SENSITIVE, Label
from retrieval.passage import NOBODY, Document, Passage, Readers

_log = logging.getLogger(__name__)

ASKABLE = 0.005
"""Probability that a passage answers from which a model may look: it can still say that none does. Of 260 questions of
the even halves and tuning.jsonl .008 are below it, and of 167 that nothing answers .036; from .01 .06 of those."""
QUOTABLE = 0.5
"""From which passages are quoted: a quotation cannot doubt itself. Likelier than not is where false answers and false
refusals are as many (`python -m benchmarks questions`)."""
CLOSE = 0.05
"""From which a document that does not answer is worth naming: of 71 that are refused, though a document answers, 48 are
told of it; with .1 41."""
_CLOSEST = 2
READING = 8
"""Questions of a process whose documents are looked up at the same time; it has ten connections to the database."""
_DECISIONS = 4
"""How often one question is decided anew because the policy changed meanwhile."""


class UnsettledFault(Fault):
    """The policy changed again and again while a question was being answered."""

    again = True


class Opinion(Protocol):
    """What a model in the building finds that the detectors did not: it can only add reasons."""

    async def __call__(self, parts: Prompt, rules: Rules) -> Label: ...


async def no_opinion(parts: Prompt, rules: Rules) -> Label:
    """Where no model is connected that would give one."""
    return NOTHING_SENSITIVE


class Search(Protocol):
    """retrieval/search.py: the only way to get a Passage."""

    async def __call__(self, query: str, readers: Readers, limit: int, label: Label) -> tuple[Passage, ...]: ...

    async def present(self, documents: tuple[int, ...], readers: Readers) -> Mapping[int, Document]: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What the story needs, wired by the composition root.

    rules: the policy as it is now; look: has it know who has opted out by now. budget: how much a prompt may carry.
    operator: the pseudonym of whoever asks in others' names, if somebody does. opinion: asked where the cloud would be.
    reading: who is next at the documents: more at once would only wait for the database's connections, and in vain.
    examples: approved answers to much the same question, of those that these readers may read.
    outages: which rooms know that a model is away.
    basis: (what is asked, whether something was said before in its thread) -> on what the answer is to rest.
    """

    rules: Callable[[], Rules]
    people: People
    search: Search
    records: Records
    shores: Shores
    budget: Budget
    operator: str | None = None
    opinion: Opinion = no_opinion
    look: Callable[[], Awaitable[None]] = nothing_to_look_at
    reading: Line = field(default_factory=lambda: Line(READING))
    examples: Examples = no_examples
    basis: Callable[[str, bool], Basis] = basis
    outages: Outages = field(default_factory=Outages)


@dataclass(frozen=True, slots=True)
class Considered:
    """Everything that is known of a question when its Decision has been made. choices: what was found, and what of it
    may answer. masking: of the Parts, where the cloud is allowed over placeholders only."""

    query: str
    choices: tuple[Choice, ...]
    shown: Shown
    parts: Prompt
    decision: Decision
    masking: Masking | None = None

    @property
    def found(self) -> tuple[Passage, ...]:
        return tuple(choice.passage for choice in self.choices)


async def answer(
    question: Question, deps: Deps, show: Show | None = None, show_ahead: ShowAhead | None = None
) -> Answer:
    """The whole path. Raises a Fault where no answer can be given; the caller shows its sentence. show: given where
    whole sentences are to be seen while the model writes. show_ahead: where it is to be seen how many are before it."""
    for _ in range(_DECISIONS):
        try:
            return await _answered(question, deps, show, show_ahead)
        except ChangedFault:
            continue
    raise UnsettledFault("The policy changes again and again: ask once more when it has settled.")


async def _answered(question: Question, deps: Deps, show: Show | None, show_ahead: ShowAhead | None) -> Answer:
    """Raises ChangedFault where the policy that decided is in force no longer, or somebody has opted out meanwhile."""
    async with deps.reading.turn(Asking(question.since.timestamp())):
        await deps.look()
        rules = deps.rules()
        considered = await consider(question, rules, deps)
        decision = await deps.records.decided(considered.decision, question, deps.operator, considered.masking)
    async with _ahead(show_ahead) as told:
        draft = await _drafted(question, considered, decision, rules, deps, show, told)
    shown = considered.shown
    readers = await deps.people.readers(question.asker, question.room, fresh=True, enough=shown.readable_by)
    present = await deps.search.present(shown.documents, readers)
    checked = check(question, draft, decision, shown, present, rules)
    if draft.hidden and checked.route is draft.route:
        checked = replace(checked, kept=hidden_again(checked.text, draft.hidden))
    # Without the cloud it was not recorded, and nobody could tell what placeholders stand for.
    masking = considered.masking if Route.CLOUD in decision.routes else None
    await deps.records.store(checked, question, decision, deps.operator, masking)
    return checked


async def consider(question: Question, rules: Rules, deps: Deps) -> Considered:
    """The first four steps: rewrite, search, label, decide. Nothing leaves the building and nothing is written."""
    thread = await deps.records.thread(question)
    readers = await deps.people.readers(question.asker, question.room)
    query = rewrite(question, thread)
    earlier = tuple(document for turn in thread for document in turn.documents)
    known = await deps.search.present(earlier, readers)
    own = await deps.people.alone(question.asker) if rules.roles else NOBODY
    known_of = replace(question, carried=question.carried | rules.asker_label(own))
    before = await deps.records.typed_before(question) if len(thread) == TURNS else ()
    before_it = (*thread_parts(thread, known, question.room, rules), *said_parts(question.said, question.room, rules))
    asked = (*before_it, question_part(known_of, rules, before))
    rests_on = deps.basis(question.text, bool(thread or question.said))
    rests_on = Basis.DOCUMENTS if question.attached else rests_on
    found: tuple[Passage, ...] = ()
    if rests_on is Basis.DOCUMENTS:
        # The query is made of all of these, and an embedding model may see it.
        found = await deps.search(query, readers, deps.budget.passages, joined(asked, rules))
    found = tuple(passage for passage in found if not rules.unsaid(passage.document))
    chosen = choices(found, least_of(question), deps.budget)
    reading = tuple(choice.passage for choice in chosen if choice.why == "in the prompt")
    shown = Shown.in_room(reading, question.room, rules, question.attached)
    if rests_on is not Basis.DOCUMENTS:
        shown = replace(shown, basis=rests_on, earlier=_rested_on(thread, known))
    usable = _numbered(shown.passages, 1, rules)
    withheld = _numbered(shown.title_only, len(shown.sources) + 1, rules)
    attached = attached_parts(question.attached, len(shown.passages) + 1, question.room, rules)
    # Where nothing may be shown, the Decision is made over what there is, and so it refuses and says why.
    parts = (*before_it, *(usable if shown.sources else withheld), *attached, asked[-1])
    if shown.sources or rests_on is Basis.EXAMPLES:
        # Behind the rest, so that none is asked for where nothing is known, and none keeps a question from its way.
        near = await deps.examples(query, readers)
        present = await deps.search.present(rests, readers) if (rests := beneath(near)) else {}
        near = fitting(founded(near, present, rules), joined(parts, rules), rules)
        shown = shown.with_examples(near, question.room, rules, [present[id] for id in beneath(near)])
        parts = (*(part for example in shown.examples for part in example_parts(example, rules)), *parts)
    decision = decide(parts, question.room, rules, uuid4(), withheld)
    masking = await _masking(question, parts, decision, rules, deps)
    if masking is not None:
        decision = decide(parts, question.room, rules, decision.id, withheld, masking=masking)
    if not shown.nothing and Route.CLOUD in decision.routes:
        opinion = await deps.opinion(parts, rules)
        decision = decide(parts, question.room, rules, decision.id, withheld, opinion, masking)
    return Considered(query, chosen, shown, parts, decision, masking if decision.verdict("cloud").masked else None)


async def _masking(question: Question, parts: Prompt, decision: Decision, rules: Rules, deps: Deps) -> Masking | None:
    """The Parts with placeholders; None where they would change nothing, or where nobody could tell what those stand
    for, and so the cloud is out."""
    if decision.routes[0] is Route.REFUSE or Route.CLOUD in decision.routes:
        return None
    if not allowed(rules.at_best(decision.label), rules.sinks["cloud"]):
        return None
    try:
        return masked_parts(parts, rules, await deps.records.placeholders(question.thread))
    except (FullFault, DatabaseFault) as fault:
        _log.warning("nothing is masked for the decision %s, so the cloud is out: %s", decision.id, fault)
        return None


async def _drafted(
    question: Question,
    considered: Considered,
    decision: Decision,
    rules: Rules,
    deps: Deps,
    show: Show | None,
    told: Told,
) -> Draft:
    """What a route made of it. Raises ChangedFault."""
    shown = considered.shown
    if shown.nothing:
        return _unknown(question, considered.found)
    asked = question, decision, considered.parts, deps.rules
    async with _drafts(question, shown, rules, deps, show) as heard:
        draft = await deps.shores.complete(*asked, heard, considered.masking, told)
    await deps.look()
    if deps.rules().hash != rules.hash:
        raise ChangedFault(f"The policy has changed since the decision {decision.id}.")
    if draft.route in SHORES:
        deps.outages.over(question.room.id)
    elif draft.away and not deps.outages.is_news(question.room.id, draft.away, question.id):
        draft = replace(draft, note="")
    unsure = draft.route is Route.QUOTE and shown.basis is Basis.DOCUMENTS and not _quotable(considered)
    return _unknown(question, considered.found) if unsure else draft


def _ahead(show: ShowAhead | None) -> AbstractAsyncContextManager[Told]:
    return nullcontext(nobody_is_told) if show is None else shown_ahead(show)


def _drafts(
    question: Question, shown: Shown, rules: Rules, deps: Deps, show: Show | None
) -> AbstractAsyncContextManager[Heard | None]:
    """Yields who is to be told what the model has written so far. Sentences are looked at as the answer will be."""
    if show is None:
        return nullcontext()

    async def look(within_s: float) -> Mapping[int, Document]:
        readers = await deps.people.recent(question.asker, question.room, within_s, shown.readable_by)
        return await deps.search.present(shown.documents, readers)

    return Drafts(
        look=look,
        checked=lambda text, present: check_so_far(text, question, shown, present, rules),
        show=show,
    ).shown()


def _quotable(considered: Considered) -> bool:
    """Whether a quotation may be the answer: of passages that are surely about the question, or of a file that came
    with it."""
    return likeliest(considered.found) >= QUOTABLE or _brings_text(considered.shown.attached)


def _brings_text(files: tuple[Attached, ...]) -> bool:
    return any(file.pieces for file in files)


def least_of(question: Question) -> float:
    """How likely something found must be to be read. Beside a file that came with the question only what is surely
    about it may stand: it may be quoted with the file."""
    return QUOTABLE if _brings_text(question.attached) else ASKABLE


def _rested_on(thread: Sequence[Turn], known: Mapping[int, Document]) -> tuple[Document, ...]:
    """The documents of the earlier answers whose text a model is given."""
    there = {id for turn in thread if turn.answer and known.keys() >= set(turn.documents) for id in turn.documents}
    return tuple(known[id] for id in sorted(there))


def _numbered(passages: tuple[Passage, ...], first: int, rules: Rules) -> Prompt:
    return tuple(part for n, p in enumerate(passages, first) for part in passage_parts(n, p, rules))


def _unknown(question: Question, found: tuple[Passage, ...]) -> Draft:
    """That it is not known, whom to ask, and the documents that come closest: they are for these readers anyway."""
    tongue = spoken(question.text)
    owner = next((p.document.owner for p in found if p.document.owner), None)
    text = say(tongue, "unknown") + (say(tongue, "ask", owner=owner) if owner else "")
    closest = {p.document.id: p.document.title for p in found if p.confidence >= CLOSE}
    if closest:
        titles = list(closest.values())[:_CLOSEST]
        text = "\n".join([text, "", say(tongue, "closest"), "", *(f"- {title}" for title in titles)])
    return Draft(Route.QUOTE, text, known=False)
