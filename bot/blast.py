"""What an opt-out hits: counted, and nothing of it shown. Readers do not stand in these queries."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.policy import conversation, learnt
from bot.policy.optout import OptedOut, OptOuts
from bot.receipts import Counts, Mentioned
from bot.seal import Seal
from bot.slack import history_kind
from bot.subjects import Scope, Subject
from retrieval import labelled, pushed
from retrieval.database import Database
from retrieval.passage import APPROVED

_SOME = 500
_COMMON = 20
"""So many documents and questions with one name are more than one person's, often."""


@dataclass(frozen=True, slots=True)
class Hit:
    """questions, answers: that are kept. sources: documents, by source; passages: the same; of what somebody said in
    Slack, by its kind; of what was learnt from them, by the examples' source. documents: that name a person; of the
    others none do."""

    questions: int = 0
    answers: int = 0
    sources: Mapping[str, int] = field(default_factory=dict)
    passages: Mapping[str, int] = field(default_factory=dict)
    documents: tuple[Mentioned, ...] = ()

    @property
    def total(self) -> int:
        """Questions, answers and documents."""
        return self.questions + self.answers + sum(self.sources.values())

    @property
    def common(self) -> bool:
        """Whether it hits so much that the name may be several people's."""
        return self.total > _COMMON

    @property
    def code(self) -> str:
        """What confirms exactly this: of another hit it is another."""
        said = [self.questions, self.answers, sorted(self.sources.items()), sorted(self.passages.items())]
        return sha256(repr(said).encode()).hexdigest()[:8]

    @property
    def counts(self) -> Counts:
        """As a receipt has them."""
        found = {
            "question": self.questions,
            "answer": self.answers,
            "document": sum(self.sources.values()),
            "passage": sum(self.passages.values()),
        }
        return {table: {"found": number} for table, number in found.items() if number}


class Blast:
    """Called with a subject, it looks at everything that is kept."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def __call__(self, subject: Subject) -> Hit:
        if subject.kind == "person":
            return await self._person(subject)
        async with self._database.transaction() as connection:
            if subject.kind == "source":
                return await self._source(connection, subject.id)
            key = self._seal.pseudonym(subject.id)
            values = {"asker": key if subject.kind == "user" else None, "rooms": [subject.id, key]}
            if subject.kind == "user":
                values["rooms"] = []
            questions, answers = (await connection.execute(_OWN, values)).one()
            said = await labelled.carrying(connection, conversation.labels_of(subject, key), history_kind.NAME)
            examples = await labelled.carrying(connection, learnt.labels_of(subject, key), pushed.KIND)
        found = {history_kind.NAME: len(said), APPROVED: len(examples)}
        return Hit(questions, answers, {name: documents for name, documents in found.items() if documents})

    async def _source(self, connection: AsyncConnection, name: str) -> Hit:
        answers, documents, passages = (await connection.execute(_SOURCE, {"name": name})).one()
        return Hit(0, answers, {name: documents} if documents else {}, {name: passages} if passages else {})

    async def _person(self, subject: Subject) -> Hit:
        # By a second identifier where there is one, and by the name: what may be theirs is what has to be looked at.
        theirs = OptOuts(0, [OptedOut(subject, Scope.ALL, confirmed=True)])

        def names(text: str) -> bool:
            return bool(theirs.in_text(text).reasons)

        questions = await self._kept("question", names)
        answers = await self._kept("answer", names)
        sources: Counter[str] = Counter()
        passages: Counter[str] = Counter()
        documents: dict[int, Mentioned] = {}
        async for id, mentioned, texts in self._documents():
            if hits := sum(map(names, texts)):
                documents[id] = mentioned
                passages[mentioned.source] += hits
            elif names(mentioned.title):
                documents[id] = mentioned
        sources.update(one.source for one in documents.values())
        return Hit(questions, answers, dict(sources), dict(passages), tuple(documents.values()))

    async def _kept(self, table: str, names: Callable[[str], bool]) -> int:
        """How many of the kept texts of a table name them."""
        after, hits = UUID(int=0), 0
        while True:
            async with self._database.transaction() as connection:
                rows = (await connection.execute(_TEXTS[table], {"after": after, "some": _SOME})).all()
            if not rows:
                return hits
            for row in rows:
                said = self._seal.open(row.text, f"{table}:{row.id}")
                hits += said is not None and names(said)
                await asyncio.sleep(0)  # whoever is being answered in this process goes first
            after = rows[-1].id

    async def _documents(self) -> AsyncIterator[tuple[int, Mentioned, list[str]]]:
        after = 0
        while True:
            async with self._database.transaction() as connection:
                rows = (await connection.execute(_DOCUMENTS, {"after": after, "some": _SOME // 10})).all()
            if not rows:
                return
            for row in rows:
                yield row.id, Mentioned(row.source, row.uri, row.title, row.owner), row.texts
                await asyncio.sleep(0)
            after = rows[-1].id


_OWN = text("""
select count(*), count(answer.id)
from question left join answer on answer.question = question.id
where question.asker = :asker or question.room = any(cast(:rooms as text[]))
""")
_SOURCE = text("""
with mine as (
  select document.id from document join source on source.id = document.source_id where source.name = :name
)
select (select count(*) from answer where documents && array(select id from mine)),
       (select count(*) from mine),
       (select count(*) from passage where document_id in (select id from mine))
""")
_TEXTS = {
    table: text(f"select id, text from {table} where text is not null and id > :after order by id limit :some")
    for table in ("question", "answer")
}
_DOCUMENTS = text("""
select document.id, source.name as source, document.uri, document.title,
       coalesce(document.owner, source.owner) as owner,
       array(select heading || E'\\n' || passage.text from passage where document_id = document.id) as texts
from document join source on source.id = document.source_id
where document.id > :after order by document.id limit :some
""")
