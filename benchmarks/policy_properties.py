"""Rules of the boundary that hold for every label, tried on random ones: nothing that is added may open a way.

The numbers are those of the design: P1 a join is associative, commutative and idempotent. P2 what the join of two
labels may reach, each of them may. P3 another part opens no route. P4 neither order nor repetition of parts matters.
P13 a policy that only became stricter opens no route.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from benchmarks.invented import SENSITIVE
from bot.domain import SHORES, Route
from bot.policy import detect
from bot.policy.parts import Part, question_part
from bot.policy.rules import Rules, Sink, allowed
from retrieval.label import Label, Level, Reason
from tests.builders import ask, decision_for

ORIGINS = ("question", "passage 1", "passage 2 title", "earlier answer")
KINDS = (*detect.KINDS, "channel", "source", "a kind that nobody knows")


def random_label(r: Random) -> Label:
    """Mostly of few reasons, so that every sink is open to some labels."""
    reasons = (Reason(r.choice(tuple(Level)), r.choice(KINDS), r.choice(ORIGINS)) for _ in range(r.randrange(4)))
    return Label(frozenset(reasons))


def _part(r: Random, rules: Rules) -> Part:
    return question_part(replace(ask("words"), carried=random_label(r)), rules)


def _shores(parts: tuple[Part, ...], rules: Rules) -> set[Route]:
    return set(decision_for(parts, rules).routes) & set(SHORES)


def _join(r: Random, rules: Rules) -> bool:
    a, b, c = random_label(r), random_label(r), random_label(r)
    return (a | b) | c == a | (b | c) and a | b == b | a and a | a == a and (a | b).level >= a.level


def _reach(r: Random, rules: Rules) -> bool:
    a, b = random_label(r), random_label(r)
    return all(not allowed(a | b, sink) or (allowed(a, sink) and allowed(b, sink)) for sink in rules.sinks.values())


def _addition(r: Random, rules: Rules) -> bool:
    parts = [_part(r, rules) for _ in range(r.randrange(1, 4))]
    more = list(parts)
    more.insert(r.randrange(len(parts) + 1), _part(r, rules))
    return _shores(tuple(more), rules) <= _shores(tuple(parts), rules)


def _order(r: Random, rules: Rules) -> bool:
    parts = [_part(r, rules) for _ in range(r.randrange(1, 4))]
    other = r.sample(parts, len(parts)) + r.choices(parts, k=r.randrange(3))
    return decision_for(tuple(other), rules).routes == decision_for(tuple(parts), rules).routes


def _tightening(r: Random, rules: Rules) -> bool:
    label, (_, make) = random_label(r), SENSITIVE[r.choice(("phone", "email", "card"))]
    question = replace(ask(r.choice(("words", make(r)))), carried=label)
    tighter = _tighter(r, rules)
    return _shores((question_part(question, tighter),), tighter) <= _shores((question_part(question, rules),), rules)


def _tighter(r: Random, rules: Rules) -> Rules:
    def sink(old: Sink) -> Sink:
        refused = frozenset(r.sample(KINDS, r.randrange(3)))
        return replace(old, ceiling=min(old.ceiling, r.choice(tuple(Level))), refuse=old.refuse | refused)

    kinds = {kind: max(level, r.choice(tuple(Level))) for kind, level in rules.kinds.items()}
    return replace(rules, kinds=kinds, sinks={name: sink(old) for name, old in rules.sinks.items()})


PROPERTIES: Mapping[str, Callable[[Random, Rules], bool]] = {
    "P1 join": _join,
    "P2 reach of a join": _reach,
    "P3 another part": _addition,
    "P4 order and repetition": _order,
    "P13 a stricter policy": _tightening,
}


def violations(holds: Callable[[Random, Rules], bool], rules: Rules, cases: int, seed: int = 5) -> int:
    random = Random(seed)
    return sum(not holds(random, rules) for _ in range(cases))
