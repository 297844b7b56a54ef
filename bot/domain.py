"""What the story talks about: Question, Turn, Draft, Answer, Feedback. Pure.

Part and Prompt stand in bot/policy/parts.py, because only the policy makes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

from retrieval.errors import Fault
from retrieval.label import NOTHING_SENSITIVE, ImportedLabel, Label
from retrieval.passage import InForce, Passage, Place
from retrieval.split import Piece


class Route(StrEnum):
    """Who answers. `quote`: no model, the passages word for word. `refuse`: a reason instead of an answer."""

    CLOUD = "cloud"
    ON_PREM = "on_prem"
    QUOTE = "quote"
    REFUSE = "refuse"


SHORES = (Route.CLOUD, Route.ON_PREM)
"""The routes that call a model."""

RoomKind = Literal["dm", "private", "public", "unknown"]


@dataclass(frozen=True, slots=True)
class Room:
    """Where a question is asked. shared: people of another organisation, or guests, are present. guests_only: and they
    are surely guests of our own."""

    id: str
    name: str
    kind: RoomKind
    shared: bool = False
    guests_only: bool = False

    @property
    def open(self) -> bool:
        """Whether what is said there is of no circle: a direct message's is its own asker's to give away."""
        return self.kind == "dm" or (self.kind == "public" and not self.shared)

    def is_as_closed_as(self, before: Room) -> bool:
        """Whether nobody is present from further outside than there was."""
        return self._outside <= before._outside

    @property
    def _outside(self) -> int:
        return self.shared + (self.shared and not self.guests_only)


class QuestionFault(Fault):
    """A question that cannot be taken: empty, too long, or of somebody unknown."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a question. It is read for this one answer and kept nowhere.

    pieces: what of its text the answer may rest on, in its order. unread: the sentence why it could not be read.
    partly: the sentence what of it was left out. link: where those who are in the conversation can open it. labels:
    other systems' that it carries.
    """

    name: str
    pieces: tuple[Piece, ...] = ()
    unread: str | None = None
    partly: str | None = None
    link: str | None = None
    labels: tuple[ImportedLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody else wrote around a question, for this one answer. author: their id; text: with how they are
    called."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked. thread: questions with the same value follow one another. carried: what is known of the
    text from where it was asked before. attached: the files that came with it. said: the messages of its thread that
    are not to Naru, oldest first, where it is about them; unsaid: how many before these were left out.
    asked_at: when it was asked, where that is known to be before it was received."""

    id: UUID
    text: str
    asker: str
    room: Room
    thread: str
    received_at: datetime
    carried: Label = NOTHING_SENSITIVE
    attached: tuple[Attached, ...] = ()
    asked_at: datetime | None = None
    said: tuple[Said, ...] = ()
    unsaid: int = 0

    @property
    def since(self) -> datetime:
        """From when on somebody waits for the answer."""
        return self.asked_at or self.received_at

    @classmethod
    def asked(
        cls,
        text: str,
        *,
        asker: str,
        room: Room,
        thread: str,
        longest: int,
        id: UUID | None = None,
        carried: Label = NOTHING_SENSITIVE,
        attached: tuple[Attached, ...] = (),
    ) -> Question:
        """A question; raises QuestionFault when it is empty or longer than `longest` characters.

        id: given where the same question may be asked again after a crash.
        """
        clean = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()
        if not clean:
            raise QuestionFault("The question is empty: type what you want to know.")
        if len(clean) > longest:
            raise QuestionFault(
                f"The question has {len(clean):,} characters and Naru reads up to {longest:,}: ask for one thing, "
                "and leave out the text that it is about or shorten it."
            )
        return cls(id or uuid4(), clean, asker, room, thread, datetime.now(UTC), carried, attached)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same thread with its answer.

    A text that is gone (not kept, or not readable any more) is None: nothing can be said of it, so it counts as
    RESTRICTED. label: what the Decision of that time knew; documents: the ids that the answer rested on. asker: a
    pseudonym. masked: the kinds of which the model that wrote the answer saw placeholders.
    """

    question: str | None
    answer: str | None
    label: Label
    documents: tuple[int, ...]
    asker: str = ""
    masked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model call took, in tokens; None where the server does not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a route made, before bot/check.py has looked at it.

    known: False when it says that the documents do not know. tried: the routes before this one, each with why it
    did not answer. model and prompt_version are None where no model was called. missing: the domain model in whose
    place the base model answered, because the server does not have it. hidden: by placeholder, the values that the
    model did not see and that are back in the text. strange: placeholders in it that nobody issued. unread: the numbers
    of passages for which the model had no room. other_language: it did not answer in the question's, asked again too.
    spent: a route before this one was passed over because its budget for today is used up. away: the models that would
    have answered, had they been there. unheard: how many messages of the thread the model had no room for.
    note: below a quotation, why it is one.
    """

    route: Route
    text: str
    known: bool = True
    tried: tuple[tuple[Route, str], ...] = ()
    model: str | None = None
    prompt_version: str | None = None
    usage: Usage = Usage()
    missing: str | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)
    strange: int = 0
    unread: frozenset[int] = frozenset()
    other_language: bool = False
    spent: bool = False
    away: frozenset[Route] = frozenset()
    unheard: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer comes from. number: the n of [n] in the text. place: on which pages, slides or rows.
    in_force: when it holds. also: the titles of other documents that say the same."""

    number: int
    title: str
    heading: str
    uri: str
    link: str | None
    place: Place | None = None
    in_force: InForce | None = None
    also: tuple[str, ...] = ()

    @classmethod
    def of(cls, number: int, passage: Passage) -> Citation:
        document = passage.document
        where = document.title, passage.heading, document.uri, document.link, passage.place
        return cls(number, *where, in_force=passage.in_force, also=tuple(one.title for one in passage.also))

    @classmethod
    def of_attached(cls, number: int, file: Attached, piece: Piece) -> Citation:
        return cls(number, file.name, piece.heading, file.name, file.link, piece.place)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown. It knows its passages (`Passage.key`), its Decision, its model and its prompt's version. kept: the
    text as it is stored, where a model saw placeholders; None: as it is. strange: placeholders in it that nobody
    issued. away: the models that would have answered, had they been there."""

    id: UUID
    question: UUID
    decision: UUID
    text: str
    citations: tuple[Citation, ...]
    route: Route
    label: Label
    known: bool
    documents: tuple[int, ...] = ()
    passages: tuple[str, ...] = ()
    tried: tuple[tuple[Route, str], ...] = ()
    model: str | None = None
    prompt_version: str | None = None
    usage: Usage = Usage()
    kept: str | None = None
    strange: int = 0
    away: frozenset[Route] = frozenset()


Verdict = Literal["good", "bad"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thinks of an answer. One person counts once per answer; the last word stands. consent: whether
    Naru may learn from it, and from the question where it is theirs; None: they did not say this time."""

    answer: UUID
    person: str
    verdict: Verdict
    reason: str | None = None
    better: str | None = None
    consent: bool | None = None
