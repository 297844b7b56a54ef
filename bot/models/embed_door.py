"""The one way to an embedding server: OpenAI's shape (vLLM's pooling models speak it), behind the same guard as the
shores. It is on-prem, always: it sees every document."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import httpx2
import openai

from bot.domain import Route
from bot.models.door import Body, Guard, translated
from bot.models.faults import ModelFault
from bot.policy.messages import inputs
from bot.policy.parts import Prompt
from bot.policy.permit import Permit

_CONNECT_S = 1.0
_LONGEST_VECTOR = 4000
"""What pgvector indexes as halfvec."""


def _known(key: str, value: object) -> bool:
    match key:
        case "encoding_format":
            return value == "float"
        case "dimensions":
            return isinstance(value, int)
        case _:
            return False


EMBEDDING = Body(("input",), _known)


class EmbedDoor:
    """An OpenAI-compatible embedding server. dimensions: asked for where given; not every server takes the wish."""

    def __init__(
        self, *, base_url: str, api_key: str | None, model: str, dimensions: int | None, total_s: float
    ) -> None:
        self.model = model
        self._dimensions = dimensions
        address = httpx2.URL(base_url.rstrip("/") + "/embeddings")
        inner = httpx2.AsyncHTTPTransport(trust_env=False)
        self._guard = Guard(Route.ON_PREM, address, inner, keyed=bool(api_key), body=EMBEDDING)
        timeout = httpx2.Timeout(total_s, connect=_CONNECT_S)
        http = httpx2.AsyncClient(transport=self._guard, trust_env=False, follow_redirects=False, timeout=timeout)
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", max_retries=0, timeout=timeout, http_client=http
        )

    async def vectors(self, prompt: Prompt, permit: Permit) -> list[list[float]]:
        """One try: a vector for each Part. Raises ModelFault when there is not, PermitFault when nothing was sent."""
        headers = self._guard.admit(permit)
        texts = inputs(prompt)
        try:
            async with translated(_fault, "list of vectors"):
                found = await self._client.embeddings.create(
                    model=self.model,
                    input=texts,
                    encoding_format="float",
                    dimensions=openai.omit if self._dimensions is None else self._dimensions,
                    extra_headers=headers,
                )
                vectors = [one.embedding for one in sorted(found.data, key=lambda one: one.index)]
                numbered = [one.index for one in found.data]
                if sorted(numbered) != list(range(len(texts))) or not _are_vectors(vectors):
                    raise _fault("answered with something that is no list of vectors", again=False)
                return vectors
        finally:
            self._guard.forget(permit)

    async def aclose(self) -> None:
        await self._client.close()


def _are_vectors(vectors: Sequence[Sequence[float]]) -> bool:
    """Numbers, as many in each, and not all of them 0: such a vector has no direction."""
    return len({len(vector) for vector in vectors}) == 1 and all(
        0 < len(vector) <= _LONGEST_VECTOR
        and all(isinstance(number, int | float) and isfinite(number) for number in vector)
        and any(vector)
        for vector in vectors
    )


def _fault(how: str, *, again: bool = True, after: float | None = None, status: int | None = None) -> ModelFault:
    return ModelFault(f"The embedding model {how}.", again=again, after=after, status=status)
