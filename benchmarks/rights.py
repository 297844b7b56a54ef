"""People's rights under any sequence of what happens: `python -m benchmarks rights --sequences 2000 --json`.

Texts with words that stand nowhere else are asked, answered, thought, indexed; people, rooms and sources opt out and
come back; readers lose rights, documents go, processes start again, backups are restored. After each step everything
that is kept, shown or sent is looked at. A sequence that goes wrong is told by the shortest one that still does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from admin import schema
from admin.embedded import EmbeddedPostgres
from benchmarks import Machine
from benchmarks.rights_watch import SUBJECTS, Watch
from benchmarks.rights_world import PEOPLE, ROOMS, SOURCES, TOPICS, USERS, World
from bot.domain import Feedback, Question
from bot.seal import Seal
from bot.settings import Settings
from bot.subjects import Scope, Subject
from retrieval.database import Database
from retrieval.errors import Fault

ACTS = {
    "ask": 8, "feedback": 2, "re-index": 2, "out": 5, "back": 2, "revoke": 1, "restart": 1, "withdraw": 1,
}  # fmt: skip
"""How often each is drawn, beside the others."""
RESTORES = 0.1
"""The share of the sequences with a backup that is restored: it takes as long as twenty other steps."""
_KEY = bytes(range(32))
_TEMPLATE, _SHARED = "rights_template", "rights_shared"
_PUSHED = 3
"""Which of the documents is pushed; the others are files."""
FIRST = ("danarixa", "danarixb", "danarixc", "danarixd")
"""The words of the documents that every sequence begins with."""
_SHORTENING = 60
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """which: the process. n: what is left open otherwise, such as which document or thread."""

    act: str
    which: int
    user: str
    room: str | None
    subject: Subject
    scope: Scope
    n: int

    def __str__(self) -> str:
        match self.act:
            case "out" | "back":
                return f"{self.act}({self.subject}, {self.scope}) by process {self.which}"
            case "ask" | "feedback":
                return f"{self.act}({self.user} in {self.room or 'a DM'}, {self.n}) by process {self.which}"
            case _:
                return f"{self.act}({self.user}, {self.n}) by process {self.which}"


def drawn(dice: random.Random) -> tuple[Step, ...]:
    """Few subjects in each, so that things meet."""
    subjects = dice.sample(SUBJECTS, 3)
    users, rooms = dice.sample(USERS, 2), dice.choice([(None, "C1"), ("C1",), ("C1", "C2")])

    def one(act: str) -> Step:
        scope = dice.choice([Scope.ALL, Scope.ALL, Scope.ALL, Scope.CLOUD, Scope.RECORD, Scope.TRAIN])
        where = dice.choice(users), dice.choice(rooms), dice.choice(subjects), scope
        return Step(act, dice.randrange(2), *where, dice.randrange(12))

    acts = dice.choices(list(ACTS), list(ACTS.values()), k=dice.randint(5, 11))
    if dice.random() < RESTORES:
        at = dice.randint(1, len(acts) - 2)
        acts.insert(at, "backup")
        acts.insert(dice.randint(at + 2, len(acts)), "restore")
    return tuple(map(one, acts))


class Play:
    """A sequence as it happens in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._watch = Watch(world)
        for n, word in enumerate(FIRST):
            self._watch.of_sources[document(n, word)[0]].add(word)
        self._answers: list[tuple[Question, UUID]] = []
        self._numbers = count(1)
        self._backup: Path | None = None

    async def run(self, steps: Sequence[Step]) -> list[str]:
        """What is wrong after the first step after which something is."""
        acts = {
            "ask": self._ask, "feedback": self._feedback, "re-index": self._reindex, "out": self._out,
            "back": self._back, "revoke": self._revoke, "restart": self._restart, "withdraw": self._withdraw,
            "backup": self._backed_up, "restore": self._restore,
        }  # fmt: skip
        for step in steps:
            await acts[step.act](step)
            if found := await self._watch.violations():
                return sorted({f"after {step}: {one}" for one in found})
        return []

    async def _ask(self, step: Step) -> None:
        word, room = self._word("q"), await self._world.people.room(step.room or f"D-{step.user}")
        people = [PEOPLE[step.n % 2]] if step.n % 3 == 0 else []
        said = f"{word} {TOPICS[step.n % len(TOPICS)]}"
        said += "".join(f" {one.id} ({one.also[0]}) 건입니다." for one in people)
        said += f" 연락처 {_phone(self._watch, word)}" if step.n % 4 == 1 else ""
        mine = [Subject("user", step.user), *people, *([Subject("room", room.id)] if room.id in ROOMS else [])]
        self._watch.planted(word, mine)
        # Two threads in each place, so that they meet.
        question = Question.asked(said, asker=step.user, room=room, thread=f"{room.id}/{step.n % 2}", longest=2000)
        answer = await self._world.asks(step.which, question)
        if any(one in self._watch.bound(Scope.RECORD) for one in mine):
            self._watch.unread.add(question.id)
        self._answers.append((question, answer.id))

    async def _feedback(self, step: Step) -> None:
        if not self._answers:
            return
        word = self._word("f")
        question, answer = self._answers[step.n % len(self._answers)]
        person = PEOPLE[step.n % 2]
        room = [Subject("room", question.room.id)] if question.room.id in ROOMS else []
        giver = [Subject("user", step.user), *room]
        self._watch.planted(word, [*giver, person, Subject("user", question.asker)], giver)
        better = f"{word} 아니요, {person.id} ({person.also[0]})에게 물어보세요."
        given = Feedback(answer, step.user, "bad", reason=f"{word} 틀렸습니다", better=better)
        await self._world.thinks(step.which, given)

    async def _reindex(self, step: Step) -> None:
        await self._changed(step.n, step.which)
        await self._world.reindexes(step.which)

    async def _changed(self, n: int, which: int) -> None:
        """One document comes, comes back or is worded anew."""
        word = self._word("d")
        source, uri, said = document(n, word)
        self._watch.of_sources[source].add(word)
        if source == "crm":
            await self._world.pushes(which, uri, said)
        else:
            self._world.wiki[uri] = said

    async def _out(self, step: Step) -> None:
        await self._world.processes[step.which].opting.out(step.subject, step.scope, by=step.user)
        self._watch.out(step.subject, step.scope)

    async def _back(self, step: Step) -> None:
        scope = step.scope if step.n % 2 else None
        await self._world.processes[step.which].opting.back(step.subject, scope, by=step.user)
        self._watch.back(step.subject, scope)

    async def _revoke(self, step: Step) -> None:
        gone = None
        if step.n % 2:
            self._world.people.revoked.symmetric_difference_update({step.user})
        elif len(self._world.wiki) > 1:
            gone = self._world.wiki.pop(sorted(self._world.wiki)[step.n % len(self._world.wiki)])
            await self._world.reindexes(step.which)
        await self._world.processes[step.which].sweep.once()
        if gone is not None:
            self._watch.erase(gone)

    async def _restart(self, step: Step) -> None:
        await self._world.restart(step.which)

    async def _withdraw(self, step: Step) -> None:
        await self._world.processes[step.which].withdrawing.all()

    async def _backed_up(self, step: Step) -> None:
        self._backup = self._world.home / f"backup{next(self._numbers)}"
        await self._world.backs_up(self._backup)

    async def _restore(self, step: Step) -> None:
        if self._backup is not None:
            lost = step.n % 3 == 0
            await self._world.restores(self._backup, lost=lost)
            await self._watch.restored(lost=lost)

    def _word(self, kind: str) -> str:
        n = next(self._numbers)
        return f"{kind}anari{chr(97 + n // 26)}{chr(97 + n % 26)}"


