"""What an erasure reaches, and what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.policy import conversation, learnt
from bot.policy.detect.letters import letters_of
from bot.policy.detect.lists import Names as Listed
from bot.policy.detect.normal import fold, whole
from bot.policy.detect.segment import Segment
from bot.policy.optout import spellings
from bot.seal import Seal
from bot.slack import history_kind
from bot.subjects import Subject
from retrieval import index, labelled, pushed

_GONE = text("""
select distinct id from (
  select unnest(documents) as id from answer where text is not null
  union all select unnest(documents) from posted where withdrawn_at is null
) as rests where not exists (select from document where document.id = rests.id)
""")
Named = Callable[[str], bool]
"""Whether a text names somebody."""


@dataclass(frozen=True, slots=True)
class Counts:
    """In rows of one table. found: that are the subject's. withheld: kept where nobody is given them any more. held: a
    legal hold keeps them."""

    found: int = 0
    erased: int = 0
    withheld: int = 0
    held: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.found + other.found,
            self.erased + other.erased,
            self.withheld + other.withheld,
            self.held + other.held,
        )

    def data(self) -> dict[str, int]:
        return asdict(self)


def erased(rows: int) -> Counts:
    """All that was found."""
    return Counts(found=rows, erased=rows)


def held(rows: int) -> Counts:
    return Counts(found=rows, held=rows)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose rows, by what the tables know of them.

    askers: pseudonyms. rooms: as `question.room` has them. documents: by id, with the answers that rest on them. names:
    for texts that must be opened; None: by the columns alone. said: of the documents those that hold what they said
    themselves, which go whole.
    """

    askers: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    documents: frozenset[int] = frozenset()
    names: Named | None = None
    said: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.askers or self.rooms or self.documents or self.names)

    def of(self, asker: str, room: str) -> bool:
        return asker in self.askers or room in self.rooms

    def rests_on(self, documents: Iterable[int] | None) -> bool:
        return not self.documents.isdisjoint(documents or ())

    def named_in(self, *texts: str | None) -> bool:
        return self.names is not None and any(self.names(text) for text in texts if text)


@dataclass(frozen=True, slots=True)
class Erasure:
    """wanted: what is to go. kept: what a legal hold keeps of it. id: of the erasure, as its receipt."""

    id: UUID
    wanted: Reach
    kept: Reach
    seal: Seal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did. after: the last row that was looked at, by its key; None: there is nothing more.
    documents: source and uri of those that name somebody, which their owners must change."""

    counts: Mapping[str, Counts]
    after: str | None = None
    documents: tuple[tuple[str, str], ...] = ()


Step = Callable[[AsyncConnection, Erasure, str | None, int], Awaitable[Batch]]
"""(in a transaction, what is erased, after which row, at most how many). Doing it twice changes nothing."""


def names_of(*subjects: Subject) -> Named:
    """Whether a text names one of these people, by their name or by what else is known of them, under any particle,
    spacing, width and case (bot/policy/detect/lists.py)."""
    also = (spelt for subject in subjects for other in subject.also for spelt in spellings(other))
    names = [*(subject.id for subject in subjects), *also]
    listed = Listed(("person", name) for name in names)
    letters = [frozenset(letters_of(name)) for name in names]

    def named(text: str) -> bool:
        plain = fold(whole(text)).text
        # Without its letters no text has a name: that spares the look at nearly all of a hundred thousand.
        small = plain.lower()
        if not any(all(letter in small for letter in each) for each in letters):
            return False
        return next(iter(listed.find(Segment.of(plain))), None) is not None

    return named


async def documents_of(connection: AsyncConnection, sources: Collection[str]) -> frozenset[int]:
    """What an answer may rest on that is of these sources: their documents, and each that is gone, of which nobody can
    tell any more whose it was."""
    return frozenset(await index.of_sources(connection, sources)) | frozenset(await connection.scalars(_GONE))


async def reach_of(connection: AsyncConnection, seal: Seal, subjects: Iterable[Subject]) -> Reach:
    """What these subjects reach, with the documents that their sources have or may have had."""
    of: dict[str, list[Subject]] = {"user": [], "room": [], "source": [], "person": []}
    for subject in subjects:
        of[subject.kind].append(subject)
    rooms, sources = [one.id for one in of["room"]], [one.id for one in of["source"]]
    labelled_by = [(one, seal.pseudonym(one.id)) for one in (*of["user"], *of["room"], *of["source"])]
    labels = [each for one in labelled_by for each in (conversation.labels_of(*one), learnt.labels_of(*one))]
    said = await labelled.carrying(connection, frozenset().union(*labels), history_kind.NAME, pushed.KIND)
    return Reach(
        askers=frozenset(seal.pseudonym(one.id) for one in of["user"]),
        # A direct message stands in the tables under its pseudonym.
        rooms=frozenset((*rooms, *map(seal.pseudonym, rooms))),
        documents=said | (await documents_of(connection, sources) if sources else frozenset()),
        said=said,
        names=names_of(*of["person"]) if of["person"] else None,
    )
