"""Recall and precision of anything that finds spans in texts: the detectors and their peer are counted alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchmarks import Row
from benchmarks.policy_cases import MATTERS, Message, Span
from bot.policy.detect import Finding

Find = Callable[[str], Sequence[Finding]]

NO_VALUE = frozenset({*MATTERS, "directive", "injection", "undetected"})
"""Kinds of findings that stand for no value in the text: nothing of them is masked."""
NAMED: Mapping[str, tuple[str, ...]] = {
    "kr_rrn": ("주민", "외국인", "등록번호", "자녀", "가족", "rrn", "resident", "registration", "alien", "arc"),
    "kr_driver_licence": ("면허", "licen", "driver"),
    "kr_passport": ("여권", "passport", "パスポート"),
    "kr_business": ("사업자", "business", "brn"),
    "kr_corporate": ("법인등록", "corporate", "corp"),
    "kr_account": ("은행", "계좌", "뱅크", "bank", "acct", "account"),
    "card": ("카드", "card", "visa"),
}
"""Words with which people name such a number, written apart from the detectors: without one, and without a separator,
a number is bare."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A message and what was found in it."""

    message: Message
    findings: tuple[Finding, ...]

    def found(self, span: Span, at: float) -> bool:
        return any(f.kind == span.kind and f.score >= at and _overlap(f, span) for f in self.findings)

    def right(self, finding: Finding, *, by_kind: bool = True) -> bool:
        """Whether it stands for something that was to be found; by_kind: and says what."""
        spans = (span for span in self.message.spans if finding.kind == span.kind or not by_kind)
        return any(_overlap(finding, span) for span in spans)

    def kinds(self, at: float) -> set[str]:
        return {finding.kind for finding in self.findings if finding.score >= at}


def _overlap(finding: Finding, span: Span) -> bool:
    return finding.start < span.end and span.start < finding.end


def look(messages: Iterable[Message], find: Find) -> list[Looked]:
    return [Looked(message, tuple(find(message.text))) for message in messages]


def bare(span: Span, text: str) -> bool:
    """Whether neither a separator nor a word says what the number is."""
    lower = text.lower()
    return span.written.isalnum() and not any(word in lower for word in NAMED.get(span.kind, ()))


def recall(looked: Iterable[Looked], at: float, of: Callable[[Span, Message], bool]) -> tuple[int, int]:
    """(found, to be found) among the spans that `of` takes."""
    told = [one.found(span, at) for one in looked for span in one.message.spans if of(span, one.message)]
    return sum(told), len(told)


def precision(
    looked: Iterable[Looked], at: float, kinds: Collection[str] | None = None, *, by_kind: bool = True
) -> tuple[int, int]:
    """(right, all) of the findings that stand for a value; kinds: of these only."""
    told = [
        one.right(finding, by_kind=by_kind)
        for one in looked
        for finding in one.findings
        if finding.score >= at and finding.kind not in NO_VALUE and (kinds is None or finding.kind in kinds)
    ]
    return sum(told), len(told)


def flagged(looked: Collection[Looked], at: float, kinds: Collection[str] | None = None) -> tuple[int, int]:
    """(messages in which any of the kinds is found, all messages)."""
    told = [bool(one.kinds(at) if kinds is None else one.kinds(at).intersection(kinds)) for one in looked]
    return sum(told), len(told)


def masked(looked: Collection[Looked], at: float) -> tuple[int, int]:
    """(messages in which something would be replaced by a placeholder, all messages)."""
    return sum(bool(one.kinds(at) - NO_VALUE) for one in looked), len(looked)


def by_group(looked: Iterable[Looked]) -> Iterator[tuple[str, list[Looked]]]:
    ordered = sorted(looked, key=lambda one: one.message.group)
    return ((group, list(ones)) for group, ones in groupby(ordered, key=lambda one: one.message.group))


def missed(looked: Iterable[Looked], at: float) -> Counter[str]:
    """How many spans of each kind were not found."""
    return Counter(span.kind for one in looked for span in one.message.spans if not one.found(span, at))


def share(count: tuple[int, int]) -> float:
    """0 where there is nothing to count: a figure without cases is not good."""
    return count[0] / count[1] if count[1] else 0.0


def at_least(figure: str, count: tuple[int, int], target: float, conditions: str) -> Row:
    return Row.at_least(f"{figure}, of {count[1]}", share(count), target, conditions)


def at_most(figure: str, count: tuple[int, int], target: float, conditions: str) -> Row:
    return Row.at_most(f"{figure}, of {count[1]}", share(count) if count[1] else 1.0, target, conditions)


def reported(figure: str, count: tuple[int, int], conditions: str) -> Row:
    return Row.reported(f"{figure}, of {count[1]}", share(count), conditions)
