"""A strict look-alike of Slack whose history is a source: read by hand, or into an index."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

from bot.policy.optout import OptedOut, OptOuts
from bot.slack.app import http_session, web_client
from bot.slack.archive import Archive
from bot.slack.history_source import SlackHistory
from bot.subjects import Scope, Subject
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.index import Index, Known
from retrieval.label import Level
from retrieval.passage import Readers, Source
from retrieval.reindex import Report
from retrieval.search import Search
from retrieval.sources import Listed, Loaded
from tests.integration.events import SEAL
from tests.integration.retrieval.shelf import ANYONE, principals, reindex
from tests.standins.slack import Channel, Limit, SlackStandIn, User, Workspace

FAST = {
    Limit.POST_RATE: "people write quickly here",
    Limit.METHOD_RATE: "how often is tested by itself",
}
SEOUL = ZoneInfo("Asia/Seoul")
DAY_S = 86_400.0


async def uris(database: Database) -> set[str]:
    return set(await Index(database).known("talk"))


async def found(database: Database, words: str, *readers: str) -> list[str]:
    who = Readers(principals(*readers)) if readers else ANYONE
    return [passage.text for passage in await Search(database)(words, who, 10)]


@dataclass
class Told:
    """The opt-outs, as a test says them."""

    now: OptOuts = field(default_factory=OptOuts)

    async def __call__(self) -> OptOuts:
        return self.now

    def out(self, *ids: str, scope: Scope = Scope.ALL, kind: str = "user") -> None:
        entries = [OptedOut(Subject(kind, id), scope, SEAL.pseudonym(id)) for id in ids]  # type: ignore[arg-type]
        self.now = OptOuts(self.now.epoch + 1, entries)

    def unknown(self) -> None:
        self.now = OptOuts(-1, known=False)


@dataclass
class Office:
    """A workspace in which people talk, and Naru's look at it."""

    slack: SlackStandIn
    archive: Archive
    hana: User
    minsu: User
    general: Channel
    hr: Channel
    outs: Told = field(default_factory=Told)

    @property
    def bot(self) -> str:
        return f"<@{self.slack.workspace.bot.id}>"

    def source(self, *channels: Channel, ids: Iterable[str] = (), **options: object) -> Source:
        named = ",".join([*(channel.id for channel in channels), *ids])
        told = {"channels": named, **options}
        return Source("talk", "slack", "", Level.INTERNAL, principals("everyone"), options=told)

    def reader(self, source: Source, known: dict[str, Known] | None = None, **more: int) -> SlackHistory:
        async def held() -> dict[str, Known]:
            return known or {}

        return self._reader(source, held, **more)

    def _reader(self, source: Source, held: object, **more: int) -> SlackHistory:
        return SlackHistory(
            source,
            self.archive,
            known=held,  # type: ignore[arg-type]
            opt_outs=self.outs,
            pseudonym=SEAL.pseudonym,
            zone=SEOUL,
            clock=self.slack.clock.now,
            **more,
        )

    async def runs(self, database: Database, source: Source) -> Report:
        """One run into an index."""
        await Catalogue(database).sync([source])
        return await reindex(database, source, self._reader(source, partial(Index(database).known, source.name)))

    async def listed(self, source: Source) -> dict[str, Listed]:
        return {one.uri: one async for one in self.reader(source).list()}

    async def read(self, source: Source) -> dict[str, Loaded]:
        """Everything that was said, by uri."""
        reader = self.reader(source)
        uris = [one.uri async for one in reader.list() if not one.uri.endswith(("/", "/about"))]
        found = {uri: await reader.load(uri) for uri in uris}
        return {uri: loaded for uri, loaded in found.items() if loaded is not None}

    async def text(self, source: Source) -> str:
        """All that is taken in, titles too."""
        loaded = (await self.read(source)).values()
        return "\n".join(f"{one.said.title if one.said else ''}\n{one.content.decode()}" for one in loaded)


@asynccontextmanager
async def office(**more: object) -> AsyncIterator[Office]:
    made = Workspace()
    hana, minsu = made.user("하나"), made.user("민수")
    general = made.channel("general", members=[hana, minsu, made.bot])
    hr = made.channel("hr", members=[hana, made.bot], kind="private")
    async with SlackStandIn(made, relaxed=FAST, **more) as slack, http_session() as session:  # type: ignore[arg-type]
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        archive = Archive(client, calls_a_minute=100_000, people_a_minute=100_000, unsaid_s=0.01)
        yield Office(slack, archive, hana, minsu, general, hr)
