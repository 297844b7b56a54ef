"""Everything that may enter a prompt, labelled. Pure.

A Part is a text with its Label. Only this file makes one, so that no text reaches a prompt without having been
looked at: titles and headings are Parts like the passages below them, and our own instructions are Parts labelled
PUBLIC. A Prompt is a tuple of Parts and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, replace
from enum import StrEnum
from itertools import count, permutations
from typing import Literal

from bot.domain import Attached, Question, Room, Said, Turn
from bot.policy import detect
from bot.policy.conversation import KIND as CONVERSATION
from bot.policy.detect.sentences import LONGEST
from bot.policy.mask import BRACKETS, Placeholders, issued_in, mask
from bot.policy.optout import KIND as OPT_OUT
from bot.policy.rules import MASKED, Rules, allowed
from bot.policy.seen import PUT_TOGETHER
from bot.words import in_force_name
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from retrieval.passage import Document, Passage

_MINT = object()
_TOGETHER = "parts read together"
SPLIT = "put together"
"""The evidence of what no piece of a text holds alone."""
_EDGE = 80
_NEAR = 40
_HALF = re.compile(r"[0-9]{2}|@|[!-~]{7}")
_LETTER = re.compile(r"[0-9A-Za-z@]")

Speaker = Literal["system", "user"]


class Role(StrEnum):
    """What a Part is in the story."""

    INSTRUCTIONS = "instructions"
    COMPANY = "instructions of the company"
    EXAMPLE_QUESTION = "question of an example"
    EXAMPLE_ANSWER = "answer of an example"
    EARLIER_QUESTION = "earlier question"
    EARLIER_ANSWER = "earlier answer"
    SAID = "message of the thread"
    TITLE = "title"
    IN_FORCE = "in force"
    HEADING = "heading"
    PASSAGE = "passage"
    ATTACHED_NAME = "name of an attached file"
    ATTACHED_HEADING = "heading of an attached file"
    ATTACHED = "attached file"
    QUESTION = "question"
    EMBEDDED = "text to embed"
    RERANKED = "text to re-rank"
    JUDGED = "statement to judge"


FROM_DOCUMENTS = frozenset({Role.TITLE, Role.IN_FORCE, Role.HEADING, Role.PASSAGE})
"""The roles whose text an answer may show to the room."""

FROM_EXAMPLES = frozenset({Role.EXAMPLE_QUESTION, Role.EXAMPLE_ANSWER})
"""What a model may say again, too, though an answer rests on it no more than on our own words."""

_WRITTEN = FROM_DOCUMENTS | {Role.EARLIER_ANSWER, Role.EXAMPLE_ANSWER}
"""What is of a page, or made from one, and no message of somebody."""

FROM_ATTACHED: Mapping[Role, Role] = {
    Role.ATTACHED_NAME: Role.TITLE,
    Role.ATTACHED_HEADING: Role.HEADING,
    Role.ATTACHED: Role.PASSAGE,
}
"""The roles of what came with the question, each with the one that it has in a document. The room sees the file anyway,
so its `slack` sink is not asked; what that refuses at any level is masked in the answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text with its Label. number: which passage it belongs to, counted from 1; 0 where it belongs to none. source:
    of the document that it stands in; empty where it stands in none. beside: of the Label what does not stand in the
    text, and stays whatever is hidden of that."""

    text: str
    label: Label
    role: Role
    speaker: Speaker = "user"
    number: int = 0
    source: str = ""
    beside: Label = NOTHING_SENSITIVE
    mint: InitVar[object] = None

    def __post_init__(self, mint: object) -> None:
        if mint is not _MINT:
            raise TypeError("only bot/policy/parts.py makes a Part: a text is labelled or it does not exist")


Prompt = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Masking:
    """Parts with placeholders in the places of values. before, placeholders: of the thread, without and with what is
    new in them."""

    parts: Prompt
    before: Placeholders
    placeholders: Placeholders

    @property
    def values(self) -> Mapping[str, str]:
        """By placeholder, of those that stand in these Parts: what else the thread knows a model cannot ask for."""
        names = issued_in("".join(part.text for part in self.parts))
        return {name: value for name, value in self.placeholders.values.items() if name in names}

    @property
    def question(self) -> str:
        """The question's text as it was masked."""
        return "".join(part.text for part in self.parts if part.role is Role.QUESTION)


def instructions(text: str, speaker: Speaker = "user") -> Part:
    """Our own words. Never call it with a text that somebody else wrote."""
    return Part(text, NOTHING_SENSITIVE, Role.INSTRUCTIONS, speaker, mint=_MINT)


