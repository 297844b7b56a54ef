"""One push: lines come in, good ones are kept, bad ones are named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field

from retrieval.errors import Fault
from retrieval.pushed import Counts, PushStore
from retrieval.sources.push import LONGEST_LINE, Deleted, Pushed, read_line

MOST_REFUSED = 1000
"""Bad lines that are told one by one; of more only the number."""

_BATCH = 200
_LINES = 1_000
_BATCH_BYTES = 8 * 1024 * 1024


class PushFault(Fault):
    """A push that asks for what is surely not meant."""


@dataclass(frozen=True, slots=True)
class Refused:
    """line: from 1; why: what is wrong with it, never what it says."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a push did, in documents. refused_in_all: as many as `refused` where those are not over 1,000."""

    counts: Counts
    refused: tuple[Refused, ...]
    refused_in_all: int
    kept_others: bool

    def data(self) -> dict[str, object]:
        """As JSON shows it."""
        return {
            "stored": self.counts.stored,
            "unchanged": self.counts.unchanged,
            "deleted": self.counts.deleted,
            "refused": [{"line": one.line, "why": one.why} for one in self.refused],
            **({"refused_in_all": self.refused_in_all} if self.refused_in_all > len(self.refused) else {}),
            **({"note": NOT_ALL} if self.kept_others else {}),
        }


NOT_ALL = "As lines were refused, nothing that is missing was deleted: mend them and send all again."


async def push(store: PushStore, source: str, chunks: AsyncIterable[bytes], *, whole: bool) -> PushReport:
    """Keep what the lines of these bytes say, in batches. whole: what they do not name is deleted, unless a line was
    refused, which may have named it.

    Raises SourceFault where there is no such source, and PushFault where `whole` would delete everything.
    """
    one = _Push(store, source, whole)
    number = 0
    async for line in lines(chunks):
        number += 1
        if not number % _LINES:
            await asyncio.sleep(0)  # others are served meanwhile, even where all lines are empty
        if line is None or line.strip():
            await one.take(number, line)
    return await one.end()


@dataclass(slots=True)
class _Push:
    store: PushStore
    source: str
    whole: bool
    counts: Counts = field(default_factory=Counts)
    refused: list[Refused] = field(default_factory=list)
    refused_in_all: int = 0
    waiting: dict[str, Pushed | Deleted] = field(default_factory=dict)
    size: int = 0
    seen: set[str] = field(default_factory=set)

    async def take(self, number: int, line: bytes | None) -> None:
        try:
            if line is None:
                raise ValueError(f"is over {LONGEST_LINE // 1024**2} MB: split the document")
            asked = read_line(line)
        except ValueError as error:
            self.refused_in_all += 1
            if len(self.refused) < MOST_REFUSED:
                self.refused.append(Refused(number, str(error)))
            return
        if asked.uri in self.waiting:  # the later line holds: the earlier one is kept before it
            await self._keep()
        self.waiting[asked.uri] = asked
        self.size += len(line)
        if isinstance(asked, Pushed) and self.whole:
            self.seen.add(asked.uri)
        elif self.whole:
            self.seen.discard(asked.uri)
        if len(self.waiting) >= _BATCH or self.size >= _BATCH_BYTES:
            await self._keep()

    async def end(self) -> PushReport:
        if self.whole and not self.seen and not self.refused:
            raise PushFault(
                f"No document was sent, and all others of source '{self.source}' would be deleted: that was not done. "
                "To delete them, send deleted: true for each without --all, or remove the source."
            )
        await self._keep()
        if self.whole and not self.refused:
            self.counts += await self.store.keep_only(self.source, self.seen)
        return PushReport(self.counts, tuple(self.refused), self.refused_in_all, self.whole and bool(self.refused))

    async def _keep(self) -> None:
        documents = [one for one in self.waiting.values() if isinstance(one, Pushed)]
        deleted = [one.uri for one in self.waiting.values() if isinstance(one, Deleted)]
        self.counts += await self.store.keep(self.source, documents, deleted)
        self.waiting.clear()
        self.size = 0


async def lines(chunks: AsyncIterable[bytes], longest: int = LONGEST_LINE) -> AsyncIterator[bytes | None]:
    """The lines of a stream, of which no more than one is held at a time; None for one that is too long."""
    held, too_long = bytearray(), False
    async for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            yield None if too_long or len(held) + len(part) > longest else bytes(held + part)
            held.clear()
            too_long = False
        if too_long or len(held) + len(rest) > longest:
            held.clear()
            too_long = True
        else:
            held += rest
    if held or too_long:
        yield None if too_long else bytes(held)
