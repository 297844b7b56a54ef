"""How a comparison of two ways of searching is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from admin.cli.base import out
from bot.console import table

_NAMES = ("questions", "answerable", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
_SHOWN = 12


def print_compared(data: Mapping[str, Any]) -> None:
    """One table, and what it comes to."""
    a, b, difference = data["a"], data["b"], data["difference"]
    rows = [(name, _cell(a[name]), _cell(b[name])) for name in _NAMES]
    for name in ("abstained", "wrongly_abstained"):
        rows += [(f"{name}, {bar}", _cell(a[name][bar]), _cell(b[name][bar])) for bar in a[name]]
    rows += [(f"ms, {name}", _cell(a["ms"][name]), _cell(b["ms"][name])) for name in a["ms"]]
    for name, says in (("vectors", "with a vector"), ("reranked", "re-ranked")):
        if name in a or name in b:
            rows.append((says, _cell(a.get(name)), _cell(b.get(name))))
    rows.append(("better, by line", _lines(difference["losses"]), _lines(difference["wins"])))
    out.print(table(["", a["setting"], b["setting"]], rows))
    out.print(data["sentence"], markup=False)
    if adopted := data.get("adopted"):
        used = "Naru re-ranks with it from its next start on" if adopted["used"] else "so Naru does not re-rank"
        out.print(f"The verdict is in {adopted['file']}: {used}.", markup=False)


def _cell(value: object) -> str:
    return "-" if value is None else str(value)


def _lines(questions: Sequence[Mapping[str, Any]]) -> str:
    """Where the questions stand in their file, and the ranks of what answers: 12 (3 → 1)."""
    said = [f"{one['line']} ({one['a'] or '-'} → {one['b'] or '-'})" for one in questions[:_SHOWN]]
    more = len(questions) - _SHOWN
    return ", ".join(said + ([f"and {more} more"] if more > 0 else [])) or "-"