def company_part(text: str, label: Label) -> Part:
    """What a company has the models told in the place of our own words. label: `company_label`."""
    return Part(text, label, Role.COMPANY, "system", beside=label, mint=_MINT)


def company_label(text: str, rules: Rules) -> Label:
    """It is written for the models, so only what is found in it speaks against them."""
    return found_in(text, Role.COMPANY.value, rules, document=True)


def question_part(question: Question, rules: Rules, before: Sequence[str] = ()) -> Part:
    """before: what was asked earlier in its thread and is in no prompt any more; half of an identifier may have left
    with it."""
    beside, told = question.carried | rules.room_label(question.room), found_in(question.text, "question", rules)
    beside |= rules.opt_outs.of_user(question.asker)
    if before:
        halves = rules.seen.across([*before, question.text], rules.lists, typed=True) - told.kinds - beside.kinds
        beside |= _label(halves, "question, with earlier ones", rules)
    return Part(question.text, beside | told, Role.QUESTION, beside=beside, mint=_MINT)


def passage_parts(number: int, passage: Passage, rules: Rules) -> Prompt:
    """Title, dates in force, heading and text of one passage, each labelled by itself on top of what the source says.
    Dates that are not known are no Part."""
    dates = in_force_name("en", passage.in_force)
    pieces = (
        (Role.TITLE, passage.document.title, f"passage {number} title"),
        *(((Role.IN_FORCE, dates, f"passage {number} dates"),) if dates else ()),
        (Role.HEADING, passage.heading, f"passage {number} heading"),
        (Role.PASSAGE, passage.text, f"passage {number}"),
    )
    # What another document says as well carries that document's label too, as if both had been found.
    known = Label.join([rules.document_label(one) for one in (passage.document, *passage.also)])
    source = passage.document.source

    def part(role: Role, text: str, origin: str) -> Part:
        told = found_in(text, origin, rules, document=True)
        return Part(text, known | told, role, number=number, source=source, beside=known, mint=_MINT)

    return tuple(part(*piece) for piece in pieces)


def example_parts(example: Passage, rules: Rules) -> Prompt:
    """Question and answer, each labelled by itself on top of what is known of their document."""
    document = example.document
    known = rules.document_label(document)

    def part(role: Role, text: str) -> Part:
        told = found_in(text, role.value, rules, document=role in _WRITTEN)
        return Part(text, known | told, role, source=document.source, beside=known, mint=_MINT)

    return part(Role.EXAMPLE_QUESTION, document.title), part(Role.EXAMPLE_ANSWER, example.text)


def attached_parts(files: Iterable[Attached], first: int, room: Room, rules: Rules) -> Prompt:
    """Name, heading and text of each piece, numbered from `first` on, labelled by what it says, by the room, by the
    level that the policy gives to files, and by the labels that the file carries. Of one that could not be read nothing
    is known: a RESTRICTED Part without text."""
    parts: list[Part] = []
    number = first
    for file, what in zip(files, (f"attached {n}" for n in count(1)), strict=False):
        known = rules.room_label(room) | rules.attached_label(file.labels, what)
        if file.unread is not None:
            known |= Label.of(Level.RESTRICTED, "attached", f"{what} cannot be read")
        if not file.pieces:
            parts.append(Part("", known, Role.ATTACHED, beside=known, mint=_MINT))
        for piece in file.pieces:
            pieces = (
                (Role.ATTACHED_NAME, file.name, f"{what} name"),
                *(((Role.ATTACHED_HEADING, piece.heading, f"{what} heading"),) if piece.heading else ()),
                (Role.ATTACHED, piece.text, what),
            )
            for role, text, origin in pieces:
                told = found_in(text, origin, rules)
                parts.append(Part(text, known | told, role, number=number, beside=known, mint=_MINT))
            number += 1
    return tuple(parts)


def embedded_part(text: str, label: Label, rules: Rules) -> Part:
    """A passage or a question that is to become a vector; label: what is known of it beside what it says."""
    return Part(text, label | found_in(text, Role.EMBEDDED.value, rules), Role.EMBEDDED, beside=label, mint=_MINT)


def reranked_part(text: str, label: Label, rules: Rules) -> Part:
    """A question, or a passage that is to be put in order by it; label: what is known of it beside what it says."""
    return Part(text, label | found_in(text, Role.RERANKED.value, rules), Role.RERANKED, beside=label, mint=_MINT)


def judged_part(text: str, label: Label, rules: Rules) -> Part:
    """What an answer says; label: of its Decision."""
    return Part(text, label | found_in(text, Role.JUDGED.value, rules), Role.JUDGED, beside=label, mint=_MINT)


