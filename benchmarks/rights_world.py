"""A small company for `rights.py`: people, rooms, sources, two processes over one database, and Slack."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from admin.app import opened, spool_of
from admin.backup.make import backup
from admin.backup.restore import Wanted, restore
from admin.indexing import Indexing, Reading
from admin.ledger import LedgerFile
from admin.optouts import opting_out
from benchmarks import BenchmarkFault
from bot.answer import Deps, answer
from bot.audit import Audit
from bot.directory import Directory, Members, Person
from bot.domain import Answer, Feedback, Question, Room, Route, Usage
from bot.egress import Samples
from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.models.audited import AuditedDoor, Vendor
from bot.models.door import Completion, Door, Heard
from bot.models.endpoint import Endpoint
from bot.models.shores import Shores
from bot.opting_out import OptingOut
from bot.optouts import Register
from bot.people import Enough
from bot.policy.parts import Prompt, Role
from bot.policy.permit import Permit
from bot.policy.rules import Rules
from bot.records import Records
from bot.seal import Seal
from bot.settings import Settings
from bot.slack.blocks import Message
from bot.slack.posted import Posted, Standing
from bot.slack.sweep import Sweep
from bot.slack.withdrawing import Withdrawing
from bot.subjects import Subject
from bot.worth_reading import Budget
from retrieval.catalogue import Catalogue
from retrieval.database import Database, beside, name_of
from retrieval.errors import Fault
from retrieval.index import existing
from retrieval.label import Level
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, NOTHING_SAID, Principal, Readers, Source
from retrieval.pushed import PushStore
from retrieval.search import Search
from retrieval.sources import Listed, Loaded, Reader
from retrieval.sources.push import Pushed, PushedDocuments
from tests.builders import directory, shipped_rules

USERS = ("UONE", "UTWO", "UTHREE")
ROOMS = {"C1": Room("C1", "general", "public"), "C2": Room("C2", "team", "public")}
PEOPLE = (
    Subject("person", "제갈" + "공명", ("gongmyeong" + "@partner.example",)),
    Subject("person", "Quill " + "Vandermark", ("quill" + "@vendor.example",)),
)
SOURCES = (
    Source("wiki", "files", "/wiki", Level.INTERNAL, frozenset({EVERYONE})),
    Source("crm", "push", "", Level.INTERNAL, frozenset({Principal("group:crm")})),
)
TOPICS = ("연차는 1년에 며칠인가요?", "회의실 열쇠는 누가 관리하나요?", "주차 등록은 누가 하나요?")
WORD = re.compile(r"[qfd]anari[a-z]+")
_ECHOED = re.compile(r"[qfd]anari[a-z]+|010-\d{4}-\d{4}|⟦[A-Z_]+_\d+⟧|" + "|".join(
    re.escape(one) for person in PEOPLE for one in (person.id, *person.also)
))  # fmt: skip


class Echo:
    """A model that repeats all that it may not: whatever of the planted texts its prompt holds."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.heard: list[str] = []

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        theirs = "\n".join(part.text for part in prompt if part.role is not Role.INSTRUCTIONS)
        self.heard.append(theirs)
        said = " ".join(dict.fromkeys(_ECHOED.findall(theirs)))
        return Completion(f"연차는 15일입니다 {said} [1].", self.model, Usage())


class Sampled:
    """The cloud's door: everything that leaves is sampled first, as the guard has it."""

    def __init__(self, echo: Echo, samples: Samples) -> None:
        self.model = echo.model
        self._echo = echo
        self._samples = samples

    async def complete(self, prompt: Prompt, permit: Permit, heard: Heard | None = None) -> Completion:
        await self._samples.take(permit, "\n".join(part.text for part in prompt).encode())
        return await self._echo.complete(prompt, permit, heard)


class Present:
    """People as Slack and the directory say; who reads the source `crm` can be taken that right."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()

    @property
    def _directory(self) -> Directory:
        people = (Person(id, groups=frozenset(() if id in self.revoked else ("crm",))) for id in USERS)
        rooms = tuple(Members(room, USERS) for room in ROOMS.values())
        return directory(*people, rooms=rooms)

    async def readers(self, asker: str, room: Room, *, fresh: bool = False, enough: Enough | None = None) -> Readers:
        return self._directory.readers(asker, room)

    async def recent(self, asker: str, room: Room, within_s: float, enough: Enough) -> Readers:
        return self._directory.readers(asker, room)

    async def alone(self, asker: str) -> Readers:
        return Readers(self._directory.principals(self._directory.people.get(asker)))

    async def room(self, id: str) -> Room:
        return ROOMS.get(id) or self._directory.room(None, id.removeprefix("D-"))

    async def present(self, room: Room) -> Readers | None:
        return self._directory.readers(USERS[0] if room.kind != "dm" else room.id.removeprefix("D-"), room)


class Shelf:
    """The files of the source `wiki`."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._documents = documents

    async def list(self) -> AsyncIterator[Listed]:
        for uri in list(self._documents):
            yield Listed(uri)

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        return Loaded(self._documents[uri].encode())


