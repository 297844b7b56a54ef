"""The door to what people attach: only Slack's file server is asked, and whatever it answers is a file or a reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.attached import Attachments
from bot.domain import Attached
from bot.slack.app import http_session, web_client
from bot.slack.files import SlackFiles
from retrieval.parse.families import in_thread
from tests.standins.site import Says, Site
from tests.standins.slack import SlackStandIn, refuses

TOKEN = "-".join(("xoxb", "a", "token"))
ASKED = "What is the penalty?"
TEXT = Says("The penalty is 20 percent.", type="text/plain")


@asynccontextmanager
async def files_of(site: Site, *, max_mb: int = 1) -> AsyncIterator[SlackFiles]:
    async with http_session() as session:
        client = web_client(TOKEN, session, api_url=f"{site.url}/api/")
        read = Attachments(in_thread, most_chars=8000)
        yield SlackFiles(client, session, read, max_mb=max_mb, api_url=f"{site.url}/api/")


def file(url: str | None, **more: Any) -> dict[str, Any]:
    return {"id": "F1", "name": "a.txt", "mimetype": "text/plain", "size": 26, **({"url": url} if url else {}), **more}


async def read_one(site: Site, one: dict[str, Any], **more: Any) -> Attached:
    async with files_of(site, **more) as files:
        (read,) = await files.read(ASKED, [one])
    return read


async def test_the_token_goes_along_to_slacks_file_server() -> None:
    async with Site({"/f": TEXT}) as site:
        read = await read_one(site, file(f"{site.url}/f"))
        assert read.unread is None
        assert [asked.headers["authorization"] for asked in site.asked] == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    "made",
    [
        "http://{other}/f",
        "http://{slack}@{other}/f",
        "https://{slack}/f",
        "http://{slack}.evil.example/f",
        "http://files.slack.com/f",
        "https://files.slack.com.evil.example/f",
        "https://files.slack.com@{other}/f",
        "file:///etc/passwd",
        "//{other}/f",
        "http://[",
        "",
    ],
)
async def test_no_other_address_is_asked(made: str) -> None:
    async with Site({"/f": TEXT}) as site, Site({"/f": TEXT}) as other:
        hosts = {"slack": site.url.removeprefix("http://"), "other": other.url.removeprefix("http://")}
        read = await read_one(site, file(made.format(**hosts) or None))
        assert read.unread is not None
        assert other.asked == []
        assert "/f" not in site.paths()


REFUSED: dict[str, tuple[Says, str]] = {
    "a page to sign in": (Says("<html>Sign in</html>"), "files:read"),
    "not found": (Says(status=404), "not there any more"),
    "forbidden": (Says(status=403), "files:read"),
    "trouble": (Says(status=500), "just now"),
    "too many": (Says(status=429), "just now"),
    "larger than it said": (Says(b"a" * (1024**2 + 1), type="text/plain"), "over 1 MB"),
    "nothing": (Says("", type="text/plain"), "is empty"),
}


@pytest.mark.parametrize(("says", "why"), REFUSED.values(), ids=REFUSED)
async def test_what_comes_instead_of_a_file_is_a_reason(says: Says, why: str) -> None:
    async with Site({"/f": says}) as site:
        assert why in str((await read_one(site, file(f"{site.url}/f"))).unread)


async def test_a_redirect_is_followed_nowhere_not_even_on_the_same_host() -> None:
    async with Site({"/g": TEXT}) as site:
        site.pages["/f"] = Says(moved=f"{site.url}/g")
        assert (await read_one(site, file(f"{site.url}/f"))).unread is not None
        assert site.paths() == ["/f"]


async def test_a_page_that_was_attached_as_such_is_read() -> None:
    page = "<html><body><h1>Terms</h1><p>The penalty is 20 percent.</p></body></html>"
    async with Site({"/f": Says(page)}) as site:
        one = file(f"{site.url}/f", name="a.html", mimetype="text/html", size=len(page))
        assert (await read_one(site, one)).pieces
        assert (await read_one(site, one | {"size": 9})).unread is not None


async def test_what_somebody_pasted_as_a_snippet_is_text() -> None:
    async with Site({"/f": Says("PENALTY = 20", type="text/plain")}) as site:
        for name in ("Untitled", "rules.py"):
            read = await read_one(site, file(f"{site.url}/f", name=name, mimetype="text/x-python"))
            assert [piece.text for piece in read.pieces] == ["PENALTY = 20"]


@pytest.mark.parametrize("mode", ["tombstone", "hidden_by_limit", "external"])
async def test_what_slack_no_longer_has_or_never_had_is_not_asked_for(mode: str) -> None:
    async with Site({"/f": TEXT}) as site:
        assert (await read_one(site, file(f"{site.url}/f", mode=mode))).unread is not None
        assert site.asked == []


@pytest.mark.parametrize(
    ("code", "why"),
    [("file_not_found", "not there any more"), ("missing_scope", "files:read"), ("internal_error", "just now")],
)
async def test_when_slack_does_not_say_where_a_file_is_there_is_a_reason(code: str, why: str) -> None:
    async with SlackStandIn() as slack, http_session() as session:
        slack.scripts("files.info", refuses(code))
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        files = SlackFiles(client, session, Attachments(in_thread, 8000), max_mb=1, api_url=slack.api_url)
        (read,) = await files.read(ASKED, [{"id": "F1", "file_access": "check_file_info"}])
        assert why in str(read.unread)


async def test_a_server_that_is_away_is_a_reason() -> None:
    async with Site({}) as site:
        pass
    assert "just now" in str((await read_one(site, file(f"{site.url}/f"))).unread)
