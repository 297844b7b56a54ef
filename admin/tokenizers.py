"""The tokenizer that naru.toml asks for, and whether all processes of a database use the same."""

from __future__ import annotations

import logging

from sqlalchemy import text

from bot.config_search import SearchSection
from retrieval.database import CALLED, Database
from retrieval.kiwi import Kiwi
from retrieval.tokenizer import BIGRAMS, Tokenizer, WithMorphemes

_log = logging.getLogger(__name__)
_CUTTING = f"{CALLED}, by "


def tokenizer_of(search: SearchSection) -> Tokenizer:
    """Raises KiwiFault where it needs what is not installed."""
    return WithMorphemes(Kiwi()) if search.korean == "kiwi" else BIGRAMS


def called(tokenizer: Tokenizer) -> str:
    """What the connections of a process say of it: PostgreSQL shows them to the others."""
    return f"{_CUTTING}{tokenizer.name}"


async def others(database: Database, tokenizer: Tokenizer) -> tuple[str, ...]:
    """The names of other tokenizers that processes connected to this database use now."""
    async with database.transaction() as connection:
        found = await connection.scalars(_CONNECTED, {"prefix": f"{_CUTTING}%", "mine": called(tokenizer)})
        return tuple(name.removeprefix(_CUTTING) for name in found)


async def warned(database: Database, tokenizer: Tokenizer) -> None:
    """Say so where another process cuts texts in another way."""
    for other in await others(database, tokenizer):
        _log.warning("%s", disagreement(tokenizer, other))


def disagreement(tokenizer: Tokenizer, other: str) -> str:
    return (
        f"Another Naru on this database cuts texts by {other}, this one by {tokenizer.name}: each re-index undoes the "
        "other's. Give all of them the same `korean` under [search]."
    )


_CONNECTED = text(
    "select distinct application_name from pg_stat_activity where datname = current_database()"
    " and application_name like :prefix and application_name <> left(:mine, 63) order by application_name"
)