def _phone(watch: Watch, word: str) -> str:
    """A number that stands for this word's text, and is kept from the cloud by a placeholder."""
    number = f"010-{2000 + ord(word[-2])}-{1000 + ord(word[-1]) * 7}"
    watch.aliases[word] = number
    return number


def document(n: int, word: str) -> tuple[str, str, str]:
    """Source, uri and text of one of four, which mostly name somebody."""
    one, other = PEOPLE
    match n % 4:
        case 0:
            return "wiki", "leave.md", f"# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일입니다. {word}\n"
        case 1:
            key = f"회의실 열쇠는 {one.id}님이 관리합니다. {word}"
            return "wiki", "desk.md", f"# 회의실 담당\n\n## 열쇠\n\n{key}\n"
        case 2:
            return "wiki", "card.md", f"# {other.id} 소개\n\n## 연차\n\n연차 담당입니다. {word}\n"
        case _:
            contact = f"담당은 {other.id} ({other.also[0]})입니다."
            return "crm", "note", f"주차 등록은 총무팀이 합니다. {word}\n{contact}\n"


def _reset(shared: psycopg.Connection[tuple[str, ...]]) -> str:
    """What makes this database as it is now again, whatever comes."""
    tables = "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(procrastinate|alembic)'"
    names = [name for (name,) in shared.execute(tables).fetchall()]
    # So nobody looks at the order in which rows refer to each other.
    parts = ["set session_replication_role = replica", *(f'delete from "{name}"' for name in names)]
    shared.execute("create schema kept")
    for name in names:
        shared.execute(f'create table kept."{name}" as table "{name}"')
        if shared.execute(f'select from "{name}" limit 1').fetchall():
            parts.append(f'insert into "{name}" overriding system value table kept."{name}"')
    return ";".join(parts)


