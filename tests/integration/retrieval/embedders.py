"""An Embedder that needs no model: texts that share pairs of letters are near each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from retrieval.embed import Embeddable, EmbedFault, Vector
from retrieval.text import LANGUAGES, Language
from tests.standins.openai import of_letters

BOTH: frozenset[Language] = frozenset(LANGUAGES)


class Letters:
    """refuses: texts that it may not see. fails_after: so many passages, then it is away. gate: waited for before each
    batch. Texts that it was given are in `seen`."""

    def __init__(
        self,
        name: str = "letters",
        *,
        revision: str = "1",
        dimensions: int = 16,
        tells: bool = True,
        languages: Iterable[Language] = BOTH,
        refuses: Callable[[Embeddable], bool] = lambda text: False,
        of: Callable[[str, int], Vector] = of_letters,
    ) -> None:
        self.name = name
        self.revision = revision
        self.length = dimensions
        self.dimensions = dimensions if tells else None
        self.languages = frozenset(languages)
        self.fails_after: int | None = None
        self.away = False
        self.gate: asyncio.Event | None = None
        self.seen: list[str] = []
        self._refuses = refuses
        self._of = of

    async def passages(self, texts: Sequence[Embeddable]) -> Sequence[Vector | None]:
        if self.gate is not None:
            await self.gate.wait()
        if self.fails_after is not None and len(self.seen) + len(texts) > self.fails_after:
            raise EmbedFault("The embedding model cannot be reached.", again=True)
        self.seen += [each.text for each in texts]
        return [self._vector(each) for each in texts]

    async def query(self, text: Embeddable) -> Vector | None:
        return None if self.away else self._vector(text)

    def _vector(self, each: Embeddable) -> Vector | None:
        return None if self._refuses(each) else self._of(each.text, self.length)
