"""`naru model test`: a model that is served here, tried over real sockets."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from admin.check import Report
from admin.check.finding import Status
from admin.check.served import CLOSED, tried
from admin.serving.supervisor import ServeFault
from bot.settings import Settings
from tests.standins.openai import NoFinish, OpenAIStandIn, Says

KEY = "-".join(["not", "a", "secret"])


def settings(folder: Path, url: str, more: str = "") -> Settings:
    port = urlsplit(url).port
    text = f'[models.tiny]\nweights = "weights"\nport = {port}\napi_key = "{KEY}"\n{more}'
    (folder / "naru.toml").write_text(text, encoding="utf-8")
    return Settings.load({"NARU_CONFIG": str(folder / "naru.toml"), "NARU_HOME": str(folder / "home")})


def said(report: Report, status: Status) -> list[str]:
    return [finding.sentence for _, finding in report.findings if finding.status is status]


async def test_everything_that_naru_asks_of_it_is_tried(tmp_path: Path) -> None:
    more = 'lora_slots = 1\nadapters = ["hr=/adapters/hr"]\n'
    async with OpenAIStandIn([Says("OK")], models=["tiny", "hr"], api_key=KEY) as server:
        report = await tried(settings(tmp_path, server.base_url, more), "tiny")
        assert [request.json["model"] for request in server.requests if request.json] == ["tiny", "hr"]
    assert report.worst(strict=True) == 0, report
    sentences = " ".join(said(report, Status.OK))
    for what in (
        "has the model tiny",
        "tiny answers",
        "The adapter hr answers",
        "Without the key",
        "only what Naru asks",
    ):
        assert what in sentences


async def test_an_adapter_that_the_server_lacks_is_said(tmp_path: Path) -> None:
    more = 'lora_slots = 1\nadapters = ["hr=/adapters/hr"]\n'
    async with OpenAIStandIn([Says("OK")], models=["tiny"], api_key=KEY) as server:
        report = await tried(settings(tmp_path, server.base_url, more), "tiny")
    assert report.worst() == 1
    assert any("does not have hr" in sentence for sentence in said(report, Status.WARN))


async def test_half_an_answer_is_a_failure(tmp_path: Path) -> None:
    async with OpenAIStandIn([NoFinish("OK")], models=["tiny"], api_key=KEY) as server:
        report = await tried(settings(tmp_path, server.base_url), "tiny")
    assert any("stopped in the middle" in sentence for sentence in said(report, Status.FAIL))


async def test_a_server_without_its_key_or_with_other_doors_open_is_said(tmp_path: Path) -> None:
    async with OpenAIStandIn([Says("OK")], models=["tiny"]) as model:
        app = web.Application()

        async def elsewhere(request: web.Request) -> web.Response:
            return web.Response(status=200)

        for path in CLOSED:
            app.router.add_post(path, elsewhere)

        async def models(request: web.Request) -> web.Response:
            return web.json_response({"data": [{"id": "tiny"}]})

        async def chat(request: web.Request) -> web.StreamResponse:
            raise web.HTTPTemporaryRedirect(f"{model.base_url}/chat/completions")

        app.router.add_get("/v1/models", models)
        app.router.add_post("/v1/chat/completions", chat)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            port = runner.addresses[0][1]
            redirected = await tried(settings(tmp_path, f"http://127.0.0.1:{port}/v1"), "tiny")
        finally:
            await runner.cleanup()
        assert any("status 307" in sentence for sentence in said(redirected, Status.FAIL))
        assert model.requests == []
        unkeyed = await tried(settings(tmp_path, model.base_url), "tiny")
    assert "Without a key it answers with status 200." in said(unkeyed, Status.FAIL)


async def test_a_model_that_makes_vectors_is_asked_for_one(tmp_path: Path) -> None:
    async with OpenAIStandIn(models=["tiny"], api_key=KEY) as server:
        report = await tried(settings(tmp_path, server.base_url, 'runner = "pooling"\n'), "tiny")
    assert report.worst() == 0
    assert any("vectors of 16 numbers" in sentence for sentence in said(report, Status.OK))


async def test_one_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    async with OpenAIStandIn() as server:
        url = server.base_url
    report = await tried(settings(tmp_path, url), "tiny")
    assert len(report.findings) == 1
    assert "cannot be reached" in said(report, Status.FAIL)[0]


async def test_a_name_that_no_section_has_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServeFault, match=r"no section \[models\.other\]"):
        await tried(settings(tmp_path, "http://127.0.0.1:9/v1"), "other")
