"""The profiles that a policy can begin with, and what contradicts one. Pure.

A profile closes sinks and refuses kinds; what stands in the rest of the file can tighten it further and never loosen
it: a line that tries is a contradiction, which is said rather than ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.domain import Route
from bot.policy.detect import KINDS
from bot.policy.rules import OUTSIDE, Rules, Sink, SinkName
from retrieval.label import Level

IDENTIFIERS = frozenset({"kr_rrn", "kr_driver_licence", "kr_passport"})
"""Unique identifiers: Personal Information Protection Act, enforcement decree, article 19."""
CREDIT = frozenset({"kr_account", "card", "iban"})
"""Personal credit data, as far as a detector can tell: who banks where, and with what."""
ALWAYS = IDENTIFIERS | {"secret"}
"""What no sink outside of the building takes, and no room is shown."""
NEVER: tuple[SinkName, ...] = ("cloud", "train")
"""The sinks that take neither of the two under `finance`."""

UNDESIGNATED = "the profile finance without a designation"
_CLOSED: Mapping[str, tuple[SinkName, str]] = {
    "on_prem_only": ("cloud", "the profile on_prem_only"),
    "cloud_only": ("on_prem", "the profile cloud_only"),
}

Contradiction = tuple[str, str]
"""A key of policy.toml, and the rest of a sentence about it."""


def profiled(rules: Rules) -> Rules:
    """The rules under their profile: never looser than without it. What `finance` sends nowhere it does not send behind
    a placeholder either: a masked text is not an anonymous one."""
    sinks = dict(rules.sinks)
    masking = rules.masking
    if rules.profile == "finance":
        masking -= IDENTIFIERS | CREDIT
        for name in NEVER:
            sinks[name] = replace(sinks[name], refuse=sinks[name].refuse | IDENTIFIERS | CREDIT)
        if rules.designation is None:
            sinks["cloud"] = replace(sinks["cloud"], closed=UNDESIGNATED)
    elif rules.profile in _CLOSED:
        name, why = _CLOSED[rules.profile]
        sinks[name] = replace(sinks[name], closed=why)
    return replace(rules, sinks=sinks, masking=masking)


def contradictions(rules: Rules) -> Iterator[Contradiction]:
    """What cannot be meant, in rules that are under their profile."""
    for sink in rules.sinks.values():
        if sink.closed:
            yield from _loosened(rules, sink)
            continue
        if sink.name in ("cloud", "on_prem"):
            yield from _closed_by_levels(rules, sink)
        yield from _takes_too_much(rules, sink)
    if rules.profile == "on_prem_only":
        for kind in sorted(rules.sinks["on_prem"].refuse):
            yield (
                "sinks.on_prem.refuse",
                f"names '{kind}', and under the profile on_prem_only there is no other model: a text with it could "
                "only be quoted; take it out, or let the slack sink refuse it",
            )
    yield from _designated(rules)


def _loosened(rules: Rules, sink: Sink) -> Iterator[Contradiction]:
    """Lines that speak of a sink as if it were open."""
    if sink.ceiling > Level.PUBLIC:
        yield (
            f"sinks.{sink.name}.ceiling",
            f"is {sink.ceiling.name.lower()}, and {sink.closed} sends nothing there: "
            f'set it to "public"{_way_out(sink)}',
        )
    for key, route in _routes(rules):
        if route.value == sink.name:
            yield key, f"is {route.value}, and {sink.closed} sends nothing there{_way_out(sink)}"
    if sink.name == "on_prem" and rules.domain_models:
        named = ", ".join(sorted(rules.domain_models))
        yield "domain_models", f"names {named}, and {sink.closed} sends nothing to an on-prem model: take it out"


def _way_out(sink: Sink) -> str:
    return ", or enter who designated it under [designation]" if sink.closed == UNDESIGNATED else ""


def _routes(rules: Rules) -> Iterator[tuple[str, Route]]:
    yield "routes.prefer", rules.prefer
    if rules.small_talk is not None:
        yield "routes.small_talk", rules.small_talk
    yield from ((f"routes.rooms.{room}", route) for room, route in rules.prefer_rooms.items())
    yield from ((f"routes.sources.{source}", route) for source, route in rules.prefer_sources.items())


def _closed_by_levels(rules: Rules, sink: Sink) -> Iterator[Contradiction]:
    """A question carries its room's level, so what is below every room takes no question at all."""
    lowest = min((*rules.rooms.values(), *rules.room_ids.values()), default=Level.RESTRICTED)
    if sink.ceiling < lowest:
        instead = "on_prem_only" if sink.name == "cloud" else "cloud_only"
        yield (
            f"sinks.{sink.name}.ceiling",
            f"is {sink.ceiling.name.lower()}, and no room is below {lowest.name.lower()}: nothing would ever pass; "
            f'raise it, or say profile = "{instead}"',
        )


def _takes_too_much(rules: Rules, sink: Sink) -> Iterator[Contradiction]:
    if sink.ceiling > sink.highest:
        yield (
            f"sinks.{sink.name}.ceiling",
            "is restricted, which is what counts as unknown, lost or unreadable, and never goes there: "
            'set it to "confidential" at most',
        )
    if sink.name in (*OUTSIDE, "slack") and (taken := sorted(ALWAYS & taken_kinds(rules, sink))):
        yield (
            f"sinks.{sink.name}.refuse",
            f"does not name {', '.join(taken)}, and what [kinds] says of them lets them through: "
            "unique identifiers and secrets never go there; name them",
        )


def taken_kinds(rules: Rules, sink: Sink) -> frozenset[str]:
    """The kinds that may go there, in some room at least."""
    highest = sink.highest
    if sink.name == "slack":
        highest = max(highest, *rules.ceilings.values(), *rules.ceiling_ids.values())
    return frozenset(kind for kind in KINDS if rules.kind_level(kind) <= highest and kind not in sink.refuse)


def _designated(rules: Rules) -> Iterator[Contradiction]:
    one = rules.designation
    if one is None:
        return
    if rules.profile != "finance":
        yield "designation", f"is for the profile finance only, and the profile is {rules.profile}: take it out"
    if one.until < one.on:
        yield "designation.until", f"is before {one.on}, when it begins: it would never hold"


def meaning(rules: Rules, shares: Iterable[str] = ()) -> str:
    """What a profile that closes a model means for the people, in one sentence; empty where it closes none.

    shares: what of the documents that is, one text each.
    """
    if rules.profile != "cloud_only":
        return ""
    told = ", ".join(shares)
    return "The profile cloud_only has no model in the building: what the cloud may not see is quoted word for word" + (
        f" ({told})." if told else "."
    )
