"""A real embedding server behind Naru's own door."""

from __future__ import annotations

from math import dist

import pytest

from bot.models.embed import EndpointEmbedder, Wishes
from bot.models.embed_door import EmbedDoor
from retrieval.embed import Embeddable
from retrieval.label import Label, Level
from tests.builders import shipped_rules
from tests.vllm.server import Server

LABEL = Label.of(Level.INTERNAL, "source", "source handbook")


async def test_each_text_gets_a_vector_a_long_one_too_and_a_question_the_same(embedding: Server) -> None:
    door = EmbedDoor(
        base_url=embedding.base_url, api_key=embedding.key, model=embedding.name, dimensions=None, total_s=60
    )
    texts = ["연차는 1년에 15일입니다.", "Payday is the 25th.", "급여일은 매월 25일입니다. " * 200]
    try:
        embedder = EndpointEmbedder(door, Wishes(frozenset({"ko", "en"})), shipped_rules)
        found = await embedder.passages([Embeddable(text, LABEL) for text in texts])
        asked = await embedder.query(Embeddable(texts[0], LABEL))
    finally:
        await door.aclose()
    assert [len(vector or ()) for vector in found] == [64, 64, 64]
    assert found[0] is not None
    assert found[1] is not None
    assert asked is not None
    assert dist(asked, found[0]) == pytest.approx(0, abs=1e-3)
    assert dist(found[0], found[1]) > 1e-3
