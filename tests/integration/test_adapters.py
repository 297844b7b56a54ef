"""Adapters that are loaded while a model is served: over a socket of their own, kept for its next start."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import pytest
from aiohttp import web

from admin.serving.adapters import AdapterFault, Adapters, Control, opened_control
from admin.serving.front import Inner
from tests.unit.test_lora import CONFIG, FITS, adapter

KEY = "-".join(["not", "a", "secret"])


@dataclass
class VLLM:
    """Takes note of what it is told. refuses: with status 400."""

    port: int = 0
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    refuses: bool = False

    async def handle(self, request: web.Request) -> web.Response:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        self.told.append((request.path, await request.json()))
        return web.Response(status=400 if self.refuses else 200)


@dataclass(frozen=True)
class Served:
    control: Control
    vllm: VLLM
    adapters: Adapters


@asynccontextmanager
async def served(folder: Path, given: dict[str, Path] | None = None, slots: int = 2) -> AsyncIterator[Served]:
    vllm = VLLM()
    app = web.Application()
    app.router.add_post("/v1/{what}", vllm.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        inner = Inner(runner.addresses[0][1], KEY)
        control = Control(folder, "tiny")
        adapters = Adapters(control, inner, CONFIG, slots, 8, given or {})
        with TemporaryDirectory() as sockets:
            async with opened_control(control, adapters, inner, Path(sockets) / "control.sock"):
                yield Served(control, vllm, adapters)
    finally:
        await runner.cleanup()


def made(folder: Path, name: str, **said: object) -> Path:
    (folder / name).mkdir()
    return adapter(folder / name, FITS, **said)


async def test_an_adapter_is_loaded_exchanged_and_taken_away(tmp_path: Path) -> None:
    first, second = made(tmp_path, "first"), made(tmp_path, "second")
    async with served(tmp_path) as one:
        assert await one.control.tell("GET") == {}
        assert await one.control.tell("PUT", "hr", first) == {"hr": str(first)}
        assert await one.control.tell("PUT", "hr", second) == {"hr": str(second)}
        assert await one.control.tell("DELETE", "hr") == {}
        assert one.vllm.told == [
            ("/v1/load_lora_adapter", {"lora_name": "hr", "lora_path": str(first), "load_inplace": False}),
            ("/v1/load_lora_adapter", {"lora_name": "hr", "lora_path": str(second), "load_inplace": True}),
            ("/v1/unload_lora_adapter", {"lora_name": "hr"}),
        ]


async def test_what_was_loaded_is_there_at_the_next_start_unless_it_is_gone_or_fits_no_more(tmp_path: Path) -> None:
    stays, goes = made(tmp_path, "stays"), made(tmp_path, "goes")
    async with served(tmp_path) as one:
        await one.control.tell("PUT", "a", stays)
        await one.control.tell("PUT", "b", goes)
    (goes / "adapter_config.json").unlink()
    async with served(tmp_path) as again:
        assert again.adapters.there == {"a": str(stays)}


async def test_one_of_another_base_is_refused_before_vllm_hears_of_it(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    adapter(foreign, {"layers.0.self_attn.q_proj.lora_A.weight": [8, 4096]})
    async with served(tmp_path) as one:
        with pytest.raises(AdapterFault, match="made for ours/base"):
            await one.control.tell("PUT", "hr", foreign)
        assert (one.vllm.told, one.adapters.there) == ([], {})


async def test_there_are_never_more_than_there_is_room_for(tmp_path: Path) -> None:
    async with served(tmp_path, {"given": made(tmp_path, "given")}) as one:
        await one.control.tell("PUT", "a", made(tmp_path, "a"))
        with pytest.raises(AdapterFault, match="room for 2"):
            await one.control.tell("PUT", "b", made(tmp_path, "b"))
        with pytest.raises(AdapterFault, match="of the settings"):
            await one.control.tell("PUT", "given", tmp_path / "a")
        with pytest.raises(AdapterFault, match="there is a"):
            await one.control.tell("DELETE", "given")


async def test_what_vllm_refuses_is_not_kept(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        one.vllm.refuses = True
        with pytest.raises(AdapterFault, match="status 400"):
            await one.control.tell("PUT", "a", made(tmp_path, "a"))
        assert await one.control.tell("GET") == {}


async def test_the_socket_asks_for_its_own_key_which_only_its_owner_can_read(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        assert stat.S_IMODE(one.control.file.stat().st_mode) == 0o600
        socket = json.loads(one.control.file.read_text(encoding="utf-8"))["socket"]
        said = {"name": "a", "folder": str(made(tmp_path, "a"))}
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(socket)) as session:
            for headers in ({}, {"authorization": f"Bearer {KEY}"}):
                async with session.put("http://naru/adapters", json=said, headers=headers) as answer:
                    assert answer.status == 401
        assert one.vllm.told == []
    assert not one.control.file.exists()


async def test_a_model_that_is_not_served_is_said(tmp_path: Path) -> None:
    with pytest.raises(AdapterFault, match="start it by `naru model serve tiny`"):
        await Control(tmp_path, "tiny").tell("GET")
