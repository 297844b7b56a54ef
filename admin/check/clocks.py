"""Whether somebody else's clock and ours agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from admin.check.finding import Finding, fail, warn

OFF_S = 2.0
"""NTP keeps clocks within milliseconds."""
REFUSED_S = 300.0
"""Slack's signatures live this long (docs.slack.dev/authentication/verifying-requests-from-slack)."""


def compared(whose: str, theirs: datetime | None, now: datetime) -> Iterator[Finding]:
    """theirs: in whole seconds, as HTTP tells the time; nothing is said where it agrees or is not known."""
    if theirs is None:
        return
    off = (theirs - now).total_seconds()
    fix = "Let this machine keep time by NTP (chrony, systemd-timesyncd)."
    if abs(off) >= REFUSED_S:
        yield fail(f"This machine's clock differs from {whose} by {abs(off):.0f} s: signed requests are refused.", fix)
    elif abs(off) > OFF_S + 1.0:
        yield warn(f"This machine's clock differs from {whose} by {abs(off):.0f} s.", fix)
