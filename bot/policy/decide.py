"""The decision: which routes a tuple of Parts may take. Pure and total.

There is no default route: a route is allowed because its sink allows the label, or it is not in the list. Health,
budget and preference choose among what is allowed, outside, so that a decision can be replayed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from bot.domain import SHORES, Route
from bot.policy.parts import FROM_DOCUMENTS, Prompt, joined
from bot.policy.rules import SINKS, Rules, SinkName, allowed
from retrieval.label import Label, Reason


@dataclass(frozen=True, slots=True)
class SinkVerdict:
    """Whether a sink takes this label, and the reasons that speak against it (empty when it does)."""

    sink: SinkName
    allowed: bool
    against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy chose for a tuple of Parts.

    routes: the allowed ones, best first, ending in quote or refuse. policy: the hash of the rules that chose.
    """

    id: UUID
    routes: tuple[Route, ...]
    label: Label
    verdicts: tuple[SinkVerdict, ...]
    policy: str

    def without(self, route: Route) -> Decision:
        return replace(self, routes=tuple(r for r in self.routes if r is not route))

    def verdict(self, sink: SinkName) -> SinkVerdict:
        return next(v for v in self.verdicts if v.sink == sink)


def decide(parts: Prompt, rules: Rules, id: UUID) -> Decision:
    """Join the labels and ask every sink.

    The `slack` sink is asked about what an answer could show, the texts from documents; the others about
    everything: the question and its room say nothing against answering in that very room.
    """
    label = joined(parts, rules)
    shown = joined((part for part in parts if part.role in FROM_DOCUMENTS), rules)
    verdicts = tuple(_verdict(shown if name == "slack" else label, name, rules) for name in SINKS)
    taking = {verdict.sink for verdict in verdicts if verdict.allowed}
    if "slack" not in taking:
        return Decision(id, (Route.REFUSE,), label, verdicts, rules.hash)
    preferred = sorted(SHORES, key=lambda route: route is not rules.prefer)
    shores = tuple(route for route in preferred if route.value in taking)
    return Decision(id, (*shores, Route.QUOTE), label, verdicts, rules.hash)


def _verdict(label: Label, name: SinkName, rules: Rules) -> SinkVerdict:
    sink = rules.sinks[name]
    against = sorted(r for r in label.reasons if r.level > sink.ceiling or r.kind in sink.refuse)
    return SinkVerdict(name, allowed(label, sink), tuple(against))
