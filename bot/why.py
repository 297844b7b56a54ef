"""Why an answer took its way, in words: from the Decision's row, as it was committed before anything left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.policy.rules import SINKS


def explained(
    decision: Mapping[str, Any], route: str, model: str | None, tried: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(what, says) pairs. decision: the columns of its row; tried: the routes before this one, and why not."""
    said = [
        ("answered by", route + (f" ({model})" if model else "")),
        *((f"{before} before", reason) for before, reason in tried),
        ("routes", " → ".join(decision["routes"])),
        *((level, f"{kind} · {origin}") for level, kind, origin in sorted(decision["reasons"])),
    ]
    for sink in SINKS:
        verdict = decision["verdicts"][sink]
        against = ", ".join(f"{kind} ({origin})" for _, kind, origin in verdict["against"])
        said.append((sink, "yes" if verdict["allowed"] else f"no: {against}"))
    return [*said, ("policy", decision["policy"][:12]), ("decision", str(decision["id"]))]
