"""What was planted, what of it must be gone by now, and whether it is: the oracle of `rights.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from benchmarks.rights_world import PEOPLE, ROOMS, SOURCES, USERS, WORD, Process, World
from bot.domain import Room
from bot.forget.registry import EXEMPT
from bot.policy.decide import Decision, decide
from bot.policy.optout import KIND, scopes_of
from bot.policy.parts import Prompt, passage_parts, question_part
from bot.seal import Seal
from bot.subjects import Scope, Subject
from retrieval.tokenizer import BIGRAMS
from tests.builders import ask, document, passage

SUBJECTS = (
    *(Subject("user", id) for id in USERS),
    *(Subject("room", id) for id in ROOMS),
    *(Subject("source", source.name) for source in SOURCES),
    *PEOPLE,
)
_SEALED = {
    "question.text": "question:{id}",
    "answer.text": "answer:{id}",
    "feedback.reason": "feedback:{answer}:{person}",
    "feedback.better": "better:{answer}:{person}",
    "placeholder.value": "placeholder:{thread}:{name}",
    "egress_sample.payload": "egress_sample:{id}",
}
"""Column: where its text is sealed for."""
_HEX = "\\x"
_OF_DOCUMENTS = frozenset({"passage", "document", "pushed"})
_TABLES = text(
    "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(procrastinate|alembic)'"
)
_TERMS = text(
    "select (select count(*) from passage where terms && cast(:terms as int[]))"
    " + (select count(*) from term where id = any(cast(:terms as int[])) and df > 0)"
)
_MARKED = text("select channel, ts, why is not null as marked from posted")


@dataclass
class Watch:
    """owners: by planted word, of whom its text is. gone: words that may lie nowhere any more. of_sources: by source,
    the words that its documents ever held. to_go: what may stand in Slack only until it is withdrawn. unknown: what
    Slack shows and the database forgot when it was lost: nobody could withdraw that. heard: how many of the cloud's
    prompts were looked at."""

    world: World
    owners: dict[str, frozenset[Subject]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    of_sources: dict[str, set[str]] = field(default_factory=lambda: {one.name: set() for one in SOURCES})
    erased: set[str] = field(default_factory=set)
    in_force: set[tuple[Subject, Scope]] = field(default_factory=set)
    to_go: dict[tuple[str, str], UUID] = field(default_factory=dict)
    unread: set[UUID] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    heard: int = 0
    returned: set[Subject] = field(default_factory=set)
    _everything: str = ""

    def bound(self, scope: Scope) -> set[Subject]:
        return {subject for subject, of in self.in_force if scope in scopes_of(of)}

    @property
    def erasing(self) -> set[Subject]:
        return {subject for subject, scope in self.in_force if scope is Scope.ALL}

    def planted(self, word: str, owners: Iterable[Subject], unkept_of: Iterable[Subject] | None = None) -> None:
        """A text with this word was written. unkept_of: whose opt-out keeps it from the record; None: that of any."""
        self.owners[word] = frozenset(owners)
        writers = self.owners[word] if unkept_of is None else set(unkept_of)
        # Of a person only the name is hidden, and the rest of the text may be kept.
        if any(one in self.bound(Scope.RECORD) for one in writers if one.kind != "person"):
            self.gone.add(word)

    def out(self, subject: Subject, scope: Scope) -> None:
        again = (subject, scope) in self.in_force
        self.in_force.add((subject, scope))
        if scope is not Scope.ALL or again:  # said twice it is one: what was answered since is not kept, and stands
            return
        words = {word for word, owners in self.owners.items() if subject in owners}
        if subject.kind != "person":  # whose name alone must be gone from others' texts
            self.gone |= words
        words = self._with_aliases(words) if subject.kind != "person" else set()
        words |= self._names(subject)
        for place, (question, said) in self.world.slack.shown.items():
            readable = subject.kind != "person" or question not in self.unread
            if readable and any(word in said for word in words):
                self.to_go[place] = question

    def erase(self, text: str) -> None:
        """A document with this text is gone from its source."""
        self.erased |= set(WORD.findall(text))

    async def restored(self, *, lost: bool) -> None:
        """lost: with the database, and so where the answers stand that were posted since the backup."""
        async with self.world.processes[0].database.transaction() as connection:
            known = {(row.channel, row.ts) for row in await connection.execute(_MARKED)}
        if lost:
            shown = self.world.slack.shown
            self.world.slack.shown = {at: said for at, said in shown.items() if at in known}

    def back(self, subject: Subject, scope: Scope | None) -> None:
        self.returned.add(subject)
        self.in_force = {one for one in self.in_force if one[0] != subject or scope not in (None, one[1])}

    async def violations(self) -> list[str]:
        """What is wrong at this moment; nothing of it names more than words that were planted."""
        found = [*self._left(), *[one async for one in self._kept()], *[one async for one in self._shown()]]
        for number, process in enumerate(self.world.processes):
            await process.deps.look()
            found += [f"process {number}: {one}" for one in self._decided(process)]
        return found

    def _left(self) -> Iterator[str]:
        """What the cloud was sent since the last look."""
        prompts, self.heard = self.world.cloud.heard[self.heard :], len(self.world.cloud.heard)
        for subject in self.bound(Scope.CLOUD):
            words = self._names(subject) | {word for word, owners in self.owners.items() if subject in owners}
            words = self._with_aliases(words)
            if subject.kind == "person":
                words = self._names(subject)
            for prompt in prompts:
                yield from (f"{word} of {subject} went to the cloud" for word in words if word in prompt)

    async def _kept(self) -> Any:
        database = self.world.processes[0].database
        async with database.transaction() as connection:
            if not self._everything:
                self._everything = _everything(list(await connection.scalars(_TABLES)))
            for table, row in await connection.execute(text(self._everything)):
                forbidden = self._forbidden(table)
                for place, said in _texts(table, row, self.world.seal) if forbidden else ():
                    for word in forbidden:
                        if word in said:
                            yield f"{word} is in {place}"
            for person in PEOPLE:
                if person in self.erasing:
                    terms = BIGRAMS.documents([(person.id,)]).ids.tolist()
                    if await connection.scalar(_TERMS, {"terms": terms}):
                        yield f"{person} is in the full-text index"
        for file in (self.world.home / "spool").glob("*"):
            yield f"{file.name} is in the spool"

    def _with_aliases(self, words: set[str]) -> set[str]:
        return words | {self.aliases[word] for word in words if word in self.aliases}

    def _forbidden(self, table: str) -> set[str]:
        names = set[str]().union(*(self._names(one) for one in self.erasing if one.kind == "person"))
        if table in _OF_DOCUMENTS:
            return names | self.erased
        sources = (self.of_sources[one.id] for one in self.erasing if one.kind == "source")
        return names.union(self._with_aliases(self.gone), *sources)

    async def _shown(self) -> Any:
        async with self.world.processes[0].database.transaction() as connection:
            marked = {(row.channel, row.ts): row.marked for row in await connection.execute(_MARKED)}
        for place in self.to_go:
            if place in self.world.slack.shown and not marked.get(place, False):
                yield f"the message {place[0]}/{place[1]} stands in Slack"

    def _decided(self, process: Process) -> Iterator[str]:
        for subject in {one for one, _ in self.in_force} | self.returned:
            sinks = {scope for one, of in self.in_force if one == subject for scope in scopes_of(of)}
            decision = _decision(process, subject)
            taking = {verdict.sink for verdict in decision.verdicts if verdict.allowed}
            yield from (f"{scope} takes what is of {subject}" for scope in sinks if scope.value in taking)
            others = {one for one, _ in self.in_force if one.kind in ("user", "room", "source")}
            if not sinks and not (others & _beside(subject)) and KIND in decision.label.kinds:
                yield f"{subject} came back, and is still refused"

    def _names(self, subject: Subject) -> set[str]:
        if subject.kind == "source":
            return self.of_sources[subject.id]
        return {subject.id, *subject.also} if subject.kind == "person" else set()


def _everything(tables: Sequence[str]) -> str:
    """One statement that gives all rows: each table's name, and the row as an object, with bytes in hexadecimal."""
    return " union all ".join(f"select '{table}', to_jsonb(t) from \"{table}\" as t" for table in sorted(tables))


