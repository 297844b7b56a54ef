"""`POST /sources/NAME/documents` over a real socket."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest

from admin.http import MOST_BYTES, http_served
from bot.config_reading import Http
from bot.toml_file import SettingsFault
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.pushed import PushStore
from tests.integration.retrieval.shelf import a_source

CRM = replace(a_source("crm"), kind="push", location="")
GOOD = json.dumps({"uri": "a", "text": "연차는 15일이다."}).encode()


@dataclass
class Served:
    url: str
    store: PushStore
    token: str
    wanted: list[str]
    session: aiohttp.ClientSession

    async def post(
        self, body: Any, *, name: str = "crm", token: str | None = None, more: str = ""
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        async with self.session.post(
            f"{self.url}/sources/{name}/documents{more}", data=body, headers=headers
        ) as answer:
            return answer.status, await answer.json()

    async def held(self) -> list[str]:
        return [uri async for uri, _, _ in self.store.listed("crm")]


@pytest.fixture
async def served(fresh_database: Database) -> AsyncIterator[Served]:
    await Catalogue(fresh_database).sync([CRM, replace(CRM, name="erp"), a_source("files")])
    store, wanted = PushStore(fresh_database), list[str]()

    async def want(source: str) -> None:
        wanted.append(source)

    token = await store.new_token("crm")
    async with http_served(Http(port=0), store, want) as url, aiohttp.ClientSession() as session:
        yield Served(url, store, token, wanted, session)


async def test_documents_come_in_with_the_sources_token_and_a_re_index_is_wanted(served: Served) -> None:
    assert await served.post(GOOD) == (200, {"stored": 1, "unchanged": 0, "deleted": 0, "refused": []})
    assert await served.post(GOOD) == (200, {"stored": 0, "unchanged": 1, "deleted": 0, "refused": []})
    assert await served.held() == ["a"]
    assert served.wanted == ["crm", "crm"]


async def test_a_bad_line_is_told_and_the_others_are_kept(served: Served) -> None:
    status, report = await served.post(b"{\n" + GOOD)
    assert status == 422
    assert report["refused"] == [{"line": 1, "why": "is not JSON (character 2)"}]
    assert await served.held() == ["a"]


async def test_whoever_has_not_the_token_of_the_source_learns_nothing_and_changes_nothing(served: Served) -> None:
    foreign = await served.store.new_token("erp")
    answers = [
        await served.post(GOOD, token="x" * 43),
        await served.post(GOOD, token=foreign),
        await served.post(GOOD, token=""),
        await served.post(GOOD, token=served.token + " "),
        await served.post(GOOD, name="nothing"),
        await served.post(GOOD, name="files"),
        await served.post(GOOD, name="a%00b"),
        await served.post(GOOD, name="files", token="x" * 43),
        await served.post(b"{", token="x" * 43, more="?all=perhaps"),
    ]
    good = answers.pop(3)
    assert good[0] == 200, "spaces around a token are nobody's business"
    assert {status for status, _ in answers} == {401}
    assert len({json.dumps(told) for _, told in answers}) == 1
    async with served.session.post(f"{served.url}/sources/crm/documents", data=GOOD) as answer:
        assert (answer.status, await answer.json()) == answers[0]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert served.wanted == ["crm"]


async def test_all_replaces_the_set(served: Served) -> None:
    await served.post(GOOD.replace(b'"a"', b'"b"'))
    assert (await served.post(GOOD, more="?all=true"))[1]["deleted"] == 1
    assert await served.held() == ["a"]
    status, told = await served.post(b"", more="?all=true")
    assert (status, "that was not done" in told["error"]) == (409, True)
    assert (await served.post(GOOD, more="?all=perhaps"))[0] == 400


async def test_a_request_that_is_too_big_is_refused_before_it_is_read(served: Served) -> None:
    reader, writer = await asyncio.open_connection(*served.url.removeprefix("http://").split(":"))
    head = f"POST /sources/crm/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token}\r\n"
    writer.write(f"{head}Content-Length: {MOST_BYTES + 1}\r\n\r\n".encode())
    assert b"413" in await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert await served.held() == []


async def test_a_sender_that_breaks_off_deletes_nothing_and_what_came_is_kept(served: Served) -> None:
    await served.post(GOOD.replace(b'"a"', b'"old"'))
    _, writer = await asyncio.open_connection(*served.url.removeprefix("http://").split(":"))
    head = f"POST /sources/crm/documents?all=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token}\r\n"
    many = b"\n".join(GOOD.replace(b'"a"', b'"n%d"' % number) for number in range(250))
    writer.write(f"{head}Content-Length: {len(many) + 1000}\r\n\r\n".encode() + many)
    await writer.drain()
    await eventually(lambda: _holds(served, 201))
    writer.close()
    await writer.wait_closed()
    await eventually(lambda: _wanted(served, 2))
    assert "old" in await served.held()


async def _holds(served: Served, count: int) -> bool:
    return len(await served.held()) >= count


async def _wanted(served: Served, count: int) -> bool:
    return len(served.wanted) >= count


async def eventually(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await true():  # noqa: ASYNC110 - what is committed sets no event
            await asyncio.sleep(0.02)


async def test_neither_tokens_nor_texts_are_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await served.post(GOOD + b"\n{nonsense")
    await served.post(GOOD, token="wrong-token-wrong-token")
    for secret in (served.token, "wrong-token", "연차", "nonsense"):
        assert secret not in caplog.text


async def test_a_port_that_is_taken_is_one_sentence(served: Served) -> None:
    port = int(served.url.rpartition(":")[2])
    with pytest.raises(SettingsFault, match=rf"cannot be served at 127\.0\.0\.1:{port}.*choose another"):
        async with http_served(Http(port=port), served.store, lambda _: asyncio.sleep(0)):
            pass
