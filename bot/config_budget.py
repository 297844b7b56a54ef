"""What the cloud model may cost on one day: `[models.cloud.budget]` of naru.toml, and the prices beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from bot.toml_file import Place, Section

Tokens = Annotated[int, Field(ge=1, le=1_000_000_000_000)]
Money = Annotated[float, Field(gt=0, le=1_000_000_000)]
Price = Annotated[float, Field(ge=0, le=1_000_000_000)]
"""Of a million tokens."""

_NEEDED = {
    "price_in": "what a million tokens of a prompt cost, as the vendor's price list says",
    "price_out": "what a million tokens of an answer cost, as the vendor's price list says",
    "currency": 'the currency of the prices, such as "USD"',
}


class CloudBudget(Section):
    """Of one day, by all together, by one person, and in one room. tokens: of prompts and answers. money: in the
    currency of the prices. warn_at: from which share on the admins are told."""

    tokens: Tokens | None = None
    money: Money | None = None
    person_tokens: Tokens | None = None
    person_money: Money | None = None
    room_tokens: Tokens | None = None
    room_money: Money | None = None
    warn_at: float = Field(default=0.8, gt=0, le=1)


def without_prices(cloud: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """What a budget in money, or a price, lacks beside it. cloud: the section as it is written."""
    budget = cloud.get("budget")
    written = budget if isinstance(budget, Mapping) else {}
    money = next((name for name in ("money", "person_money", "room_money") if name in written), None)
    price = next((name for name in _NEEDED if name in cloud), None)
    there = f"budget.{money}" if money else price
    if there is None:
        return
    instead = ", or set the budget in tokens" if money else ""
    for name, what in _NEEDED.items():
        if name not in cloud:
            yield ("models", "cloud", name), f"is missing, though models.cloud.{there} is there: set {what}{instead}"
