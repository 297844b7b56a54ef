"""A whole Naru for a test: its own database and documents, both shores as stand-ins over real sockets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from admin.app import App, opened
from bot.answer import answer
from bot.domain import Answer
from bot.settings import SHIPPED_POLICY, Settings
from tests.standins.openai import OpenAIStandIn, Reply, Says

PEOPLE = """
    people = [
      {id = "U1", name = "김하늘", groups = ["engineering"]},
      {id = "U2", name = "이서연", groups = ["hr"]},
      {id = "U3", name = "박법무", groups = ["legal"]},
      {id = "U9", name = "손님", guest = true},
      {id = "UASKERWITHALONGID", name = "정도윤", groups = ["engineering-guild"]},
    ]
    rooms = [
      {id = "C1", name = "general", kind = "public", members = ["U1", "U2", "U3"]},
      {id = "C2", name = "hr-desk", kind = "public", members = ["U2"]},
      {id = "C3", name = "hr", kind = "private", members = ["U2"]},
      {id = "CROOMWITHALONGID", name = "generalities", kind = "public", members = ["UASKERWITHALONGID"]},
      {id = "C6", name = "partner", kind = "private", shared = true, members = ["U1", "U9"]},
    ]
"""
CONFIG = """
    directory = "people.toml"
    [console]
    person = "U1"
    [models.cloud]
    first_token_timeout_s = 1.5
    total_timeout_s = 5
    attempts = 2
    [models.cloud.data_use]
    training = false
    retention_days = 0
    region = "kr"
    contract = "test"
    expires = 2099-12-31
    [models.on_prem]
    first_token_timeout_s = 1.5
    total_timeout_s = 5
    attempts = 2
    [models.second_opinion]
    timeout_s = 1.5
    [[sources]]
    name = "handbook"
    location = "handbook"
    level = "internal"
    readers = ["everyone"]
    owner = "#ask-handbook"
    link = "https://handbook.example/"
    [[sources.rules]]
    match = "public/*"
    level = "public"
    readers = ["everyone"]
    [[sources.rules]]
    match = "hr/*"
    level = "confidential"
    readers = ["group:hr"]
    [[sources.rules]]
    match = "legal/*"
    level = "restricted"
    readers = ["group:legal"]
"""


@dataclass(frozen=True)
class Company:
    app: App
    cloud: OpenAIStandIn
    on_prem: OpenAIStandIn
    folder: Path
    opinion: OpenAIStandIn | None = None

    async def ask(self, text: str, person: str = "U1", room: str | None = None, thread: str = "t") -> Answer:
        question = self.app.question(text, person=person, room=room, thread=thread)
        return await answer(question, self.app.deps)

    async def reindex(self) -> None:
        await self.app.reindex(await self.app.active(), lambda *_: None)


def unmasked(policy: str) -> str:
    """The text of a policy.toml that lets nothing be hidden."""
    return re.sub(r"(?ms)^\[masking\].*?^kinds = \[.*?\]$", "", policy)


@asynccontextmanager
async def company(
    folder: Path,
    database_url: str,
    documents: Mapping[str, str],
    *,
    cloud: Sequence[Reply] = (Says("연차는 15일입니다. [1]"),),
    on_prem: Sequence[Reply] = (Says("연차는 15일입니다. [1]"),),
    more: str = "",
    on_prem_models: Sequence[str] = (),
    opinion: Sequence[Reply] = (),
    environment: Mapping[str, str] | None = None,
    config: str = CONFIG,
    masks: bool = True,
) -> AsyncIterator[Company]:
    """masks: whether the policy lets anything be hidden; without, it is the shipped one but for that."""
    if not masks:
        (folder / "policy.toml").write_text(unmasked(SHIPPED_POLICY.read_text(encoding="utf-8")), encoding="utf-8")
    for uri, text in documents.items():
        path = folder / "handbook" / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "people.toml").write_text(dedent(PEOPLE), encoding="utf-8")
    (folder / "naru.toml").write_text(dedent(config) + more, encoding="utf-8")
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(OpenAIStandIn(replies=cloud))
        near = await stack.enter_async_context(OpenAIStandIn(replies=on_prem, models=on_prem_models))
        second = await stack.enter_async_context(OpenAIStandIn(replies=opinion)) if opinion else None
        variables = {
            "NARU_CONFIG": str(folder / "naru.toml"),
            "NARU_HOME": str(folder / "home"),
            "NARU_DATABASE_URL": database_url,
            "NARU_CLOUD_BASE_URL": far.base_url,
            "NARU_CLOUD_MODEL": "far",
            "NARU_ON_PREM_BASE_URL": near.base_url,
            "NARU_ON_PREM_MODEL": "near",
            **(environment or {}),
        }
        if second is not None:
            variables |= {"NARU_SECOND_OPINION_BASE_URL": second.base_url, "NARU_SECOND_OPINION_MODEL": "second"}
        async with opened(Settings.load(variables, folder)) as app:
            made = Company(app, far, near, folder, second)
            await made.reindex()
            yield made
