"""The one way to a re-ranking server: vLLM's /score and /rerank, behind the same guard as the shores. It is on-prem,
always: it sees questions together with the passages that were found for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import httpx2
import openai

from bot.domain import Route
from bot.models.door import Body, Guard, translated
from bot.models.faults import ModelFault
from bot.policy.messages import question_and_passages
from bot.policy.parts import Prompt
from bot.policy.permit import Permit

Api = Literal["score", "rerank"]

_CONNECT_S = 1.0


def _known(key: str, value: object) -> bool:
    return key == "truncate_prompt_tokens" and value == -1


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one of the two says it. asked: the keys of the question and the passages; listed, score: of the answer."""

    asked: tuple[str, str]
    listed: str
    score: str


_SHAPES: Mapping[Api, _Shape] = {
    "score": _Shape(("text_1", "text_2"), "data", "score"),
    "rerank": _Shape(("query", "documents"), "results", "relevance_score"),
}
"""As vLLM's documentation has them (Score API, Re-rank API); other servers speak the second as Jina and Cohere do."""


class RerankDoor:
    """A server with one of the two. total_s: for one request."""

    def __init__(self, *, base_url: str, api_key: str | None, model: str, api: Api, total_s: float) -> None:
        self.model = model
        self._path, self._shape = f"/{api}", _SHAPES[api]
        address = httpx2.URL(base_url.rstrip("/") + self._path)
        inner = httpx2.AsyncHTTPTransport(trust_env=False)
        body = Body(self._shape.asked, _known)
        self._guard = Guard(Route.ON_PREM, address, inner, keyed=bool(api_key), body=body)
        timeout = httpx2.Timeout(total_s, connect=min(total_s, _CONNECT_S))
        http = httpx2.AsyncClient(transport=self._guard, trust_env=False, follow_redirects=False, timeout=timeout)
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", max_retries=0, timeout=timeout, http_client=http
        )

    async def scores(self, prompt: Prompt, permit: Permit) -> list[float]:
        """One try: a score for each Part behind the first, in order. Raises ModelFault when there is not, PermitFault
        when nothing was sent."""
        headers = self._guard.admit(permit)
        question, passages = question_and_passages(prompt)
        first, second = self._shape.asked
        # A passage that is longer than the model takes is read as far as it goes; without the wish vLLM refuses it.
        body = {"model": self.model, first: question, second: passages, "truncate_prompt_tokens": -1}
        try:
            async with translated(_fault, "list of scores"):
                said = await self._client.post(self._path, cast_to=object, body=body, options={"headers": headers})
                return self._read(said, len(prompt) - 1)
        finally:
            self._guard.forget(permit)

    def _read(self, said: object, expected: int) -> list[float]:
        """Raises ModelFault where it is not one finite number for each, whatever their order."""
        rows = said.get(self._shape.listed) if isinstance(said, dict) else None
        found: dict[int, float] = {}
        for row in rows if isinstance(rows, list) else ():
            match row:
                case {"index": int(index), self._shape.score: int() | float() as score} if isfinite(score):
                    found[index] = float(score)
        if sorted(found) != list(range(expected)) or not isinstance(rows, list) or len(rows) != expected:
            raise _fault("answered with something that is no list of scores", again=False)
        return [found[index] for index in range(expected)]

    async def aclose(self) -> None:
        await self._client.close()


def _fault(how: str, *, again: bool = True, after: float | None = None, status: int | None = None) -> ModelFault:
    return ModelFault(f"The re-ranking model {how}.", again=again, after=after, status=status)
