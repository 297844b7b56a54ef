"""The composition root: settings in, a working Naru out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import os
import pwd
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from admin import schema
from admin.embedded import EmbeddedPostgres
from bot.answer import Deps
from bot.config_file import Shore
from bot.domain import Question, QuestionFault, Room, Route
from bot.models.door import OpenAIDoor
from bot.models.endpoint import Endpoint
from bot.models.shores import Shores
from bot.people import DirectoryFile
from bot.policy.rules import DataUse, Rules, load_rules
from bot.prompt import Template
from bot.records import Records, has_sealed_text
from bot.seal import Seal
from bot.settings import Settings
from bot.toml_file import Problem, SettingsFault
from retrieval.addresses import Reach
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.fetch import Fetcher
from retrieval.passage import Source
from retrieval.reindex import Report, reindex
from retrieval.search import Search
from retrieval.sources import BusyFault, SourceFault
from retrieval.sources.kind import Credential, Means
from retrieval.sources.kinds import reader_of

TALKATIVE = ("openai", "httpx2", "httpcore2", "fsspec")
"""Loggers that print request bodies at DEBUG: held, whatever the level of the rest."""

_BUSY_S = 0.5
Progress = Callable[[str, int, int], None]
"""(source, documents done, documents in all)"""


@dataclass(frozen=True, slots=True)
class App:
    """A Naru with its database open, at `url`."""

    settings: Settings
    url: str
    seal: Seal
    database: Database
    catalogue: Catalogue
    means: Means
    search: Search
    people: DirectoryFile
    records: Records
    rules: Callable[[], Rules]
    deps: Deps

    def question(self, text: str, *, person: str | None, room: str | None, thread: str) -> Question:
        """What a person of the directory asks in a room; raises QuestionFault."""
        asker, where = self.present(person, room)
        longest = self.settings.answer.max_question_chars
        return Question.asked(text, asker=asker, room=where, thread=thread, longest=longest)

    def present(self, person: str | None, room: str | None) -> tuple[str, Room]:
        """Who asks, and where: given, or as naru.toml says; raises QuestionFault."""
        asker = person or self.settings.console.person
        if asker is None:
            raise QuestionFault("Say who asks: --as ID, or `person` under [console] in naru.toml.")
        return asker, self.people.directory().room(room, asker)

    async def reindex(
        self, sources: Sequence[Source], progress: Progress, *, patient: bool = False
    ) -> list[tuple[Source, Report | Fault]]:
        """One source after the other; one that cannot be re-indexed says why, and the rest goes on.

        patient: where somebody else is at it, wait for them, so that what follows finds what is there.
        """
        done: list[tuple[Source, Report | Fault]] = []
        for source in sources:
            try:
                report = await self._reindex(source, progress, patient)
            except BusyFault as fault:
                done.append((source, fault))
            except SourceFault as fault:
                await self.catalogue.note(source.name, str(fault))
                done.append((source, fault))
            except Fault as fault:
                done.append((source, fault))
            else:
                await self.catalogue.note(source.name, None)
                done.append((source, report))
        return done

    async def _reindex(self, source: Source, progress: Progress, patient: bool) -> Report:
        def told(count: int, total: int, _: str) -> None:
            progress(source.name, count, total)

        while True:
            try:
                return await reindex(self.database, source, reader_of(source, self.means), told)
            except BusyFault:
                if not patient:
                    raise
            await asyncio.sleep(_BUSY_S)

    async def never_indexed(self) -> list[Source]:
        """The searched sources of which nothing has been read yet."""
        return [s.source for s in await self.catalogue.status() if s.active and not s.documents and not s.problems]

    async def active(self) -> list[Source]:
        return [s.source for s in await self.catalogue.status() if s.active]


@asynccontextmanager
async def opened(settings: Settings, *, migrate: bool = False, sync: bool = True) -> AsyncIterator[App]:
    """Everything wired, the database at this release's tables. Raises a Fault that says what is in the way.

    migrate: bring an external database's tables up to date too; the embedded one's always are. sync: make the
    sources of naru.toml the declared ones.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    policy = load_rules(settings.policy)
    terms = data_use(settings)

    def rules() -> Rules:
        return policy.under(terms, datetime.now(UTC).date())

    async with AsyncExitStack() as stack:
        url = await _url(settings, stack)
        database = Database(url)
        stack.push_async_callback(database.close)
        await database.requirements()
        if migrate or settings.database_url is None:
            await schema.upgrade(url)
        else:
            await schema.verify(url)
        catalogue, search = Catalogue(database), Search(database)
        means = _means(settings, database, stack)
        if sync:
            await catalogue.sync(settings.sources)
        seal = Seal(await _sealing_key(settings, database))
        records = Records(database, seal)
        # Needed only once somebody asks: without a file there is a sentence then, and sources and status work.
        people = DirectoryFile(settings.directory or settings.config.parent / "people.toml")
        deps = Deps(
            rules=rules,
            people=people,
            search=search,
            records=records,
            shores=Shores(_endpoints(settings, stack), Template.shipped("answer")),
            passages=settings.answer.passages,
            operator=seal.pseudonym(f"os:{pwd.getpwuid(os.getuid()).pw_name}"),
        )
        yield App(settings, url, seal, database, catalogue, means, search, people, records, rules, deps)


