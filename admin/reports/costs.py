"""What the cloud model took: by day, by person, by room. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from admin import costs
from bot.cloud_budget import MICRO, Prices, Scope
from bot.cloud_use import Use


@dataclass(frozen=True, slots=True)
class Cost:
    """what: a day, a person's pseudonym, or a room. The rest as in Use, added up."""

    what: str
    requests: int = 0
    estimated: int = 0
    refused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    micros: int = 0

    def __add__(self, use: Use) -> Cost:
        return Cost(
            self.what,
            self.requests + use.requests,
            self.estimated + use.estimated,
            self.refused + use.refused,
            self.prompt_tokens + use.prompt_tokens,
            self.completion_tokens + use.completion_tokens,
            self.micros + use.micros,
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """days: in their order. people, rooms: those that took most first."""

    days: tuple[Cost, ...]
    people: tuple[Cost, ...]
    rooms: tuple[Cost, ...]
    total: Cost


COLUMNS = ["requests", "tokens in", "out", "money", "estimated", "passed over"]


def costs_of(uses: Iterable[Use]) -> Costs:
    every = list(uses)
    total = Cost("total")
    for use in every:
        total = total + use if use.scope == "all" else total
    return Costs(
        _summed((str(use.day), use) for use in every if use.scope == "all"),
        _most_first(every, "person"),
        _most_first(every, "room"),
        total,
    )


def _most_first(uses: Iterable[Use], scope: Scope) -> tuple[Cost, ...]:
    found = _summed((use.key, use) for use in uses if use.scope == scope)
    return tuple(sorted(found, key=lambda one: (-one.micros, -one.prompt_tokens - one.completion_tokens, one.what)))


def _summed(uses: Iterable[tuple[str, Use]]) -> tuple[Cost, ...]:
    found: dict[str, Cost] = {}
    for what, use in uses:
        found[what] = found.get(what, Cost(what)) + use
    return tuple(found.values())


def row(cost: Cost, prices: Prices | None) -> tuple[str, ...]:
    """For people, in the order of COLUMNS behind what it is of. A pseudonym by its beginning."""
    numbers = (cost.requests, cost.prompt_tokens, cost.completion_tokens)
    return (
        cost.what[:12],
        *(f"{number:,}" for number in numbers),
        costs.money(cost.micros, prices),
        f"{cost.estimated:,}",
        f"{cost.refused:,}",
    )


def data(found: Costs, prices: Prices | None) -> Mapping[str, Any]:
    def of(cost: Cost, name: str) -> dict[str, Any]:
        return {
            name: cost.what,
            "requests": cost.requests,
            "estimated": cost.estimated,
            "passed_over": cost.refused,
            "prompt_tokens": cost.prompt_tokens,
            "completion_tokens": cost.completion_tokens,
            "money": cost.micros / MICRO if prices else None,
        }

    return {
        "currency": prices.currency if prices else None,
        "days": [of(one, "day") for one in found.days],
        "people": [of(one, "person") for one in found.people],
        "rooms": [of(one, "room") for one in found.rooms],
        "total": of(found.total, "what"),
    }
