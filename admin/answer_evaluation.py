"""A company's own cases, answered in several ways by the way that every question takes, and counted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import uuid4

from admin.answer_cases import Case
from admin.answer_scores import Given, Scored, figures, scored, sentences
from admin.answer_variants import Heeded, Price, Variant, deps_of, prices_of
from admin.app import App
from admin.doors import judge_door
from admin.evaluate import EvaluationFault
from admin.paired import Paired, paired
from bot.answer import Deps, answer
from bot.domain import SHORES, Answer, Question, Route
from bot.models.faults import ModelFault
from bot.models.judge import Judge
from bot.policy.parts import FROM_DOCUMENTS
from bot.policy.permit import PermitFault
from bot.words import spoken

_log = logging.getLogger(__name__)

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The answers of one variant, case by case. paired: against the first variant; None: it is that."""

    variant: Variant
    results: tuple[Scored, ...]
    paired: Paired | None = None

    def data(self) -> dict[str, Any]:
        """As --json prints it."""
        difference = None
        if (said := self.paired) is not None:
            difference = {
                "mean": round(said.mean, 4),
                "interval": [round(said.low, 4), round(said.high, 4)],
                "sign_test": round(said.p, 5),
                "wins": said.wins,
                "losses": said.losses,
                "ties": said.ties,
                "verdict": said.verdict,
            }
        return {"variant": self.variant.said, **figures(self.results), "difference": difference}


async def evaluated(
    app: App,
    chosen: Sequence[Variant],
    cases: Sequence[Case],
    person: str | None,
    room: str | None,
    *,
    judge: bool = False,
    told: Told = lambda done, total: None,
) -> list[Evaluated]:
    """Each case to each variant, in turns first, so that none always finds the caches warm. Raises EvaluationFault."""
    found: list[list[Scored]] = [[] for _ in chosen]
    async with AsyncExitStack() as stack:
        ways = [deps_of(app, one, stack) for one in chosen]
        judging = _judge(app, stack) if judge else None
        prices = prices_of(app.settings.models)
        for number, case in enumerate(cases):
            turn = number % len(ways)
            for place in (*range(turn, len(ways)), *range(turn)):
                question = app.question(case.question, person=person, room=room, thread=uuid4().hex)
                deps, heeded = ways[place]
                found[place].append(await _scored(case, question, deps, heeded, judging, prices))
            told(number + 1, len(cases))
    first = found[0]
    return [
        Evaluated(one, tuple(results), None if results is first else _against(first, results))
        for one, results in zip(chosen, found, strict=True)
    ]


def _against(first: Sequence[Scored], other: Sequence[Scored]) -> Paired:
    return paired([b.score - a.score for a, b in zip(first, other, strict=True)])


async def _scored(
    case: Case,
    question: Question,
    deps: Deps,
    heeded: Heeded,
    judge: Judge | None,
    prices: Mapping[Route, Price],
) -> Scored:
    heeded.decision, heeded.parts, heeded.draft = None, (), None
    began = perf_counter()
    answered = await answer(question, deps)
    seconds = perf_counter() - began
    given = _given(question, answered, heeded, seconds, prices.get(answered.route), deps.shores.endpoints)
    judged = await _judged(given, heeded, judge) if judge and given.known and given.written else None
    return scored(case, given, judged)


def _given(
    question: Question,
    answered: Answer,
    heeded: Heeded,
    seconds: float,
    price: Price | None,
    connected: Collection[Route],
) -> Given:
    draft = heeded.draft
    silent = [why for route, why in draft.tried if route in connected] if draft and draft.route not in SHORES else []
    text = draft.text if draft is not None and draft.route is answered.route else ""
    written = answered.route in SHORES
    # Where nothing is cited, all that was read stands below the answer.
    cites = not written or any(one.cited for one in sentences(text))
    passages: dict[int, list[str]] = {}
    for part in heeded.parts:
        if part.role in FROM_DOCUMENTS:
            passages.setdefault(part.number, []).append(part.text)
    return Given(
        # What only says that there is nothing to quote is no quotation.
        known=answered.known and answered.route is not Route.REFUSE and (written or bool(passages)),
        route=answered.route,
        seconds=seconds,
        text=text,
        written=written,
        passages={number: "\n".join(texts) for number, texts in passages.items()},
        uris=frozenset(citation.uri for citation in answered.citations if cites),
        another_language=written and spoken(text) != spoken(question.text),
        usage=answered.usage,
        cost=price.of(answered.usage) if price else None,
        fault=silent[-1] if silent else None,
    )


async def _judged(given: Given, heeded: Heeded, judge: Judge) -> int | None:
    """How many of the sentences the passages support that each cites; None where the judge does not say."""
    if heeded.decision is None:
        return None
    supported = 0
    try:
        for one in sentences(given.text):
            cited = tuple(part for part in heeded.parts if part.number in one.cited and part.role in FROM_DOCUMENTS)
            supported += await judge(one.text, cited, heeded.decision.label)
    except (ModelFault, PermitFault) as fault:
        _log.warning("an answer is not judged: %s", fault)
        return None
    return supported


def _judge(app: App, stack: AsyncExitStack) -> Judge:
    shore = app.settings.models.on_prem
    if Route.ON_PREM not in app.deps.shores.endpoints:
        raise EvaluationFault("--judge asks the on-prem model; [models.on_prem] connects one.")
    door = judge_door(shore)
    stack.push_async_callback(door.aclose)
    return Judge(door, shore.total_timeout_s, app.rules)