def said_parts(said: Iterable[Said], room: Room, rules: Rules) -> Prompt:
    """The messages of the thread that the question is about, each labelled by what it says, by the room and by what its
    author has opted out of. Nobody of them was asked whether a model may learn from it."""
    parts: list[Part] = []
    talk = Label.of(Level.PUBLIC, CONVERSATION, Role.SAID.value)
    for one in said:
        known = talk | rules.room_label(room) | rules.opt_outs.of_user(one.author)
        told = found_in(one.text, Role.SAID.value, rules)
        parts.append(Part(one.text, known | told, Role.SAID, beside=known, mint=_MINT))
    return tuple(parts)


def thread_parts(turns: Sequence[Turn], documents: Mapping[int, Document], room: Room, rules: Rules) -> Prompt:
    """The thread so far. An earlier answer carries its Decision's label joined with the present labels of the
    documents it rests on; where a text or a document is gone, or not for these readers, or more than the room may be
    shown by now, it counts as RESTRICTED and its text stays out.

    documents: those of the thread that exist now and that the present readers may read, by id.
    """
    parts: list[Part] = []
    before = NOTHING_SENSITIVE
    for turn in turns:
        rests_on = Label.join([rules.document_label(documents[i]) for i in turn.documents if i in documents])
        readable = all(i in documents for i in turn.documents)
        says = rests_on | found_in(turn.answer or "", Role.EARLIER_ANSWER.value, rules, document=True)
        answer = turn.answer if readable and allowed(says, rules.shown_in(room)) else None
        # Whoever answered had read what came before, and may have said it again.
        before |= Label(frozenset(one for one in rests_on.reasons if one.kind == OPT_OUT))
        before |= rules.opt_outs.of_user(turn.asker)
        rests_on |= before
        # Of what the model saw placeholders for, its answer says no more than its text does.
        beside = Label(frozenset(one for one in turn.label.reasons if one.kind not in turn.masked)) | rests_on
        parts.append(_earlier(Role.EARLIER_QUESTION, turn.question, turn.label | rests_on, beside, rules))
        parts.append(_earlier(Role.EARLIER_ANSWER, answer, turn.label | rests_on, beside, rules))
    return tuple(parts)


def _earlier(role: Role, text: str | None, label: Label, beside: Label, rules: Rules) -> Part:
    if text is None:
        gone = Label.of(Level.RESTRICTED, "thread", f"{role.value} is not available")
        return Part("", label | gone, role, beside=beside | gone, mint=_MINT)
    told = found_in(text, role.value, rules, document=role is Role.EARLIER_ANSWER)
    return Part(text, label | told, role, beside=beside, mint=_MINT)


def masked_parts(parts: Prompt, rules: Rules, placeholders: Placeholders) -> Masking:
    """The same Parts with placeholders for what the policy lets be hidden. Raises FullFault."""
    masked: list[Part] = []
    now = placeholders
    for part in parts:
        made, now = _masked(part, rules, now)
        masked.append(made)
    return Masking(tuple(masked), placeholders, now)


def _masked(part: Part, rules: Rules, placeholders: Placeholders) -> tuple[Part, Placeholders]:
    """Its label: what was there beside the text, what is found in the text now, and whatever may not be hidden: a
    placeholder in the middle of a password must not make it look like none."""
    if not any(map(rules.may_be_hidden, part.label.reasons)) and not BRACKETS & set(part.text):
        return part, placeholders
    made = mask(part.text, rules.masking, lambda text: maskable(text, rules), placeholders)
    stays = Label(frozenset(reason for reason in part.label.reasons if not rules.may_be_hidden(reason)))
    told = found_in(made.text, f"{part.role.value}, masked", rules, document=part.role in _WRITTEN)
    label = part.beside | stays | told
    if made.kinds:
        label |= Label.of(Level.INTERNAL, MASKED, part.role.value)
    return replace(part, text=made.text, label=label, mint=_MINT), made.placeholders


def maskable(text: str, rules: Rules) -> Iterator[detect.Finding]:
    """What stands there, for `mask`. Of a listed name nothing needs to be sure: the company has said that it is one."""
    for finding in detect.find(text, rules.lists):
        listed = finding.kind in detect.LISTED and detect.ROUTE <= finding.score < detect.MASK
        yield replace(finding, score=detect.MASK) if listed else finding
    for finding in rules.opt_outs.found(text):
        yield replace(finding, score=detect.MASK)


