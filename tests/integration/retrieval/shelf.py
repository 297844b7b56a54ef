"""A source without files, and sources to put on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial

from retrieval import reindex as runs
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.parse import UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import EVERYONE, NOTHING_SAID, Principal, Readers, Rule, Said, Source
from retrieval.reindex import Report
from retrieval.sources import Listed, Loaded

ANYONE = Readers(frozenset({EVERYONE}))


reindex = partial(runs.reindex, parse=in_thread)
"""What these tests write is harmless: it is parsed without a sandbox."""


class Shelf:
    """The Reader of documents that a test lays out. said, versions: what the source says of them, by uri. loaded: what
    was asked for."""

    def __init__(
        self,
        documents: dict[str, str | bytes],
        said: Mapping[str, Said] | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self.documents = documents
        self.said = said or {}
        self.versions = versions or {}
        self.loaded: list[str] = []

    async def list(self) -> AsyncIterator[Listed]:
        for uri in self.documents:
            yield Listed(uri, self.versions.get(uri), self.said.get(uri, NOTHING_SAID))

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        self.loaded.append(uri)
        try:
            content = self.documents[uri]
        except KeyError:
            raise UnreadableFault(f"{uri} cannot be read (it is not there).") from None
        return Loaded(content.encode() if isinstance(content, str) else content)


def a_source(
    name: str = "handbook",
    *,
    readers: Iterable[str] = ("everyone",),
    level: Level = Level.INTERNAL,
    rules: tuple[Rule, ...] = (),
    link: str | None = None,
    owner: str | None = None,
) -> Source:
    return Source(name, "files", "/documents", level, principals(*readers), rules, link, owner)


def principals(*names: str) -> frozenset[Principal]:
    return frozenset(map(Principal, names))


async def shelve(database: Database, source: Source, documents: dict[str, str | bytes]) -> Report:
    """Declare the source alone and index these documents as all that it has."""
    await Catalogue(database).sync([source])
    return await reindex(database, source, Shelf(documents))
