"""A real vLLM behind Naru's own doors: what the stand-ins say of it holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain import Route
from bot.models.door import OpenAIDoor
from bot.models.endpoint import Endpoint
from bot.models.faults import ModelFault
from bot.models.opinion import CHOICES, FORM, MAX_TOKENS, NONE, SecondOpinion
from bot.policy.parts import Prompt
from bot.policy.permit import Permit, PermitFault, permit
from bot.prompt import Template, build
from retrieval.label import NOTHING_SENSITIVE, Level
from tests.builders import ask, decision_for, parts_of, passage, rrn, shipped_rules
from tests.vllm.server import Server
from tests.vllm.tiny_names import SAYS, WARM

PARTS = parts_of(ask(f"연차는 며칠인가요? {rrn()}"), passage())
"""What may go nowhere else."""


@asynccontextmanager
async def door_to(server: Server, *, key: str | None = None, **more: object) -> AsyncIterator[OpenAIDoor]:
    wishes: dict[str, object] = {"max_tokens": 64, "first_token_s": 60.0} | more
    door = OpenAIDoor(
        Route.ON_PREM,
        base_url=server.base_url,
        api_key=key or server.key,
        model=server.name,
        **wishes,  # type: ignore[arg-type]
    )
    try:
        yield door
    finally:
        await door.aclose()


def issued(model: str, parts: Prompt = PARTS) -> tuple[Prompt, Permit]:
    prompt = build(Template.shipped("answer"), parts, mark="mark")
    return prompt, permit(decision_for(parts), prompt, Route.ON_PREM, model, shipped_rules())


async def says(server: Server, model: str) -> str:
    async with door_to(server) as door:
        return (await Endpoint(door, 1, 60.0).complete(lambda: issued(model))).text


async def test_an_answer_comes_as_a_stream_whole_and_counted(chat: Server) -> None:
    heard: list[str] = []
    async with door_to(chat) as door:
        completion = await Endpoint(door, 1, 60.0).complete(lambda: issued(chat.name), heard.append)
    assert (completion.text, completion.model) == ("".join(SAYS), chat.name)
    assert completion.usage.completion_tokens == len(SAYS) + 1
    assert (completion.usage.prompt_tokens or 0) > 100
    assert heard[-1] == "".join(SAYS)
    assert len(heard) >= 2, "a stream comes in pieces"
    assert all("".join(SAYS).startswith(one) for one in heard)


async def test_many_questions_at_once_each_get_their_answer(chat: Server) -> None:
    async with door_to(chat) as door:
        endpoint = Endpoint(door, 1, 120.0)
        found = await asyncio.gather(*(endpoint.complete(lambda: issued(chat.name)) for _ in range(16)))
    assert {one.text for one in found} == {"".join(SAYS)}


async def test_an_answer_that_is_cut_short_is_none(chat: Server) -> None:
    async with door_to(chat, max_tokens=2) as door:
        with pytest.raises(ModelFault, match=r"did not finish its answer \(length\)"):
            await door.complete(*issued(chat.name))


async def test_a_prompt_that_is_too_long_for_it_is_refused_by_status(chat: Server) -> None:
    long = parts_of(ask(), *(passage("연차는 15일입니다. " * 100, id=n) for n in range(1, 20)))
    async with door_to(chat) as door:
        with pytest.raises(ModelFault) as caught:
            await door.complete(*issued(chat.name, long))
    assert (caught.value.status, caught.value.again) == (400, False)


async def test_what_no_permit_covers_does_not_reach_it(chat: Server) -> None:
    async with door_to(chat) as door:
        prompt, one = issued(chat.name)
        with pytest.raises(PermitFault):
            await door.complete(build(Template("Other words."), PARTS, mark="mark"), one)
        assert prompt


async def test_another_key_is_refused(chat: Server) -> None:
    async with door_to(chat, key="another") as door:
        with pytest.raises(ModelFault) as caught:
            await door.complete(*issued(chat.name))
    assert (caught.value.status, caught.value.again) == (401, False)


async def test_a_model_that_it_does_not_have_is_a_404(chat: Server) -> None:
    with pytest.raises(ModelFault) as caught:
        await says(chat, "absent")
    assert (caught.value.status, caught.value.again) == (404, False)


async def test_it_is_held_to_the_form_of_a_second_opinion(chat: Server) -> None:
    parts = parts_of(ask("연차는 며칠인가요?"), passage())
    async with door_to(chat, form=FORM, max_tokens=MAX_TOKENS, name="second opinion") as door:
        prompt = build(Template.shipped("opinion"), parts, mark="mark")
        covered = permit(decision_for(parts), prompt, Route.ON_PREM, chat.name, shipped_rules())
        kind = json.loads((await door.complete(prompt, covered)).text)["kind"]
        assert kind in CHOICES
        opinion = SecondOpinion(door, 60.0, shipped_rules)
        assert await opinion.trouble() is None
        label = await opinion(parts, shipped_rules())
        assert (label == NOTHING_SENSITIVE) == (kind == NONE)
        assert label.level is (Level.PUBLIC if kind == NONE else Level.RESTRICTED)


async def test_a_domain_adapter_is_a_model_from_its_loading_to_its_unloading(models: Path, chat: Server) -> None:
    warm = {"lora_name": "warm", "lora_path": str(models / "warm")}
    assert chat.asked("POST", "/v1/load_lora_adapter", warm, chat.key)[0] == 200
    try:
        assert await says(chat, "warm") == "".join(WARM)
        assert await says(chat, chat.name) == "".join(SAYS)
    finally:
        assert chat.asked("POST", "/v1/unload_lora_adapter", {"lora_name": "warm"}, chat.key)[0] == 200
    with pytest.raises(ModelFault) as caught:
        await says(chat, "warm")
    assert caught.value.status == 404


async def test_an_adapter_of_another_base_is_refused_and_the_base_goes_on(models: Path, chat: Server) -> None:
    other = {"lora_name": "other", "lora_path": str(models / "other")}
    assert chat.asked("POST", "/v1/load_lora_adapter", other, chat.key)[0] >= 400
    with pytest.raises(ModelFault):
        await says(chat, "other")
    assert await says(chat, chat.name) == "".join(SAYS)


def test_its_key_does_not_cover_all_of_its_paths(chat: Server) -> None:
    """The reason for a list of paths in front. Where this goes red, vLLM has closed what is said to be open."""
    said = {"model": chat.name, "messages": [{"role": "user", "content": "x"}], "max_tokens": 8}
    assert chat.asked("POST", "/v1/chat/completions", said)[0] == 401
    assert chat.asked("POST", "/invocations", said)[0] == 200
    assert chat.asked("POST", "/tokenize", {"model": chat.name, "prompt": "x"})[0] == 200
    assert chat.asked("GET", "/metrics")[0] == 200
