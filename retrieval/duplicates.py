"""The same text in several documents is one passage, and the others are named. Pure.

Only what reads the same to the last number and word is the same: 10,000원 and 15,000원 are a difference, and those are
shown. Documents of another level, or with other labels of other systems, stay apart: which of them may be shown or sent
where is for the policy to say, and it has to see both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from retrieval.passage import Passage
from retrieval.text import normalise

SHORTEST = 20
"""Letters of a text that can be the same by more than chance: below the headings of two tables may stand the same."""

_MARKUP = re.compile(r"(?:^\s*(?:[-+>]\s+|-{3,}))+|(?<=\|)[\s:|-]+(?=\|)|[*_`#|\s]+", re.MULTILINE)
_NO_LETTERS = dict.fromkeys([*map(ord, "-+>*_`#|:"), *(code for code in range(0x3001) if chr(code).isspace())])
_STATES = {"now": 0, None: 1, "later": 2, "before": 3}


def folded(passages: Sequence[Passage], *, of_today: bool = True) -> tuple[Passage, ...]:
    """Each text once, at the place and with the score of its best; `also` names the other documents. The one that is
    shown is the one in force, and of those the newest. of_today: False where the query asks about another time, and the
    passages' own order knows better."""
    letters = [_letters(one) for one in passages]
    alike = Counter(letters)
    groups: dict[object, list[Passage]] = {}
    for one, its in zip(passages, letters, strict=True):
        groups.setdefault(_key(one) if alike[its] > 1 else one.id, []).append(one)
    return tuple(_one_of(group, of_today=of_today) for group in groups.values())


def _letters(one: Passage) -> str:
    """What two texts that are the same have the same: it takes a tenth of the time to tell, and most have it alone."""
    return normalise(one.text).translate(_NO_LETTERS)


def _key(one: Passage) -> object:
    text = " ".join(_MARKUP.sub(" ", normalise(one.text)).split())
    if len(text) < SHORTEST:
        return one.id
    return text, one.document.level, frozenset(one.document.labels)


def _one_of(group: Sequence[Passage], *, of_today: bool) -> Passage:
    best = group[0]
    if len(group) == 1:
        return best
    shown = min(group, key=_preference) if of_today else best
    others = {one.document.id: one.document for one in group if one.document.id != shown.document.id}
    confidence = max(one.confidence for one in group)
    return replace(shown, score=best.score, confidence=confidence, also=tuple(others.values()))


def _preference(one: Passage) -> tuple[int, int]:
    state = one.in_force.state if one.in_force else None
    return _STATES[state], -(one.document.in_force_from or date.min).toordinal()
