"""What may be learnt from a question and its answer, and as what. Pure.

Nobody learns before somebody has approved; what this says holds for what they approve.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from bot.domain import Verdict
from bot.policy import detect, learnt
from bot.policy.mask import CLOSE, OPEN
from bot.policy.parts import found_in
from bot.policy.rules import Rules, never
from retrieval.label import Label, Level
from retrieval.passage import EVERYONE, Document, Principal, Said

LONGEST_QUESTION = 300
LONGEST_ANSWER = 1_000
"""Characters: an example is one passage, and three of them stand in a prompt."""
HIGHEST = Level.CONFIDENTIAL
"""The level of an example at most."""

_CITATION = re.compile(r"[ \t]?\[\d{1,3}(?:\s?,\s?\d{1,3})*\]")
_BLANK = re.compile(r"[ \t]+$", re.MULTILINE)
_NEVER = ("secret", "injection", detect.UNDETECTED)
"""The kinds that no policy lets be learnt: beside those that its `train` sink refuses."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the answer that it should have had."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Approval:
    """reviewer: a pseudonym. in_force: it put the pair in force, for `readers` if there are any."""

    id: UUID
    reviewer: str
    pair: Pair
    in_force: bool = False
    readers: frozenset[Principal] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What somebody allowed Naru to learn from, and what the answer knew.

    answer, person: whose feedback on which answer; the person and the asker are pseudonyms. answered: what Naru said;
    None: it is not kept. better: what the person wrote instead. good, bad: the votes on that answer. label: of its
    Decision. room: as `question.room` has it; private: only who is in it may be told. passages: what it was given to
    read (`Passage.key`). approvals: so far, the oldest first. expired: it was an example until what it rests on
    changed.
    """

    answer: UUID
    person: str
    asker: str
    room: str
    private: bool
    asked: str
    answered: str | None
    better: str | None
    reason: str | None
    verdict: Verdict
    good: int
    bad: int
    label: Label
    documents: tuple[int, ...]
    passages: tuple[str, ...]
    approvals: tuple[Approval, ...] = ()
    expired: bool = False

    @property
    def pair(self) -> Pair:
        """As it was said, or as the last reviewer put it."""
        if self.approvals:
            return self.approvals[-1].pair
        return Pair(" ".join(cleared(self.asked).split()), cleared(self.better or self.answered or ""))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidate as its reviewer sees it. documents: what the answer rests on. level: of the pair as it stands.
    approved, needed: reviewers. problems: why it cannot be approved as it stands. changed: what it rests on says
    something else by now, so it can be no example."""

    id: str
    candidate: Candidate
    documents: tuple[Document, ...]
    level: Level
    approved: int
    needed: int
    problems: tuple[str, ...]
    changed: bool


def cleared(text: str) -> str:
    """Without the numbers of passages, which are of one answer only."""
    return _BLANK.sub("", _CITATION.sub("", text)).strip()


def unfit(text: str, what: str, longest: int) -> str | None:
    """Why a text cannot be half of an example, as the rest of a sentence."""
    if not text:
        return f"the {what} is missing"
    if len(text) > longest:
        return f"the {what} has {len(text):,} characters, and {longest:,} are read: shorten it"
    if any(unicodedata.category(one) in ("Cc", "Cs", "Co") and one not in "\n\t" for one in text):
        return f"the {what} holds characters that nobody sees: type it anew"
    if OPEN in text or CLOSE in text:
        return f"the {what} holds a placeholder ({OPEN}...{CLOSE}), which stands for what was masked: reword it"
    return None


def label_of(candidate: Candidate, pair: Pair, documents: Iterable[Document], rules: Rules) -> Label:
    """How sensitive the pair is: what its Decision knew, what is known of the documents now, what both texts say, and
    who has opted out."""
    own = rules.opt_outs.of_user(candidate.asker) | rules.opt_outs.of_user(candidate.person)
    return Label.join(
        [
            candidate.label,
            own | rules.opt_outs.of_room(candidate.room),
            *map(rules.document_label, documents),
            found_in(pair.question, "question", rules),
            found_in(pair.answer, "answer", rules, document=True),
        ]
    )


def problems(pair: Pair, label: Label, rules: Rules) -> tuple[str, ...]:
    """Why the pair cannot be an example, as the rests of sentences; empty: it can. What stands in a text is named by
    its kind alone."""
    found = [
        unfit(pair.question, "question", LONGEST_QUESTION),
        unfit(pair.answer, "answer", LONGEST_ANSWER),
    ]
    refused = rules.sinks["train"].refuse | frozenset(_NEVER)
    for what, text in (("question", pair.question), ("answer", pair.answer)):
        kinds = found_in(text, what, rules, document=what == "answer").kinds & refused
        if kinds:
            found.append(f"the {what} holds what is not to be learnt ({', '.join(sorted(kinds))}): take it out")
    if any(never(reason, "train") for reason in label.reasons) or learnt.closed(label):
        found.append("somebody whose words these are has opted out, or was never asked")
    if label.level > HIGHEST:
        found.append(f"it is {label.level.name}, and an example is {HIGHEST.name} at most")
    return tuple(one for one in found if one)


def needed(level: Level) -> int:
    """How many reviewers have to approve the same words."""
    return 2 if level >= Level.CONFIDENTIAL else 1


def readers_of(
    candidate: Candidate, documents: Iterable[Document], given: frozenset[Principal]
) -> frozenset[Principal]:
    """Who may be shown it: those who may read all that it rests on, in a private room those who are in it; `given` can
    only narrow that. Empty: nobody. What rests on no document is for those alone whom the reviewer says."""
    sets = [document.readers for document in documents]
    if candidate.private:
        sets.append(frozenset({Principal(f"channel:{candidate.room}")}))
    elif not sets and not given:
        return frozenset()
    if given:
        sets.append(given)
    shared: frozenset[Principal] | None = None
    for one in sets:
        if shared is None or EVERYONE in shared:
            shared = one
        elif EVERYONE not in one:
            shared &= one
    return shared or frozenset()


def example(
    pair: Pair, label: Label, readers: frozenset[Principal], candidate: Candidate, documents: Mapping[int, Document]
) -> Said:
    """What the source `approved` says of it beside its text."""
    people = candidate.asker, candidate.person
    sources = {one.source for one in documents.values()}
    labels = learnt.labels(people, candidate.room, sources, documents)
    return Said(title=pair.question, level=label.level, readers=readers, labels=labels)
