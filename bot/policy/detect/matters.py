"""Sensitive matters of somebody, with or without a name: health, union, religion, criminal record, personnel cases,
harassment, inside information. Pure.

A word alone is no matter: every handbook has a page about sick leave. What counts is a sentence in which a person or a
case stands beside the word, as the rules below say; where the sentence only talks about a subject (a form, a lesson, a
database), more is asked of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.policy.detect.finding import ROUTE, TABLED, Finding, because
from bot.policy.detect.matters_conduct import HARASSMENT
from bot.policy.detect.matters_law import CRIMINAL
from bot.policy.detect.matters_money import INSIDER
from bot.policy.detect.matters_words import HEALTH, RELIGION, UNION, Words
from bot.policy.detect.matters_work import PERSONNEL
from bot.policy.detect.people_words import ANYONE, GENERAL, HAPPENED, PERSON, SECRET, TALK
from bot.policy.detect.phrases import Phrases
from bot.policy.detect.sentences import Span, sentences

_NAMED = re.compile(
    r"\b(?!(?:The|This|That|What|How|Where|When|Who|Why|Which|It|There|Here|If|Our|Your|My|His|Her|Their|Does|Is|Are|Can"
    r"|Please|Policy|Everyone|Anyone|Nobody|Company|These|Those|Each|Every|All|Some|One|No|In|On|At|For|And|But|So|We|They|You|Today|"
    r"Yesterday|Tomorrow|Mr|Ms|Mental|Union|Health|Training|Build|Server)\b)[A-Z][a-z]{2,}"
    r"(?:'s\b|\s(?:is|was|has|had|got|told|said|just|took|went|will|keeps|kept|from\s\w+|in\s\w+|wants|seems|might|may"
    r"|did)\b)"
)
"""A name in a sentence: the case of its first letter is what says so."""


@dataclass
class _Sentence:
    """What the rules ask of one sentence, looked up once and only when it is asked."""

    text: str
    lower: str
    span: Span
    known: dict[str, bool] = field(default_factory=dict)

    def has(self, name: str, table: Phrases) -> bool:
        if name not in self.known:
            self.known[name] = table.pattern.search(self.lower, *self.span) is not None
        return self.known[name]

    @property
    def person(self) -> bool:
        if "named" not in self.known:
            self.known["named"] = _NAMED.search(self.text, *self.span) is not None
        return self.known["named"] or self.has("person", PERSON)

    @property
    def anyone(self) -> bool:
        return self.person or self.has("anyone", ANYONE)

    @property
    def happened(self) -> bool:
        return self.has("happened", HAPPENED)

    @property
    def talk(self) -> bool:
        return self.has("talk", TALK)

    @property
    def general(self) -> bool:
        return self.has("general", GENERAL)


_Verdict = tuple[float, str]
_NOTHING: _Verdict = (0.0, "")


def _said(sentence: _Sentence, matter: _Matter) -> _Verdict:
    """It is said that it happened; about a form or a lesson that says little, unless it is somebody's."""
    if sentence.talk and not sentence.person:
        return _NOTHING
    return 0.8, because("what happened", "person" if sentence.person else "")


def _term(sentence: _Sentence, matter: _Matter) -> _Verdict:
    if matter.secret and sentence.has("secret", SECRET):
        return 0.6, "not known yet"
    if sentence.talk or sentence.general:
        return (TABLED, "person and case") if sentence.person and sentence.happened else _NOTHING
    if sentence.person:
        return 0.6, "person"
    if sentence.happened and (matter.lone or sentence.anyone):
        return TABLED, "case"
    return _NOTHING


def _weak(sentence: _Sentence, matter: _Matter) -> _Verdict:
    counts = sentence.person and sentence.happened and not sentence.talk and not sentence.general
    return (TABLED, "person and case") if counts else _NOTHING


@dataclass(frozen=True)
class _Matter:
    """A kind and how its words are judged. lone: its terms count where something happened, though nobody is named.
    secret: they count where it is said that others do not know yet."""

    words: Words
    lone: bool = True
    secret: bool = False


_MATTERS: Mapping[str, _Matter] = {
    "health": _Matter(HEALTH),
    "union": _Matter(UNION),
    "religion": _Matter(RELIGION, lone=False),
    "criminal": _Matter(CRIMINAL),
    "personnel": _Matter(PERSONNEL),
    "harassment": _Matter(HARASSMENT),
    "insider": _Matter(INSIDER, lone=False, secret=True),
}
KINDS = tuple(_MATTERS)
_RULES = (("said", _said), ("terms", _term), ("weak", _weak))
TABLES = {f"{kind} {rule}": getattr(one.words, rule) for kind, one in _MATTERS.items() for rule, _ in _RULES}


def matters(text: str, lower: str, found: Mapping[str, list[Span]]) -> Iterator[Finding]:
    """At most one finding of a kind in a sentence: what it is about once, it is about. found: what of TABLES stands in
    the text."""
    read: list[_Sentence] = []
    for kind, matter in _MATTERS.items():
        done: set[Span] = set()
        for rule, judged in _RULES:
            spans = found.get(f"{kind} {rule}")
            if spans is None:
                continue
            read = read or [_Sentence(text, lower, span) for span in sentences(text)]
            for sentence, span in _within(read, sorted(spans)):
                if sentence.span in done:
                    continue
                score, evidence = judged(sentence, matter)
                if score >= ROUTE:
                    done.add(sentence.span)
                    yield Finding(kind, *span, score, evidence)


def _within(read: Sequence[_Sentence], spans: Sequence[Span]) -> Iterator[tuple[_Sentence, Span]]:
    """Each sentence with the first, and of those the longest, of the spans that it holds. spans: sorted."""
    for sentence in read:
        start, end = sentence.span
        at = bisect_left(spans, (start, start))
        longest = None
        while at < len(spans) and spans[at][1] <= end and (longest is None or spans[at][0] == longest[0]):
            longest, at = spans[at], at + 1
        if longest is not None:
            yield sentence, longest
