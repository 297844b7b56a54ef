"""A listing of a web API, without a server."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

from retrieval.addresses import Reach
from retrieval.fetch import Fetcher
from retrieval.sources.api import Api, Object
from retrieval.sources.kind import Patience

LARGE = 500_000


async def test_of_a_listing_only_what_is_kept_of_its_entries_is_held() -> None:
    async def ask(cursor: str | None) -> tuple[Sequence[Object], str | None]:
        n = int(cursor or 0)
        return [{"id": str(n), "rest": str(n) * LARGE}], str(n + 1) if n < 9 else None

    fetcher = Fetcher(Reach())
    listing = Api(fetcher, "The API", "https://corp.example", {}, Patience())
    tracemalloc.start()
    try:
        assert await listing.all(ask, lambda entry: entry["id"]) == [str(n) for n in range(10)]
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGE
    finally:
        tracemalloc.stop()
        await fetcher.aclose()
