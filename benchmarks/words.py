"""What the glossary finds, which version comes first, and how often passages are said to differ that do not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from admin.app import App
from benchmarks import Machine, Row, Tell
from benchmarks.sample import Asked, company, empty_home, environment, questions
from bot.answer import answer, consider
from bot.differences import differences
from bot.domain import Question
from bot.settings import PROJECT
from retrieval.search import Search

GLOSSARY_QUESTIONS = PROJECT / "samples" / "glossary_questions.jsonl"
PASSAGES = 10
TRUE = {
    "올해 야근 식대 한도 얼마예요": "연장근로 식대",
    "작년 12월에 야근하고 먹은 저녁은 얼마까지 청구돼요?": "연장근로 식대",
    "밤 늦게 택시 타고 집에 가면 회사에서 내주나요? 몇 시부터예요?": "야간 택시비",
}
"""The sample questions on whose subject two documents of the handbook really differ: the expense rules of two years."""


@dataclass(frozen=True, slots=True)
class _Recall:
    """Ranks of the first right passage among ten, from 1; None: not among them."""

    ranks: Sequence[int | None]

    def at(self, rank: int) -> float:
        return sum(found is not None and found <= rank for found in self.ranks) / len(self.ranks)


async def measure(tell: Tell) -> list[Row]:
    machine = Machine.now()
    slang = [json.loads(line) for line in GLOSSARY_QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    with empty_home() as home:
        async with company(environment(home)) as app:
            without = await _recall(app, Search(app.database), slang, tell)
            widened = await _recall(app, app.search, slang, tell)
            wrong, missed = await _differences(app, [asked for asked in questions() if asked.relevant], tell)
            unknown = [asked for asked in questions() if not asked.relevant]
            kept = sum([not (await answer(_question(app, asked), app.deps)).known for asked in unknown])
            conditions = await machine.conditions(app.database, f"{len(slang)} questions, no models")
    return [
        Row.reported("recall@1 without glossary", without.at(1), conditions),
        Row.reported("recall@10 without glossary", without.at(PASSAGES), conditions),
        Row.reported("recall@1 with glossary", widened.at(1), conditions),
        Row.at_least("recall@10 with glossary", widened.at(PASSAGES), 0.85, conditions),
        Row.reported("'I don't know' kept with glossary, of 20", kept, conditions),
        Row.at_most("false differences, of 60 questions", wrong, 0, conditions),
        Row.reported("true differences missed, of 3", missed, conditions),
    ]


async def _recall(app: App, search: Search, asked: Sequence[dict[str, object]], tell: Tell) -> _Recall:
    person = app.settings.console.person or ""
    readers = await app.deps.people.readers(person, app.people.directory().room(None, person))
    ranks: list[int | None] = []
    for row in asked:
        found = [passage.document.uri for passage in await search(str(row["question"]), readers, PASSAGES)]
        relevant = row["relevant"]
        assert isinstance(relevant, list)
        ranks.append(next((rank for rank, uri in enumerate(found, 1) if uri in relevant), None))
        if ranks[-1] != 1:
            tell(f"{row['question']!r} has its first right passage at rank {ranks[-1] or 'nowhere'}")
    return _Recall(ranks)


async def _differences(app: App, asked: Sequence[Asked], tell: Tell) -> tuple[int, int]:
    """(said where there is none, not said where there is one), as if an answer had cited every passage."""
    wrong, found = 0, set[str]()
    for one in asked:
        shown = (await consider(_question(app, one), app.rules(), app.deps)).shown.passages
        for difference in differences(shown, one.text, range(1, len(shown) + 1)):
            true = TRUE.get(one.text) == difference.subject
            found |= {one.text} if true else set()
            wrong += not true
            tell(f"{one.text!r}: {'true' if true else 'FALSE'} difference: {difference}")
    return wrong, len(TRUE.keys() - found)


def _question(app: App, asked: Asked) -> Question:
    return app.question(asked.text, person=asked.person, room=None, thread=uuid4().hex)
