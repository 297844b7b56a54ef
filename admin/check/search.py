"""How texts are cut into terms, and whether all agree on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from admin.check.finding import Finding, of, ok, warn
from admin.check.scene import Scene
from admin.tokenizers import disagreement, others, tokenizer_of
from retrieval.coverage import cut_otherwise
from retrieval.kiwi import KiwiFault


async def terms(scene: Scene) -> AsyncIterator[Finding]:
    try:
        tokenizer = tokenizer_of(scene.settings.search)
    except KiwiFault as fault:
        yield of(fault)
        return
    yield ok(f"Texts are cut by {tokenizer.name}.")
    if scene.database is None:
        return
    for other in await others(scene.database, tokenizer):
        yield warn(disagreement(tokenizer, other))
    if left := await cut_otherwise(scene.database, tokenizer):
        yield warn(
            f"{left:,} documents were cut in another way and are found by fewer terms.",
            "`naru source reindex` cuts them anew.",
        )