def data_use(settings: Settings) -> DataUse | None:
    """The cloud's terms as the policy asks for them."""
    terms = settings.models.cloud.data_use
    return DataUse(terms.training, terms.expires) if terms else None


async def _sealing_key(settings: Settings, database: Database) -> bytes:
    """NARU_KEY, or the key that Naru made for itself in home/key (0600). A key is never made anew where text was
    sealed with another: that would look as if nothing were lost."""
    if settings.key is not None:
        return base64.b64decode(settings.key.get_secret_value())
    path = settings.home / "key"
    if not path.exists():
        if await has_sealed_text(database):
            how = "is gone, and the database holds text sealed with it: restore it from a backup, or, to go on without "
            raise SettingsFault(
                Problem(str(path), "", f"{how}that text, make one with `openssl rand -base64 32 > {path}`")
            )
        _make_key(path)
    return _key_of(path)


def _make_key(path: Path) -> None:
    """Written under another name first: of two that start at once, both go on with the same whole key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="key-") as file:  # 0600
        file.write(base64.b64encode(os.urandom(32)))
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def _key_of(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes(), validate=True)
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise SettingsFault(
            Problem(str(path), "", "holds no key (32 bytes in base64): restore it, or set NARU_KEY to the right one")
        )
    return key


async def _url(settings: Settings, stack: AsyncExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url
    server = EmbeddedPostgres(settings.home)
    url = await asyncio.to_thread(server.start)
    stack.callback(server.stop)
    return url


def _means(settings: Settings, database: Database, stack: AsyncExitStack) -> Means:
    fetcher = Fetcher(Reach.of(settings.fetch.private_hosts, settings.fetch.ports))
    stack.push_async_callback(fetcher.aclose)
    credentials = tuple(
        Credential(one.location, one.username, one.password.get_secret_value()) for one in settings.credentials
    )
    return Means(database, fetcher, credentials)


def _endpoints(settings: Settings, stack: AsyncExitStack) -> dict[Route, Endpoint]:
    models = settings.models
    found: dict[Route, Endpoint] = {}
    shores: tuple[tuple[Route, Shore, str | None], ...] = (
        (Route.CLOUD, models.cloud, models.cloud.proxy),
        (Route.ON_PREM, models.on_prem, None),
    )
    for route, shore, proxy in shores:
        if shore.base_url is None or shore.model is None:
            continue
        door = OpenAIDoor(
            route,
            base_url=shore.base_url,
            api_key=shore.api_key.get_secret_value() if shore.api_key else None,
            model=shore.model,
            max_tokens=shore.max_tokens,
            first_token_s=shore.first_token_timeout_s,
            proxy=proxy,
        )
        stack.push_async_callback(door.aclose)
        found[route] = Endpoint(door, shore.attempts, shore.total_timeout_s)
    return found
