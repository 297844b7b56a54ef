"""How the policy changed: when, by whom, and what became looser or stricter. It only reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from admin.reports.period import Period
from bot.policy.compare import Change, changes, only_tightens
from bot.policy.policy_file import rules_of
from bot.policy.rules import Rules
from bot.policy_history import Kept, PolicyHistory
from bot.toml_file import SettingsFault

_TERM = "terms."


@dataclass(frozen=True, slots=True)
class Revision:
    """A policy that came into force. changes: against the one before it; None: there is none, or one of the two cannot
    be read by this release. unreadable: why."""

    since: datetime
    author: str | None
    hash: str
    changes: tuple[Change, ...] | None
    unreadable: str = ""

    @property
    def only_tightens(self) -> bool | None:
        return None if self.changes is None else only_tightens(self.changes)


async def revisions(history: PolicyHistory, period: Period | None, zone: ZoneInfo) -> AsyncIterator[Revision]:
    """The oldest first. period: when they came into force; None: always. A company's own terms are not named: one can
    be a secret itself. Raises DatabaseFault."""
    first, end = period.bounds(zone) if period else (None, None)
    before: Kept | None = None
    async for one in history.kept():
        if (first is None or one.since >= first) and (end is None or one.since < end):
            yield _revision(before, one)
        before = one


def _revision(before: Kept | None, one: Kept) -> Revision:
    if before is None:
        return Revision(one.since, one.author, one.hash, None)
    try:
        old, new = _rules(before), _rules(one)
    except SettingsFault:
        return Revision(one.since, one.author, one.hash, None, "not a policy that this release can read")
    if old is None or new is None:
        return Revision(one.since, one.author, one.hash, None, "sealed with another key")
    return Revision(one.since, one.author, one.hash, tuple(map(_unnamed, changes(old, new))))


def _rules(one: Kept) -> Rules | None:
    return None if one.content is None else rules_of(one.content, f"the policy of {one.since:%Y-%m-%d}")


def _unnamed(change: Change) -> Change:
    return replace(change, what=f"{_TERM}…") if change.what.startswith(_TERM) else change
