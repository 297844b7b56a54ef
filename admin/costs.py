"""What the cloud model costs: the count as the settings wire it, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from bot.cloud_budget import MICRO, CloudLimits, Limit, Prices, Scope
from bot.cloud_use import CloudUse, Standing, Use
from bot.config_file import Cloud
from bot.settings import Settings
from retrieval.database import Database

WHOSE: dict[Scope, str] = {"all": "for all", "person": "for one person", "room": "for one room"}


def cloud_use(settings: Settings, database: Database, today: Callable[[], date]) -> CloudUse:
    cloud = settings.models.cloud
    return CloudUse(database, limits_of(cloud), prices_of(cloud), cloud.max_tokens, today)


def limits_of(cloud: Cloud) -> CloudLimits:
    written = cloud.budget
    return CloudLimits(
        {
            "all": _limit(written.tokens, written.money),
            "person": _limit(written.person_tokens, written.person_money),
            "room": _limit(written.room_tokens, written.room_money),
        },
        written.warn_at,
    )


def prices_of(cloud: Cloud) -> Prices | None:
    """None where a price is missing: the settings say so where a budget needs one."""
    if cloud.price_in is None or cloud.price_out is None or cloud.currency is None:
        return None
    return Prices(_exactly(cloud.price_in), _exactly(cloud.price_out), cloud.currency)


async def facts(use: CloudUse) -> dict[str, Any]:
    """Today's use and budgets. Raises DatabaseFault."""
    all_of_today, standings = await use.of_all(), await use.standings()
    said: dict[str, Any] = {"on": str(all_of_today.day), **sums(all_of_today, use.prices)}
    for scope, standing in standings.items():
        said[f"budget {WHOSE[scope]}"] = limit_name(use.limits.limit(scope), use.prices)
        if state := state_name(standing):
            said[f"standing {WHOSE[scope]}"] = state
    return said if standings else said | {"budget": "none"}


def sums(use: Use, prices: Prices | None) -> dict[str, Any]:
    """Without money where nothing is counted in it."""
    said = {
        "requests": use.requests,
        "tokens": use.tokens,
        "money": money(use.micros, prices) if prices else None,
        "estimated": use.estimated,
        "passed over": use.refused,
    }
    return {name: value for name, value in said.items() if value is not None}


def money(micros: int, prices: Prices | None) -> str:
    return f"{Decimal(micros) / MICRO:,.2f} {prices.currency}" if prices else "–"


def limit_name(limit: Limit, prices: Prices | None) -> str:
    """`1,000 tokens and 5.00 USD a day`."""
    tokens = f"{limit.tokens:,} tokens" if limit.tokens is not None else ""
    amount = money(limit.micros, prices) if limit.micros is not None else ""
    return f"{' and '.join(filter(None, (tokens, amount)))} a day"


def state_name(standing: Standing) -> str:
    """How many are nearly used up, and how many are; empty where none is. Nobody is named."""
    counts = ((standing.near, "nearly used up"), (standing.at, "used up"))
    return " and ".join(f"{count:,} {what}" if standing.scope != "all" else what for count, what in counts if count)


def _limit(tokens: int | None, amount: float | None) -> Limit:
    return Limit(tokens, None if amount is None else int(_exactly(amount) * MICRO))


def _exactly(number: float) -> Decimal:
    """As it is written in the file."""
    return Decimal(repr(number))