@dataclass
class Slack:
    """What stands in the workspace: by channel and ts the question it answers, and the text."""

    shown: dict[tuple[str, str], tuple[UUID, str]] = field(default_factory=dict)
    posts: int = 0

    async def update(self, channel: str, ts: str, message: Message, *, draft: bool = False) -> None:
        self.shown.pop((channel, ts), None)

    async def remove(self, channel: str, ts: str) -> None:
        self.shown.pop((channel, ts), None)


@dataclass(frozen=True)
class Process:
    """One Naru with caches of its own."""

    database: Database
    deps: Deps
    opting: OptingOut
    forgetting: Forgetting
    indexing: Indexing
    posted: Posted
    withdrawing: Withdrawing
    sweep: Sweep
    catalogue: Catalogue


@dataclass
class World:
    """wiki: the files as their source has them. cloud: what it was sent, ever."""

    url: str
    home: Path
    seal: Seal
    settings: Settings
    wiki: dict[str, str]
    people: Present = field(default_factory=Present)
    slack: Slack = field(default_factory=Slack)
    cloud: Echo = field(default_factory=lambda: Echo("far"))
    on_prem: Echo = field(default_factory=lambda: Echo("near"))
    processes: list[Process] = field(default_factory=list)
    _plain: Rules = field(default_factory=shipped_rules)

    async def start(self) -> None:
        self.processes = [await self.process() for _ in range(2)]

    async def stop(self) -> None:
        for process in self.processes:
            await process.database.close()
        self.processes = []

    async def restart(self, which: int) -> None:
        await self.processes[which].database.close()
        self.processes[which] = await self.process()

    async def process(self) -> Process:
        """As a start of `naru run` does: what another left undone is finished."""
        database, seal = Database(self.url), self.seal
        register = Register(database, seal)
        await register.look()

        def rules() -> Rules:
            return replace(self._plain, opt_outs=register())

        forgetting = Forgetting(database, seal, spool_of(self.settings, seal), Holds(seal))
        audit, catalogue = Audit(seal), Catalogue(database)
        far = AuditedDoor(
            Sampled(self.cloud, Samples(database, seal, 1.0)), Vendor("far", "far", "kr"), database, audit
        )
        doors: dict[Route, Door] = {Route.CLOUD: far, Route.ON_PREM: self.on_prem}
        endpoints = {route: Endpoint(door, 1, 30, register.look) for route, door in doors.items()}
        search, posted = Search(database), Posted(database, seal)
        process = Process(
            database,
            Deps(
                rules=rules,
                people=self.people,
                search=search,
                records=Records(database, seal),
                shores=Shores(endpoints),
                budget=Budget(3, 6000),
                look=register.look,
            ),
            opting_out(database, seal, register, forgetting),
            forgetting,
            Indexing(database, catalogue, Reading(self._reader(database), in_thread, withheld=forgetting.withheld)),
            posted,
            Withdrawing(database, self.slack, audit, pace_s=0),  # type: ignore[arg-type]
            Sweep(posted, self.people, search, lambda ids: existing(database, ids), rules, remembered_s=0),
            catalogue,
        )
        await process.opting.finish_open()
        for id in await forgetting.unfinished():
            await forgetting.run(id)
        return process

    async def asks(self, which: int, question: Question) -> Answer:
        """As bot/slack/answering.py: the row of where it stands comes first."""
        process = self.processes[which]
        given = await answer(question, process.deps)
        self.slack.posts += 1
        rests_on = await process.deps.records.rests_on(question.id)
        standing = Standing(question.room.id, f"{self.slack.posts}.0", question.id, rests_on)
        await process.posted.stands(standing, question.asker)
        self.slack.shown[standing.channel, standing.ts] = question.id, given.text
        return given

    async def thinks(self, which: int, feedback: Feedback) -> bool:
        deps = self.processes[which].deps
        await deps.look()
        return await deps.records.give(feedback, deps.rules())

    async def pushes(self, which: int, uri: str, text: str) -> None:
        process = self.processes[which]
        store = PushStore(process.database, process.forgetting.withheld)
        await store.keep("crm", [Pushed(uri, text, "text", NOTHING_SAID)], [])

    async def reindexes(self, which: int) -> None:
        process = self.processes[which]
        for source, report in await process.indexing.all(
            [await process.catalogue.get(one.name) for one in SOURCES], lambda *_: None, accept_deletions=True
        ):
            if isinstance(report, Fault):
                raise BenchmarkFault(f"{source.name} was not re-indexed: {report}")

    async def backs_up(self, path: Path) -> None:
        async with opened(self.settings, sync=False) as app:
            await backup(app, path, encrypt=False, with_key=False)

    async def restores(self, path: Path, *, lost: bool) -> None:
        """lost: with the whole database; only the copy of the ledger in the home is left."""
        await LedgerFile(self.home).follow(self.processes[0].database)
        await self.stop()
        if lost:
            name = sql.Identifier(name_of(self.url))
            with psycopg.connect(beside(self.url, "postgres"), autocommit=True) as admin:
                admin.execute(sql.SQL("drop database {} with (force)").format(name))
                admin.execute(sql.SQL("create database {}").format(name))
        await restore(self.settings, self.url, path, Wanted(replace=True))
        await self.start()

    def _reader(self, database: Database) -> Callable[[Source], Reader]:
        return lambda source: (
            Shelf(self.wiki) if source.name == "wiki" else PushedDocuments(PushStore(database), source.name)
        )