class Desk:
    """Runs sequences, each in a database of its own, on one server."""

    def __init__(self, url: str, home: Path) -> None:
        self._url = url
        self._home = home
        self._seal = Seal(_KEY)
        self._numbers = count(1)
        self._reset = ""

    async def prepare(self) -> None:
        """A template with the first documents, and a database with the same that is emptied for each sequence."""
        with psycopg.connect(self._url, autocommit=True) as admin:
            # These databases die at the end: waiting for the disk would only take time.
            admin.execute("alter system set fsync = off")
            admin.execute("alter system set synchronous_commit = off")
            admin.execute("select pg_reload_conf()")
            admin.execute(sql.SQL("create database {}").format(sql.Identifier(_TEMPLATE)))
        await schema.upgrade(self._at(_TEMPLATE))
        world = self._made(_TEMPLATE, self._home)
        await world.start()
        for source in SOURCES:
            await world.processes[0].catalogue.add(source)
        await world.pushes(0, *document(_PUSHED, FIRST[_PUSHED])[1:])
        await world.reindexes(0)
        await world.stop()
        self._administer("create database {} template {}", _SHARED, _TEMPLATE)
        with psycopg.connect(self._at(_SHARED)) as shared:
            self._reset = _reset(shared)

    async def wrong(self, steps: Sequence[Step]) -> list[str]:
        async with self._world(steps) as world:
            return await Play(world).run(steps)

    async def shortest(self, steps: Sequence[Step]) -> tuple[Sequence[Step], list[str]]:
        """What is left of a sequence that goes wrong when each step is taken away that it can do without."""
        tries, at, found = 0, 0, await self.wrong(steps)
        while at < len(steps) and tries < _SHORTENING:
            tries += 1
            fewer = (*steps[:at], *steps[at + 1 :])
            if less := await self.wrong(fewer):
                steps, found = fewer, less
            else:
                at += 1
        return steps, found

    @asynccontextmanager
    async def _world(self, steps: Sequence[Step]) -> AsyncIterator[World]:
        number = f"rights_{next(self._numbers)}"
        # Restored, a database is another one; otherwise it is quicker to empty the same one.
        own = any(step.act == "restore" for step in steps)
        name = number if own else _SHARED
        if own:
            self._administer("create database {} template {}", name, _TEMPLATE)
        else:
            with psycopg.connect(self._at(name)) as shared:
                shared.execute(self._reset)
        home = self._home / number
        home.mkdir()
        world = self._made(name, home)
        try:
            await world.start()
            yield world
        finally:
            await world.stop()
            shutil.rmtree(home)
            if own:
                self._administer("drop database {} with (force)", name)

    def _made(self, name: str, home: Path) -> World:
        (home / "people.toml").write_text("people = []\nrooms = []\n", encoding="utf-8")
        (home / "naru.toml").write_text('directory = "people.toml"\n', encoding="utf-8")
        variables = {
            "NARU_CONFIG": str(home / "naru.toml"),
            "NARU_HOME": str(home),
            "NARU_DATABASE_URL": self._at(name),
            "NARU_KEY": b64encode(_KEY).decode(),
        }
        files = dict(document(n, FIRST[n])[1:] for n in range(_PUSHED))
        return World(self._at(name), home, self._seal, Settings.load(variables, home), files)

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _at(self, name: str) -> str:
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True)
class Found:
    """violations: sequences after a step of which something was wrong. steps: in all sequences together."""

    violations: int
    sequences: int
    steps: int
    restores: int
    seed: int
    seconds: float
    conditions: str

    @property
    def ok(self) -> bool:
        return not self.violations


async def measure(url: str, home: Path, sequences: int, seed: int, tell: Tell, most: int = 5) -> Found:
    """most: so many violations are told, and then it ends."""
    machine, began, dice = Machine.now(), time.monotonic(), random.Random(seed)
    desk = Desk(url, home)
    await desk.prepare()
    violations = steps = restores = played = 0
    while played < sequences and violations < most:
        sequence = drawn(dice)
        played, steps = played + 1, steps + len(sequence)
        restores += any(step.act == "restore" for step in sequence)
        if await desk.wrong(sequence):
            violations += 1
            shortest, found = await desk.shortest(sequence)
            tell("\n".join([f"sequence {played} of the seed {seed}:", *(f"  {one}" for one in shortest), *found]))
        if played % 100 == 0:
            tell(f"{played} sequences, {violations} violations, {time.monotonic() - began:.0f} s")
    database = Database(url)
    conditions = await machine.conditions(database, f"{played} sequences of {steps} steps")
    await database.close()
    return Found(violations, played, steps, restores, seed, round(time.monotonic() - began, 1), conditions)


def main(arguments: Sequence[str]) -> int:
    """The exit status; the last line on standard output is one JSON object with --json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks rights", description=__doc__)
    parser.add_argument("--sequences", type=int, default=100, help="how many are played (100)")
    parser.add_argument("--seed", type=int, default=1, help="of the dice: the same seed, the same sequences (1)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="naru-") as home:
            Path(home).chmod(0o755)  # as root, PostgreSQL runs as another user
            with EmbeddedPostgres(Path(home)) as url:
                found = asyncio.run(measure(url, Path(home), options.sequences, options.seed, _say))
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False))
    else:
        print("\n".join(f"{name:12} {value}" for name, value in asdict(found).items()))
    return 0 if found.ok else 1


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
