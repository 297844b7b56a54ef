"""The source `approved`: examples come in, are listed, and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from admin.app import App
from admin.example_file import ExampleFault
from bot.forget.reviews import PREFIX, learnt_by, unlearnt
from retrieval.label import Level
from retrieval.passage import APPROVED, Principal, Readers, Source
from retrieval.pushed import Counts, PushStore
from retrieval.sources import SourceFault
from retrieval.sources.push import Pushed

SOURCE = Source(APPROVED, "push", "", Level.PUBLIC, frozenset())
"""Each example says its own level and its own readers: one that said none would be nobody's."""


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    question: str
    level: Level
    readers: frozenset[Principal]


@dataclass(frozen=True, slots=True)
class Kept:
    """examples: those that some readers may read, by question. others: how many there are beside them."""

    examples: tuple[Example, ...]
    others: int


async def take(app: App, examples: Sequence[Pushed]) -> Counts:
    """Keep these, all or none, in the places of those that ask the same; they count from the next re-index of the
    source on."""
    await there(app)
    counts = await PushStore(app.database, app.forgetting.withheld).keep(APPROVED, examples, ())
    await _noted(app, "examples_imported", counts.stored)
    return counts


async def kept(app: App, readers: Readers) -> Kept:
    mine: list[Example] = []
    others = 0
    async for uri, _, said in PushStore(app.database).listed(APPROVED):
        whose = said.readers or frozenset()
        if readers.may_read(whose):
            mine.append(Example(uri, said.title or "", said.level or SOURCE.level, whose))
        else:
            others += 1
    return Kept(tuple(sorted(mine, key=lambda one: one.question)), others)


async def remove(app: App, id: str) -> None:
    """From the next question on nobody is shown how by it. Raises ExampleFault where there is none of that id."""
    gone = 0
    if id.startswith(PREFIX):
        gone = await _unlearnt(app, id)
    elif await _exists(app):
        gone = (await PushStore(app.database).keep(APPROVED, (), [id])).deleted
    if not gone:
        raise ExampleFault(f"There is no example '{id}': `naru example list` shows those there are.")
    await _noted(app, "example_removed", gone)


async def _unlearnt(app: App, uri: str) -> int:
    """With its review, or it would be an example again at the next look."""
    async with app.database.transaction() as connection:
        return await unlearnt(connection, await learnt_by(connection, uri))


async def there(app: App) -> None:
    """The source is there from the first example on."""
    if not await _exists(app):
        body = {"source": APPROVED, "kind": SOURCE.kind, "level": SOURCE.level.name}
        noted = partial(app.audit.note, kind="source_added", body=body, actor=app.operator)
        await app.catalogue.add(SOURCE, noted)


async def _exists(app: App) -> bool:
    try:
        await app.catalogue.get(APPROVED)
    except SourceFault:
        return False
    return True


async def _noted(app: App, kind: str, examples: int) -> None:
    async with app.database.transaction() as connection:
        await app.audit.note(connection, kind, {"examples": examples}, actor=app.operator)
