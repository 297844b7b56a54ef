"""A source's run: what changed there changes here, and nothing else is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic

from retrieval.database import Database
from retrieval.in_force import in_force
from retrieval.index import Changes, Fresh, Index, Known, Problem
from retrieval.parse import Parse, UnreadableFault
from retrieval.parse.families import in_thread
from retrieval.passage import Source
from retrieval.sources import BusyFault, Reader, SourceFault
from retrieval.split import split

BATCH = 50
"""Documents per transaction."""

Progress = Callable[[int, int, str], None]
"""(documents done, documents in all, uri of the last one)"""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, in documents. problems: those that cannot be read now; the rest is unchanged."""

    added: int
    changed: int
    removed: int
    unchanged: int
    problems: tuple[Problem, ...]
    seconds: float


async def reindex(
    database: Database,
    source: Source,
    reader: Reader,
    progress: Progress = lambda done, total, uri: None,
    parse: Parse = in_thread,
) -> Report:
    """Bring the index to what `reader` has now.

    A document that cannot be read keeps its last good version. Raises SourceFault when the source cannot be
    listed, lists nothing all of a sudden, is gone, or is being re-indexed already; what was done stays.
    """
    async with database.exclusively(f"reindex {source.name}") as alone:
        if not alone:
            raise BusyFault(f"Source '{source.name}' is being re-indexed already: wait for that run.")
        return await _Run(Index(database), source, reader, progress, parse).run()


class _Run:
    def __init__(self, index: Index, source: Source, reader: Reader, progress: Progress, parse: Parse) -> None:
        self._index = index
        self._source = source
        self._reader = reader
        self._progress = progress
        self._parse = parse

    async def run(self) -> Report:
        started = monotonic()
        known = await self._index.known(self._source.name)
        uris = sorted({listed.uri async for listed in self._reader.list()})
        if known and not uris:
            raise SourceFault(
                f"Source '{self._source.name}' held {len(known)} documents and lists none now: nothing was "
                f"deleted. Check {self._source.location}; if it is meant to be empty, remove the source."
            )
        added = changed = 0
        problems: list[Problem] = []
        for start in range(0, len(uris), BATCH):
            found = [await self._look(uri, known.get(uri)) for uri in uris[start : start + BATCH]]
            fresh = [one for one in found if isinstance(one, Fresh)]
            await self._apply(_changes(found, known))
            new = sum(one.uri not in known or known[one.uri].sha256 is None for one in fresh)
            added += new
            changed += len(fresh) - new
            problems += [one for one in found if isinstance(one, Problem)]
            self._progress(start + len(found), len(uris), uris[start + len(found) - 1])
        closed = tuple(one.uri for one in problems if one.uri.endswith("/"))
        removed = sorted(uri for uri in known.keys() - set(uris) if not uri.startswith(closed))
        for start in range(0, len(removed), BATCH):
            await self._apply(Changes(removed=removed[start : start + BATCH]))
        await self._index.reweigh_if_drifted()
        unchanged = len(uris) - added - changed - len(problems)
        return Report(added, changed, len(removed), unchanged, tuple(problems), monotonic() - started)

    async def _look(self, uri: str, known: Known | None) -> Fresh | Problem | _Same:
        try:
            loaded = await self._reader.load(uri)
            if loaded is None:
                return _Same(uri)
            digest = sha256(loaded.content).digest()
            if known is not None and known.is_of(digest):
                return _Same(uri)
            parsed = await self._parse(uri, loaded.content, loaded.suffix)
            return Fresh(uri, parsed.title, digest, split(parsed), in_force(parsed))
        except UnreadableFault as fault:
            return Problem(uri, str(fault))

    async def _apply(self, changes: Changes) -> None:
        if changes:
            await self._index.apply(self._source.name, changes)


@dataclass(frozen=True, slots=True)
class _Same:
    """A document that is as the index holds it."""

    uri: str


def _changes(found: Sequence[Fresh | Problem | _Same], known: Mapping[str, Known]) -> Changes:
    """What of a batch has to be written: a problem that is known already has not."""
    problem_of = {uri: one.problem for uri, one in known.items()}
    return Changes(
        fresh=[one for one in found if isinstance(one, Fresh)],
        problems=[one for one in found if isinstance(one, Problem) and problem_of.get(one.uri) != one.sentence],
        healed=[one.uri for one in found if isinstance(one, _Same) and problem_of.get(one.uri) is not None],
    )
