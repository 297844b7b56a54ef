"""The one door to what people attach in Slack: it downloads, from Slack's own file server and from nowhere else.

The bot's token goes along with each request, so no redirect is followed: whoever has the token is the bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.attached import Attachments, Sent, clean_name
from bot.domain import Attached
from bot.slack.events import files_of
from bot.slack.faults import SlackFault, translated
from retrieval.parse import UnreadableFault
from retrieval.parse.families import SUFFIXES
from retrieval.parse.refusals import Refusal

FILES = "https://files.slack.com"
_DOWNLOAD_S = 20.0
_TRIES = 2
_AT_ONCE = 2
"""Files that are fetched at the same time, whatever the number of questions."""
_CHUNK = 1 << 16
_GONE = frozenset({"tombstone", "hidden_by_limit"})
_ELSEWHERE = "external"
_NOT_OURS = frozenset({"file_not_found", "file_deleted"})

Json = Mapping[str, Any]


class SlackFiles:
    """api_url: where the API is, if not at Slack's own address; files may come from there as well. max_mb: larger ones
    are not fetched."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        attachments: Attachments,
        *,
        max_mb: int,
        api_url: str | None = None,
    ) -> None:
        self._client = client
        self._session = session
        self._attachments = attachments
        self._max_mb = max_mb
        self._origins = frozenset({_origin(FILES), *([_origin(api_url)] if api_url else [])})
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def read(self, asked: str, files: Sequence[Json]) -> tuple[Attached, ...]:
        """files: as bot/slack/events.py keeps them. One that cannot be had or read says so; raises nothing."""
        return await self._attachments.read(asked, [await self._sent(file) for file in files]) if files else ()

    async def _sent(self, file: Json) -> Sent:
        try:
            file = await self._known(file)
        except SlackFault as fault:
            name = clean_name(str(file.get("name") or file["id"]))
            return Sent(name, partial(_fails, _gone(name) if fault.code in _NOT_OURS else _missed(name, fault)))
        name, kind = str(file.get("name") or file["id"]), str(file.get("mimetype") or "")
        known = PurePosixPath(name).suffix.lower() in SUFFIXES
        # What people paste as a snippet is text, whatever language it is in.
        suffix = ".txt" if not known and kind.startswith("text/") else None
        content = partial(self._content, file, clean_name(name), readable=known or suffix is not None)
        return Sent(name, content, suffix, file.get("permalink"))

    async def _content(self, file: Json, name: str, *, readable: bool) -> bytes:
        """Raises UnreadableFault."""
        try:
            _refuse(file, name)
            if not readable:
                raise Refusal("image" if str(file.get("mimetype")).startswith("image/") else "unknown")
            if file.get("size", 0) > self._max_mb * 1024**2:
                raise Refusal("too_big", mb=self._max_mb)
            async with self._turn:
                return await self._downloaded(file, name)
        except Refusal as refusal:
            raise refusal.fault(name) from None
        except SlackFault as fault:
            raise _missed(name, fault) from None

    async def _known(self, file: Json) -> Json:
        """With its address. Of a file that came over Slack Connect an event says little more than its id
        (docs.slack.dev/apis/events-api, check_file_info)."""
        if file.get("file_access") != "check_file_info" and (file.get("url") or file.get("mode") in _GONE):
            return file
        with translated("files.info"):
            answer = await self._client.files_info(file=file["id"])
        told = answer.get("file")
        if not isinstance(told, Mapping) or told.get("id") != file["id"]:
            return file
        return files_of({"files": [told]})[0]

    async def _downloaded(self, file: Json, name: str) -> bytes:
        address = str(file.get("url") or "")
        if _origin(address) not in self._origins:
            raise UnreadableFault(f"{name} does not lie on Slack's file server: upload the file itself.", "link")
        for left in reversed(range(_TRIES)):
            try:
                with translated("the download of a file"):
                    return await self._body(address, file, name)
            except SlackFault as fault:
                if not left or not fault.retry or fault.code == "timeout":
                    raise
        raise _away(name)

    async def _body(self, address: str, file: Json, name: str) -> bytes:
        most = self._max_mb * 1024**2
        headers = {"Authorization": f"Bearer {self._client.token}", "Accept-Encoding": "identity"}
        timeout = aiohttp.ClientTimeout(total=_DOWNLOAD_S)
        async with self._session.get(
            address, headers=headers, timeout=timeout, allow_redirects=False, proxy=self._client.proxy
        ) as response:
            if response.status in (404, 410):
                raise _gone(name)
            if response.status == 429 or response.status >= 500:
                raise _away(name)
            if response.status != 200:  # a redirect leads to where one signs in
                raise _closed(name)
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > most:
                    raise Refusal("too_big", mb=self._max_mb)
            if response.content_type == "text/html" and not _is_page(file, len(content)):
                raise _closed(name)
            return bytes(content)


def _refuse(file: Json, name: str) -> None:
    if file.get("mode") in _GONE:
        raise _gone(name)
    if file.get("mode") == _ELSEWHERE:
        raise UnreadableFault(f"{name} does not lie on Slack's file server: upload the file itself.", "link")
    if file.get("file_access") in _NOT_OURS | {"access_denied"}:
        raise _closed(name)


def _is_page(file: Json, length: int) -> bool:
    """Whether HTML is what was to come: without a right to a file Slack answers with the page to sign in."""
    return file.get("mimetype") == "text/html" and file.get("size") == length


def _origin(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; of what is no address one that nobody has."""
    try:
        parts = urlsplit(address)
        if parts.username is not None or parts.password is not None:
            return "", "", None
        return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", "", None


async def _fails(fault: UnreadableFault) -> bytes:
    raise fault


def _missed(name: str, fault: SlackFault) -> UnreadableFault:
    return _closed(name) if fault.code == "missing_scope" else _away(name)


def _gone(name: str) -> UnreadableFault:
    return UnreadableFault(f"{name} is not there any more: it was deleted, or Slack keeps it no longer.", "away")


def _away(name: str) -> UnreadableFault:
    return UnreadableFault(f"{name} cannot be fetched from Slack just now: ask again in a moment.", "away")


def _closed(name: str) -> UnreadableFault:
    return UnreadableFault(
        f"{name} is not given to Naru by Slack: an admin may have to update the app from slack-manifest.json "
        "(scope files:read) and install it again.",
        "closed",
    )
