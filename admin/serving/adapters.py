"""Adapters of a model that is being served: which there are, loaded and taken away while it runs.

Who may is who may read the folder of the model's logs: a file there says by which socket, and with which key. Nothing
of it is reached by the address at which questions come in. vLLM forgets what was loaded when it dies: the list is kept.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from admin.serving.front import Inner
from admin.serving.lora import misfits
from retrieval.errors import Fault

_TIMEOUT_S = 60.0
_MOST_BYTES = 4096


class AdapterFault(Fault):
    """An adapter that was not loaded or taken away, and why; what was served is served as before."""


@dataclass(frozen=True, slots=True)
class Control:
    """Where a served model is told of adapters. folder: of its logs, which nobody else may pass."""

    folder: Path
    name: str

    @property
    def file(self) -> Path:
        """JSON with the socket and its key, while it is served; for its owner alone."""
        return self.folder / f"{self.name}.control"

    async def tell(self, method: str, adapter: str | None = None, at: Path | None = None) -> dict[str, str]:
        """The adapters that there are then, and their folders. Raises AdapterFault."""
        try:
            where = json.loads(self.file.read_text(encoding="utf-8"))
            socket, key = str(where["socket"]), str(where["key"])
        except (OSError, ValueError, LookupError, TypeError):
            todo = f"start it by `naru model serve {self.name}`"
            raise AdapterFault(f"{self.name} is not being served here: {todo}.") from None
        said = {"name": adapter, "folder": None if at is None else str(at)}
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.UnixConnector(socket),
                    timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
                    trust_env=False,
                ) as session,
                session.request(
                    method, "http://naru/adapters", json=said, headers={"authorization": f"Bearer {key}"}
                ) as answer,
            ):
                found = await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            raise AdapterFault(f"Whoever serves {self.name} here does not answer: look at what it says.") from None
        if answer.status != 200:
            raise AdapterFault(str(found.get("sentence", f"It answered with status {answer.status}.")))
        return {str(name): str(folder) for name, folder in found.items()}


class Adapters:
    """The adapters of one served model. config: of its weights. slots, rank: how many there may be, and how large.
    given: those of the settings; they stay."""

    def __init__(
        self,
        control: Control,
        inner: Inner,
        config: Mapping[str, object],
        slots: int,
        rank: int,
        given: Mapping[str, Path],
    ) -> None:
        self._control = control
        self._inner = inner
        self._config = config
        self._slots = slots
        self._rank = rank
        self._given = {name: str(folder) for name, folder in given.items()}
        self._kept = control.folder / f"{control.name}.adapters.json"
        self._changing = asyncio.Lock()
        self._loaded = self._remembered()

    @property
    def there(self) -> dict[str, str]:
        """Folders by name: what vLLM is to have, from its next start on as well."""
        return self._given | self._loaded

    async def load(self, session: aiohttp.ClientSession, name: str, folder: Path) -> None:
        """In place of another of that name, if there is one. Raises AdapterFault."""
        async with self._changing:
            if name in self._given:
                raise AdapterFault(f"{name} is an adapter of the settings: change it there, and serve it anew.")
            if name not in self._loaded and len(self.there) >= self._slots:
                raise AdapterFault(f"There is room for {self._slots} adapters (lora_slots): take one away first.")
            if problems := misfits(folder, self._config, self._rank):
                raise AdapterFault(f"{name} cannot be loaded. {' '.join(problems)}")
            said = {"lora_name": name, "lora_path": str(folder), "load_inplace": name in self._loaded}
            await self._asked(session, "load_lora_adapter", said)
            self._remember({**self._loaded, name: str(folder)})

    async def unload(self, session: aiohttp.ClientSession, name: str) -> None:
        """Raises AdapterFault."""
        async with self._changing:
            if name not in self._loaded:
                there = ", ".join(self._loaded) or "none"
                raise AdapterFault(f"{name} was not loaded while {self._control.name} runs; there is {there}.")
            self._remember({other: at for other, at in self._loaded.items() if other != name})
            await self._asked(session, "unload_lora_adapter", {"lora_name": name})

    async def _asked(self, session: aiohttp.ClientSession, what: str, said: Mapping[str, object]) -> None:
        url = f"{self._inner.address}/v1/{what}"
        try:
            async with asyncio.timeout(_TIMEOUT_S), session.post(url, json=said) as answer:
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise AdapterFault("vLLM does not answer: it may be loading. Try again in a minute.") from None
        if status != 200:
            raise AdapterFault(f"vLLM refused it (status {status}): its log says why.")

    def _remembered(self) -> dict[str, str]:
        """Without those that are gone, or fit no more: a start must not fail on them."""
        try:
            said = json.loads(self._kept.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        found = said.items() if isinstance(said, dict) else ()
        fit = {str(name): str(at) for name, at in found if not misfits(Path(str(at)), self._config, self._rank)}
        fit = {name: at for name, at in fit.items() if name not in self._given}
        return dict(list(fit.items())[: max(0, self._slots - len(self._given))])

    def _remember(self, loaded: dict[str, str]) -> None:
        written = self._kept.with_suffix(".new")
        written.write_text(json.dumps(loaded, ensure_ascii=False), encoding="utf-8")
        os.replace(written, self._kept)
        self._loaded = loaded


@asynccontextmanager
async def opened_control(control: Control, adapters: Adapters, inner: Inner, socket: Path) -> AsyncIterator[None]:
    """Open while the context is: GET says which adapters there are, PUT loads one, DELETE takes one away. socket: to be
    made, where nobody else may pass."""
    key = secrets.token_urlsafe(32)
    async with inner.session() as session:

        async def handle(request: web.Request) -> web.Response:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), key.encode()):
                return web.json_response({"sentence": "The key is missing or wrong."}, status=401)
            try:
                said = await request.json()
                match request.method, said["name"], said["folder"]:
                    case "GET", _, _:
                        pass
                    case "PUT", str(name), str(folder) if name:
                        await adapters.load(session, name, Path(folder))
                    case "DELETE", str(name), _:
                        await adapters.unload(session, name)
                    case _:
                        return web.json_response({"sentence": "An adapter needs a name and a folder."}, status=400)
            except AdapterFault as fault:
                return web.json_response({"sentence": str(fault)}, status=409)
            except (ValueError, LookupError, TypeError):
                return web.json_response({"sentence": "That is no request for an adapter."}, status=400)
            return web.json_response(adapters.there)

        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_route("*", "/adapters", handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.UnixSite(runner, str(socket)).start()
            control.file.unlink(missing_ok=True)
            with os.fdopen(os.open(control.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump({"socket": str(socket), "key": key}, file)
            yield
        finally:
            await runner.cleanup()
            with suppress(OSError):
                control.file.unlink()
