"""A source's run: what changed there changes here, and nothing else is written."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from time import monotonic

from retrieval.changes import Changes, Fresh, Problem, carries, needs_text, retitled, term_of
from retrieval.counting import QUICK, Count, Counting, Uncounted, here
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.first_load import MANY as MANY_AT_FIRST
from retrieval.in_force import in_force
from retrieval.index import Index, Known
from retrieval.pace import Pace, in_order
from retrieval.parse import Parse, Parsed, UnreadableFault
from retrieval.passage import Said, Source
from retrieval.sources import BusyFault, Listed, Reader, SourceFault
from retrieval.split import Piece, split
from retrieval.tokenizer import BIGRAMS, Tokenizer
from retrieval.tombstones import Whom, nobody

BATCH, MOST, PASSAGES, BATCH_S = 200, 1_000, 5_000, 2.0
"""Documents per transaction, or a tenth of those to be read where that is more, up to MOST; passages, and seconds,
after which it is made with fewer. The more at once, the fewer times each term's count is written: at 200 documents that
is a third of what a load costs the database."""
_CHUNK = 50
COUNTED_ASIDE = 500
"""Documents to be read from which processes are started to count terms: it takes as long as counting those here."""
MANY = 20
"""Documents of which not over a half may be gone at once, unless somebody says that it is right."""

Progress = Callable[[int, int, str], None]
"""(documents done, documents in all, uri of the last one)"""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, in documents, each counted once.

    problems: those that cannot be read now. moved: under another uri, as they were. relabelled: only what their source
    says of them changed. lacking: listed, and not one version of them was ever readable. The rest is unchanged.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    problems: tuple[Problem, ...]
    seconds: float
    moved: int = 0
    relabelled: int = 0
    lacking: int = 0


async def reindex(
    database: Database,
    source: Source,
    reader: Reader,
    progress: Progress = lambda done, total, uri: None,
    *,
    parse: Parse,
    pace: Pace | None = None,
    accept_deletions: bool = False,
    withheld: Whom = nobody,
    processes: int = 0,
    tokenizer: Tokenizer = BIGRAMS,
) -> Report:
    """Bring the index to what `reader` has now.

    A document that cannot be read keeps its last good version. accept_deletions: most of the documents may be gone.
    withheld: of which texts nothing is taken in, see tombstones.py. processes: that count terms, where much is new.
    tokenizer: what searches use too; documents that another one has cut are cut anew.
    Raises SourceFault when the source cannot be listed, lists nothing or less than half all of a sudden, is gone, or is
    being re-indexed already, and CountFault; what was done stays, and the next run goes on from there.
    """
    async with database.exclusively(f"reindex {source.name}") as alone:
        if not alone:
            raise BusyFault(f"Source '{source.name}' is being re-indexed already: wait for that run.")
        index = Index(database, withheld, tokenizer)
        known = await index.known(source.name)
        told = {one.uri: one async for one in reader.list()}
        withdrawn = tuple(uri for uri, one in told.items() if one.withdrawn)
        listed = {uri: one for uri, one in told.items() if uri.endswith("/") or not one.withdrawn}
        closed = tuple(uri for uri in listed if uri.endswith("/") and uri not in withdrawn)
        gone = known.keys() - listed.keys()
        vanished = sorted(uri for uri in gone if uri in told or not uri.startswith(closed))
        if not accept_deletions or not listed:
            held = len(known) - sum(uri.startswith(withdrawn) for uri in vanished)
            lost = sum(not uri.startswith(withdrawn) for uri in vanished)
            _refuse_to_lose(source, held, held - lost, len(listed))
        look = _Look(reader, parse, pace or Pace(), index.format)
        run = _Run(index, source.name, look, known, listed, vanished)
        # What another tokenizer needs may be half a gigabyte, and is there once.
        return await run.run(progress, here(tokenizer), processes if tokenizer is BIGRAMS else 0)


def _refuse_to_lose(source: Source, held: int, stay: int, listed: int) -> None:
    """Raise SourceFault where the source lists so little that it is rather broken than changed."""
    if held and not listed:
        raise SourceFault(
            f"Source '{source.name}' held {held} documents and lists none now: nothing was "
            f"deleted. Check {source.location}; if it is meant to be empty, remove the source."
        )
    if held >= MANY and max(stay, listed) * 2 < held:
        raise SourceFault(
            f"Source '{source.name}' held {held} documents and lists {listed} now: nothing was deleted. Check "
            f"{source.location}; if it is right, run `naru source reindex {source.name} --accept-deletions`."
        )


@dataclass(frozen=True, slots=True)
class _Same:
    """A document that is as the index holds it, at what its source calls this version."""

    uri: str
    version: str | None


@dataclass(frozen=True, slots=True)
class _Uncounted:
    """A document of which all is known but its terms."""

    fresh: Fresh
    pieces: Sequence[Piece]

    @property
    def uri(self) -> str:
        return self.fresh.uri


_Found = Fresh | Problem | _Same
_Read = _Uncounted | Problem | _Same


@dataclass(frozen=True, slots=True)
class _Look:
    """One document of the source, as it is now."""

    reader: Reader
    parse: Parse
    pace: Pace
    format: int

    async def at(self, listed: Listed, known: Known | None) -> _Read:
        """known: what the index holds of it; None where its text is needed in any case."""
        held = known if known is not None and known.sha256 is not None and known.format == self.format else None
        version = held.version if held else None
        try:
            async with self.pace.turn():
                loaded = await self.reader.load(listed.uri, version)
                if loaded is None:
                    return _Same(listed.uri, version)
                version = loaded.version or listed.version
                digest = sha256(loaded.content).digest()
                if held and held.sha256 == digest and carries(held.said, loaded.said):
                    return _Same(listed.uri, version)
                parsed = await self.parse(listed.uri, loaded.content, loaded.suffix)
            listed = replace(listed, said=loaded.said or listed.said)
            if sum(len(block) for section in parsed.sections for block in section.blocks) <= QUICK:
                return self._cut(listed, parsed, digest, version)
            return await asyncio.to_thread(self._cut, listed, parsed, digest, version)
        except UnreadableFault as fault:
            return Problem(listed.uri, str(fault), fault.why)

    def _cut(self, listed: Listed, parsed: Parsed, digest: bytes, version: str | None) -> _Uncounted:
        said = replace(listed.said, carried=(*listed.said.carried, *parsed.labels))
        title, term = said.title or parsed.title, term_of(said, in_force(parsed))
        gap = parsed.gap and f"{listed.uri} {parsed.gap}"
        return _Uncounted(Fresh(listed.uri, title, digest, (), version, said, term, gap), split(parsed))


class _Run:
    def __init__(
        self,
        index: Index,
        name: str,
        look: _Look,
        known: Mapping[str, Known],
        listed: Mapping[str, Listed],
        vanished: Sequence[str],
    ) -> None:
        self._index = index
        self._name = name
        self._look = look
        self._known = known
        self._listed = listed
        self._elsewhere: dict[bytes, deque[str]] = defaultdict(deque)
        for uri in vanished:
            if (digest := known[uri].sha256) is not None:
                self._elsewhere[digest].append(uri)
        self._gone = dict.fromkeys(vanished)
        self._added = self._changed = self._moved = self._lacking = 0
        self._relabelled: set[str] = set()
        self._problems: list[Problem] = []

    async def run(self, progress: Progress, count: Count, processes: int) -> Report:
        started = monotonic()
        await self._tell()
        try:
            await self._read(progress, count, processes)
        except Fault:
            # What was stored is searched, and should be quickly.
            await self._index.settle()
            raise
        removed = list(self._gone)
        for start in range(0, len(removed), BATCH):
            await self._index.apply(self._name, Changes(removed=removed[start : start + BATCH]))
        await self._index.settle()
        return self._report(monotonic() - started)

    async def _read(self, progress: Progress, count: Count, processes: int) -> None:
        uris = sorted(uri for uri in self._listed if not self._is_known(uri))
        done, total = len(self._listed) - len(uris), len(self._listed)
        async with AsyncExitStack() as stack:
            if processes and len(uris) >= COUNTED_ASIDE:
                count = await stack.enter_async_context(Counting(processes))
            if len(uris) >= MANY_AT_FIRST:
                await stack.enter_async_context(self._index.first_load())
            batches = await stack.enter_async_context(aclosing(_ahead(self._batches(uris, count, processes))))
            async for found in batches:
                await self._take(found)
                done += len(found)
                progress(done, total, found[-1].uri)

    # -- what the source says of its documents ---------------------------------------------------------------

    async def _tell(self) -> None:
        """Levels, readers, owners and links follow before any text is read: who may read no more has waited enough."""
        told: dict[str, Said] = {}
        for uri, one in self._listed.items():
            known = self._known.get(uri)
            if known is not None:
                # The title, the date and the labels in it follow with the text, which may have to be read for them.
                was = known.said
                now = replace(one.said, title=was.title, in_force_from=was.in_force_from, carried=was.carried)
                if now != known.said:
                    told[uri] = now
        self._relabelled.update(told)
        uris = sorted(told)
        for start in range(0, len(uris), BATCH):
            changes = Changes(told={uri: told[uri] for uri in uris[start : start + BATCH]})
            await self._index.apply(self._name, changes)

    def _is_known(self, uri: str) -> bool:
        """Whether the source itself says that nothing changed."""
        one, known = self._listed[uri], self._known.get(uri)
        return (
            known is not None
            and one.version is not None
            and one.version == known.version
            and known.format == self._look.format
            and not known.unread
            and not retitled(one.said, known.said)
        )

    # -- text ------------------------------------------------------------------------------------------------

    async def _batches(self, uris: Sequence[str], count: Count, processes: int) -> AsyncGenerator[list[_Found], None]:
        found: list[_Found] = []
        began, passages, most = monotonic(), 0, max(BATCH, min(MOST, len(uris) // 10))
        async with aclosing(in_order(self._chunks(uris), partial(_counted, count), processes + 1)) as chunks:
            async for chunk in chunks:
                found += chunk
                passages += sum(len(one.passages) for one in chunk if isinstance(one, Fresh))
                if len(found) >= most or passages >= PASSAGES or monotonic() - began > BATCH_S:
                    yield found
                    found, began, passages = [], monotonic(), 0
        if found:
            yield found

    async def _chunks(self, uris: Sequence[str]) -> AsyncGenerator[list[_Read], None]:
        chunk: list[_Read] = []
        async with aclosing(in_order(uris, self._at, _CHUNK)) as read:
            async for one in read:
                chunk.append(one)
                if len(chunk) == _CHUNK:
                    yield await self._restored(chunk)
                    chunk = []
        if chunk:
            yield await self._restored(chunk)

    async def _at(self, uri: str) -> _Read:
        one, known = self._listed[uri], self._known.get(uri)
        return await self._look.at(one, None if known and needs_text(one.said, known.said) else known)

    async def _restored(self, found: list[_Read]) -> list[_Read]:
        """Those of which only the title or the date changed, made anew from what is stored of them."""
        names = [one.uri for one in found if isinstance(one, _Same) and self._is_retitled(one.uri)]
        if not names:
            return found
        stored = await self._index.stored(self._name, names)
        versions = {one.uri: one.version for one in found if isinstance(one, _Same)}

        def again(uri: str) -> _Uncounted:
            known = self._known[uri]
            said = replace(self._listed[uri].said, carried=known.said.carried)
            title, term = said.title or known.title, term_of(said, known.term)
            digest = known.sha256 or b""
            return _Uncounted(Fresh(uri, title, digest, (), versions[uri], said, term, known.problem), stored[uri])

        return [again(one.uri) if one.uri in stored else one for one in found]

    def _is_retitled(self, uri: str) -> bool:
        return retitled(self._listed[uri].said, self._known[uri].said)

    async def _take(self, found: Sequence[_Found]) -> None:
        """Write what of a batch has to be written, and count it."""
        fresh = [one for one in found if isinstance(one, Fresh)]
        problems = [one for one in found if isinstance(one, Problem)]
        moved = self._pair(fresh)
        changes = Changes(
            moved={old: new for new, old in moved.items()},
            told={one.uri: self._listed[one.uri].said for one in problems if one.uri not in self._known},
            fresh=fresh,
            problems=[one for one in problems if self._is_news(one)],
            same={one.uri: one.version for one in found if isinstance(one, _Same) and self._differs(one)},
        )
        if changes:
            await self._index.apply(self._name, changes)
        for one in fresh:
            self._count(one, one.uri in moved)
        self._problems += problems
        self._lacking += sum(one.uri not in self._known or self._known[one.uri].sha256 is None for one in problems)

    def _pair(self, fresh: Sequence[Fresh]) -> dict[str, str]:
        """New uri -> old one, of what stood under a name that is gone now. The new name says who may read it."""
        moved: dict[str, str] = {}
        for one in fresh:
            if one.uri not in self._known and (same := self._elsewhere.get(one.sha256)):
                moved[one.uri] = same.popleft()
                del self._gone[moved[one.uri]]
        return moved

    def _is_news(self, one: Problem) -> bool:
        known = self._known.get(one.uri)
        return known is None or known.problem != one.sentence

    def _differs(self, one: _Same) -> bool:
        known = self._known.get(one.uri)
        return known is not None and (known.unread or known.version != one.version)

    def _count(self, one: Fresh, moved: bool) -> None:
        known = self._known.get(one.uri)
        if moved:
            self._moved += 1
        elif known is None or known.sha256 is None:
            self._added += 1
        elif (known.sha256, known.format) == (one.sha256, self._look.format):
            self._relabelled.add(one.uri)
            return
        else:
            self._changed += 1
        self._relabelled.discard(one.uri)

    def _report(self, seconds: float) -> Report:
        relabelled = len(self._relabelled.difference(one.uri for one in self._problems))
        counted = self._added + self._changed + self._moved + relabelled + len(self._problems)
        return Report(
            added=self._added,
            changed=self._changed,
            removed=len(self._gone),
            unchanged=len(self._listed) - counted,
            problems=tuple(self._problems),
            seconds=seconds,
            moved=self._moved,
            relabelled=relabelled,
            lacking=self._lacking,
        )


async def _counted(count: Count, chunk: Sequence[_Read]) -> list[_Found]:
    waiting = [one for one in chunk if isinstance(one, _Uncounted)]
    passages = iter(await count([Uncounted(one.fresh.title, one.pieces) for one in waiting]) if waiting else ())
    return [replace(one.fresh, passages=next(passages)) if isinstance(one, _Uncounted) else one for one in chunk]


async def _ahead(batches: AsyncIterator[list[_Found]]) -> AsyncGenerator[list[_Found], None]:
    """While a batch is written the next one is read."""

    async def following() -> list[_Found] | None:
        return await anext(batches, None)

    coming = asyncio.create_task(following())
    try:
        while (found := await coming) is not None:
            coming = asyncio.create_task(following())
            yield found
    finally:
        coming.cancel()
        await asyncio.wait({coming})
