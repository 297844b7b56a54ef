"""A line to PostgreSQL that can fall silent or be cut, for what must survive both."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from types import TracebackType

from sqlalchemy import make_url


class Line:
    """Passes bytes on to the PostgreSQL at `url`, a Unix socket's. `async with`; its own address is `url`."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self._port = address.port or 5432
        self._behind = f"{address.query['host']}/.s.PGSQL.{address.query.get('port', self._port)}"
        self._folder = tempfile.TemporaryDirectory(prefix="line-")
        self._socket = Path(self._folder.name) / Path(self._behind).name
        self._ends: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[None]] = set()
        self._speaks = asyncio.Event()
        self._server: asyncio.Server | None = None
        self.url = address.update_query_dict({"host": self._folder.name}).render_as_string(hide_password=False)

    async def __aenter__(self) -> Line:
        self._speaks.set()
        await self.mend()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.cut()
        self._folder.cleanup()

    def hush(self) -> None:
        """From now on every byte is held back, both ways."""
        self._speaks.clear()

    def speak(self) -> None:
        """What was held back arrives after all."""
        self._speaks.set()

    async def cut(self) -> None:
        """Nobody is there any more."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._socket.unlink(missing_ok=True)
        self._speaks.set()
        for end in list(self._ends):
            end.close()
        await asyncio.gather(*self._joined)

    async def mend(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, self._socket)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        joined = asyncio.create_task(self._join(reader, writer))
        self._joined.add(joined)
        joined.add_done_callback(self._joined.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(self._behind)
        self._ends |= {writer, behind_writer}
        await asyncio.gather(self._pass(reader, behind_writer), self._pass(behind_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._speaks.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
            self._ends.discard(writer)
