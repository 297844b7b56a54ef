"""Why an answer took its way, in words: from the Decision's row, as it was committed before anything left. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.domain import Route
from bot.policy.optout import KIND as OPT_OUT
from bot.policy.rules import SINKS
from retrieval.label import Level, Reason


def explained(
    decision: Mapping[str, Any], route: str, model: str | None, tried: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(what, says) pairs. decision: the columns of its row; tried: the routes before this one, and why not."""
    said = [
        ("answered by", route + (f" ({model})" if model else "")),
        *((f"{before} before", reason) for before, reason in tried),
        ("routes", " → ".join(decision["routes"])),
        *domain_model(decision["domain_model"], model if route == Route.ON_PREM else None),
        *dict.fromkeys((level, named(kind, origin)) for level, kind, origin in sorted(decision["reasons"])),
    ]
    for sink in SINKS:
        verdict = decision["verdicts"][sink]
        against = [Reason(Level.named(level), kind, origin) for level, kind, origin in verdict["against"]]
        # Rows that were kept before rooms had ceilings do not say theirs.
        ceiling = Level.named(verdict.get("ceiling", Level.RESTRICTED.name))
        said.append((sink, sink_says(verdict["allowed"], ceiling, against, verdict.get("masked", ()))))
    return [*said, ("policy", decision["policy"][:12]), ("decision", str(decision["id"]))]


def named(kind: str, origin: str, form: str = "{} · {}") -> str:
    """A reason as people are told of it. Of an opt-out never by what it came in: one name in a text, or one person in a
    room, would be as good as said."""
    return kind if kind == OPT_OUT else form.format(kind, origin)


def domain_model(named: str | None, answered: str | None = None) -> list[tuple[str, str]]:
    """The row about the on-prem model that the policy names; none where it names none. answered: which on-prem model
    did; None: no one has."""
    if named is None:
        return []
    return [("on-prem model", named if answered in (None, named) else f"{named}, which is not loaded")]


def masked(calls: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What was sent to the cloud, by the audit: how much, and how many values of which kinds were left out of it."""
    said = []
    for call in calls:
        hidden = ", ".join(f"{count} {kind}" for kind, count in call["masked"].items()) or "nothing"
        said.append(
            ("sent", f"{call['characters']:,} characters to {call['host']} ({call['model']}); masked: {hidden}")
        )
    return said


def sink_says(allowed: bool, ceiling: Level, against: Collection[Reason], masked: Collection[str] = ()) -> str:
    """`yes`, or `no` or `in part` (something was withheld) with the ceiling, where that is why, and the reasons.
    masked: the kinds behind whose placeholders it takes the rest."""
    if not against:
        return "yes"
    if masked:
        return f"masked: {', '.join(sorted(masked))}"
    above = f", takes up to {ceiling.name}" if any(reason.level > ceiling for reason in against) else ""
    reasons = ", ".join(dict.fromkeys(named(reason.kind, reason.origin, "{} ({})") for reason in against))
    return f"{'in part' if allowed else 'no'}{above}: {reasons}"