def found_in(text: str, origin: str, rules: Rules, *, document: bool = False) -> Label:
    """What the detectors find in a text, as a Label; origin says in the reasons where it was. document: it is of a
    page, or made from one, and no message of somebody."""
    found = _label(rules.seen.kinds(text, rules.lists, document=document), origin, rules)
    return found | rules.terms.label(text, origin) | rules.opt_outs.in_text(text)


def findings(text: str, rules: Rules) -> tuple[tuple[Level, detect.Finding], ...]:
    """What a question of this text alone would be kept for: each finding with its level, by start. What is only found
    once pieces from all over the text are put together is one over the whole of it, of the lowest score."""
    found = detect.find(text, rules.lists)
    alone = {one.kind for one in found if one.score >= detect.ROUTE}
    split = (detect.Finding(kind, 0, len(text), PUT_TOGETHER, SPLIT) for kind in rules.seen.split(text) - alone)
    levelled = [(rules.kind_level(one.kind), one) for one in (*found, *split)]
    return tuple(
        sorted((*levelled, *rules.terms.found(text)), key=lambda pair: (pair[1].start, pair[1].end, pair[1].kind))
    )


def joined(parts: Iterable[Part], rules: Rules) -> Label:
    """The label of all these Parts together: the union of theirs, and what is only found once neighbours are read
    as one text: an identifier split over a title and its passage, or over two messages with an answer between."""
    theirs = tuple(part for part in parts if part.role is not Role.INSTRUCTIONS)
    label = Label.join([part.label for part in theirs])
    found: set[str] = set()
    named, opted_out = NOTHING_SENSITIVE, NOTHING_SENSITIVE
    for texts, typed in _neighbours(theirs):
        found |= rules.seen.across(texts, rules.lists, typed=typed)
        named |= rules.terms.label("".join(texts), _TOGETHER)
        opted_out |= rules.opt_outs.in_text("".join(texts))
    for text in _pieces(theirs):
        found |= rules.seen.kinds(text, rules.lists, document=True) & detect.ABOUT
    known = {(reason.level, reason.kind) for reason in label.reasons}
    new = Label(frozenset(reason for reason in named.reasons if (reason.level, reason.kind) not in known))
    return label | opted_out | new | _label(found - label.kinds, _TOGETHER, rules)


def joined_masked(plain: Label, masking: Masking, rules: Rules) -> Label:
    """The same of Parts with placeholders. plain: of the Parts without them, of which stays whatever may not be hidden,
    and what only several of them hold together."""
    stays = (one for one in plain.reasons if not rules.may_be_hidden(one) or one.origin == _TOGETHER)
    return joined(masking.parts, rules) | Label(frozenset(stays))


def _neighbours(parts: Sequence[Part]) -> Iterator[tuple[list[str], bool]]:
    """Texts that follow one another in some reading, and whether one person typed them."""
    # A line of dates that we put between a title and its text must not hide what is split over the two. The company's
    # instructions are no neighbour of a text: whoever wrote those has not seen it.
    written = [part for part in parts if part.role not in (Role.IN_FORCE, Role.COMPANY)]
    yield [part.text for part in written if part.role in (Role.EARLIER_QUESTION, Role.QUESTION)], True
    yield [part.text for part in written], False
    passages = [part.text for part in written if part.role is Role.PASSAGE]
    yield passages, False
    # Nor the name that we put before each piece of an attached file.
    yield [part.text for part in written if part.role is Role.ATTACHED], False
    # What was cut out of one document comes in any order, with others between.
    for one, other in permutations(passages, 2):
        if _may_be_cut(one[-_NEAR:], other[:_NEAR]):
            yield [one[-_EDGE:], other[:_EDGE]], False


def _pieces(parts: Sequence[Part]) -> Iterator[str]:
    """Title, heading and beginning of each piece of a document, line by line: what a text is about stands over it as
    often as in it. Never of two documents."""
    titled: list[str] = []
    for part in parts:
        role = FROM_ATTACHED.get(part.role, part.role)
        if role is Role.TITLE:
            titled = [part.text]
        elif role is Role.HEADING and titled:
            titled.append(part.text)
        elif role is Role.PASSAGE and titled:
            yield "\n".join(filter(None, (*titled, part.text[:LONGEST])))
            titled = []
        elif role is not Role.IN_FORCE:
            titled = []


def _may_be_cut(end: str, begin: str) -> bool:
    """Whether an identifier may have been cut here: both hold a character of one, and one of them more than that."""
    if _LETTER.search(end) is None or _LETTER.search(begin) is None:
        return False
    return _HALF.search(end) is not None or _HALF.search(begin) is not None


def _label(kinds: Iterable[str], origin: str, rules: Rules) -> Label:
    return Label.join([Label.of(rules.kind_level(kind), kind, origin) for kind in kinds])
