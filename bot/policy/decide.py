"""The decision: which routes a tuple of Parts may take. Pure and total.

There is no default route: a route is allowed because its sink allows the label, or it is not in the list. Health,
budget and preference choose among what is allowed, outside, so that a decision can be replayed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from bot.domain import SHORES, Room, Route
from bot.policy.optout import KIND as OPT_OUT
from bot.policy.parts import FROM_ATTACHED, FROM_DOCUMENTS, FROM_EXAMPLES, Masking, Prompt, Role, joined, joined_masked
from bot.policy.rules import SINKS, Rules, Sink, SinkName, allowed, never
from bot.small_talk import small_talk
from retrieval.label import NOTHING_SENSITIVE, Label, Level, Reason


@dataclass(frozen=True, slots=True)
class SinkVerdict:
    """Whether a sink takes this label, the highest level it takes, and the reasons that speak against the label or,
    for `slack`, against what is withheld beside it. masked: the kinds behind whose placeholders it takes the text that
    it does not take as it is; empty: it takes it as it is, or not at all."""

    sink: SinkName
    allowed: bool
    ceiling: Level
    against: tuple[Reason, ...]
    masked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy chose for a tuple of Parts.

    routes: the allowed ones, best first, ending in quote or refuse. policy: the hash of the rules that chose.
    domain_model: which of the on-prem models is asked where that route is tried; None: the base, or the route is none.
    epoch: of the opt-outs that it honours.
    """

    id: UUID
    routes: tuple[Route, ...]
    label: Label
    verdicts: tuple[SinkVerdict, ...]
    policy: str
    domain_model: str | None = None
    epoch: int = 0

    def without(self, route: Route) -> Decision:
        return replace(self, routes=tuple(r for r in self.routes if r is not route))

    def verdict(self, sink: SinkName) -> SinkVerdict:
        return next(v for v in self.verdicts if v.sink == sink)


def decide(
    parts: Prompt,
    room: Room,
    rules: Rules,
    id: UUID,
    withheld: Prompt = (),
    opinion: Label = NOTHING_SENSITIVE,
    masking: Masking | None = None,
) -> Decision:
    """Join the labels and ask every sink.

    The room's `slack` sink is asked about what an answer could show, the texts from documents; the others about
    everything: the question and its room say nothing against answering in that very room.
    withheld: what that sink has kept out of `parts`. It changes no route; its verdict says why.
    opinion: what a second opinion adds to what is found; it is about what leaves, not about what the room is shown.
    masking: the same Parts with placeholders. What the cloud does not take as it is it may take so, and what is then
    kept of it may be kept so; nobody else is asked about them.
    """
    label = joined(parts, rules) | opinion
    shown = joined((part for part in parts if part.role in FROM_DOCUMENTS | FROM_EXAMPLES), rules)
    in_room = _verdict(shown, rules.shown_in(room), joined(withheld, rules))
    masked = joined_masked(label, masking, rules) | opinion if masking else None
    hidden = {"cloud": masked, "record": masked if masked and allowed(masked, rules.sinks["cloud"]) else None}
    verdicts = tuple(
        in_room if name == "slack" else _verdict(label, rules.sinks[name], masked=hidden.get(name)) for name in SINKS
    )
    talk = any(part.role is Role.QUESTION and small_talk(part.text) for part in parts)
    routes = routes_of(label, shown, room, rules, talk=talk, masked=masked)
    # After the routes, of which it changes none: a name chooses between models that may be asked anyway.
    model = rules.domain_model(room, _rests_on(parts)) if Route.ON_PREM in routes else None
    return Decision(id, routes, label, verdicts, rules.hash, model, rules.opt_outs.epoch)


def routes_of(
    label: Label, shown: Label, room: Room, rules: Rules, *, talk: bool = False, masked: Label | None = None
) -> tuple[Route, ...]:
    """The routes of a question, best first. label: of all there is; shown: of what an answer could show. talk: it is
    small talk. masked: of all there is with placeholders in it, which only the cloud is sent."""
    if not allowed(shown, rules.shown_in(room)):
        return (Route.REFUSE,)
    sources = {reason.origin.removeprefix("source ") for reason in label.reasons if reason.kind == "source"}
    first = rules.preferred(room, sources, small_talk=talk)
    taking = [route for route in SHORES if allowed(label, rules.sink(route))]
    if masked and Route.CLOUD not in taking and allowed(masked, rules.sink(Route.CLOUD)):
        taking = [Route.CLOUD, *taking]
    return (*sorted(taking, key=lambda route: route is not first), Route.QUOTE)


def decide_embedding(parts: Prompt, rules: Rules, id: UUID) -> Decision:
    """Whether the on-prem embedding model may see these texts. The cloud never may, and nothing is shown anywhere."""
    return _on_prem(parts, rules, id)


def decide_reranking(parts: Prompt, rules: Rules, id: UUID) -> Decision:
    """The same for the on-prem model that puts passages in order."""
    return _on_prem(parts, rules, id)


def decide_opinion(parts: Prompt, rules: Rules, id: UUID) -> Decision:
    """The same for the on-prem model that gives a second opinion."""
    return _on_prem(parts, rules, id)


def decide_judging(parts: Prompt, rules: Rules, id: UUID) -> Decision:
    """The same for the on-prem model that says whether passages support a statement."""
    return _on_prem(parts, rules, id)


def _on_prem(parts: Prompt, rules: Rules, id: UUID) -> Decision:
    label = joined(parts, rules)
    verdict = _verdict(label, rules.sinks["on_prem"])
    return Decision(id, (Route.ON_PREM if verdict.allowed else Route.REFUSE,), label, (verdict,), rules.hash)


def _rests_on(parts: Prompt) -> set[str]:
    """The sources of what an answer may rest on; empty for a file that came with the question."""
    return {part.source for part in parts if part.role in FROM_DOCUMENTS or part.role in FROM_ATTACHED}


def _verdict(label: Label, sink: Sink, withheld: Label = NOTHING_SENSITIVE, masked: Label | None = None) -> SinkVerdict:
    reasons = (label | withheld).reasons
    against = sorted(r for r in reasons if r.level > sink.highest or r.kind in sink.refuse or never(r, sink.name))
    if sink.closed:
        against.append(Reason(Level.PUBLIC, "profile", sink.closed))
    takes = allowed(label, sink)
    hidden = label.kinds - masked.kinds if masked and not takes and allowed(masked, sink) else frozenset[str]()
    if OPT_OUT in hidden:  # by whose name being hidden
        hidden = hidden - {OPT_OUT} | {"person"}
    return SinkVerdict(sink.name, takes, sink.highest, tuple(against), hidden)