def _texts(table: str, row: Mapping[str, Any], seal: Seal) -> Iterator[tuple[str, str]]:
    for column, value in row.items():
        place = f"{table}.{column}"
        if value is None or place in EXEMPT:
            continue
        if place in _SEALED:
            opened = seal.open(bytes.fromhex(value[2:]), _SEALED[place].format(**row))
            assert opened is not None, f"{place} does not open"
            yield place, opened
        elif isinstance(value, str) and value.startswith(_HEX):
            yield place, bytes.fromhex(value[2:]).decode("utf-8", "replace")
        elif isinstance(value, str | list | dict):
            yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _beside(subject: Subject) -> set[Subject]:
    """Whose opt-outs reach the probe of this one too."""
    return {Subject("user", "UONE")} if subject.kind == "room" else set()


def _decision(process: Process, subject: Subject) -> Decision:
    """What would be decided now of something of theirs, and of nobody's else."""
    rules = process.deps.rules()
    room = ROOMS[subject.id] if subject.kind == "room" else Room("D-NOBODY", "DM", "dm")
    asker = {"user": subject.id, "room": "UONE"}.get(subject.kind, "UNOBODY")
    said = "연차는 며칠인가요?"
    if subject.kind == "person":
        said = f"{subject.id} ({subject.also[0]}) {said}"
    parts: Prompt = (question_part(ask(said, room=room, asker=asker), rules),)
    if subject.kind == "source":
        parts = (*passage_parts(1, passage(of=document(source=subject.id)), rules), *parts)
    return decide(parts, room, rules, uuid4())
