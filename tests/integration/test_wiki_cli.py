"""`naru source add | try | reindex` with Confluence and Notion, as somebody types it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.integration.test_cli import Naru, data, naru, reason, variables
from tests.integration.test_source_cli import TEAM
from tests.standins.confluence import DataCenter, Page, State, User
from tests.standins.notion import Notion, block, id_of
from tests.standins.notion import Page as NotionPage
from tests.standins.rest import Rest, Trouble

__all__ = ["naru", "variables"]  # fixtures


def config(folder: Path, standin: Rest) -> None:
    (folder / "naru.toml").write_text(
        f"""
        directory = "people.toml"
        console.person = "U1"
        [fetch]
        private_hosts = ["127.0.0.1"]
        ports = [{standin.port}]
        [[credentials]]
        location = "{standin.url}"
        password = "t0"
        """,
        encoding="utf-8",
    )
    (folder / "people.toml").write_text('people = [{id = "U1", name = "김하늘"}]', encoding="utf-8")


def wiki() -> State:
    state = State(spaces={"HR": [("group", "hr")]}, users={"u-kim": User("u-kim", "김하늘")}, groups={"hr": ["u-kim"]})
    state.add(Page("1", "HR", "휴가"), Page("2", "HR", "급여", users=("u-kim",)))
    return state


async def test_confluence_is_added_tried_and_read(naru: Naru, tmp_path: Path) -> None:
    async with DataCenter(wiki()) as standin:
        config(tmp_path, standin)
        more = ("--kind", "confluence", *TEAM, "--option", "spaces=HR", "--option", "per_second=1000")
        added = await asyncio.to_thread(naru, "source", "add", "wiki", standin.url, *more)
        assert added.returncode == 0, added.stderr
        tried = await asyncio.to_thread(naru, "source", "try", "wiki:HR/2", "--json")
        steps = {step["name"]: step for step in data(tried)}
        assert "internal, for ext:wiki/~kim" in steps["label"]["says"]
        assert steps["find"]["ok"] is True
        done = await asyncio.to_thread(naru, "source", "reindex", "wiki", "--json")
        assert done.returncode == 0, done.stderr
        (listed,) = data(await asyncio.to_thread(naru, "source", "list", "--json"))
        assert (listed["documents"], listed["problems"]) == (2, [])
        # The directory says nothing of Confluence's groups, so nobody may read.
        assert data(await asyncio.to_thread(naru, "search", "연차", "--as", "U1", "--json")) == []
        standin.for_ever["/"] = Trouble(401)
        gone = await asyncio.to_thread(naru, "source", "reindex", "wiki")
        assert "wrong, expired or revoked" in " ".join(reason(gone).split())
        (listed,) = data(await asyncio.to_thread(naru, "source", "list", "--json"))
        assert listed["documents"] == 2


async def test_notion_is_added_tried_and_read(naru: Naru, tmp_path: Path) -> None:
    async with Notion(NotionPage(id_of(1), "휴가", [block("paragraph", "연차는 15일이다.")])) as standin:
        config(tmp_path, standin)
        more = ("--kind", "notion", *TEAM, "--option", "per_second=1000")
        added = await asyncio.to_thread(naru, "source", "add", "notes", standin.url, *more)
        assert added.returncode == 0, added.stderr
        tried = await asyncio.to_thread(naru, "source", "try", f"notes:pages/{id_of(1)}", "--json")
        assert all(step["ok"] is not False for step in data(tried)), tried.stdout
        assert (await asyncio.to_thread(naru, "source", "reindex", "notes")).returncode == 0
        (hit, *_) = data(await asyncio.to_thread(naru, "search", "연차", "--as", "U1", "--json"))
        assert (hit["uri"], hit["title"]) == (f"pages/{id_of(1)}", "휴가")


async def test_a_token_is_asked_for_before_anything_is_kept(naru: Naru, tmp_path: Path) -> None:
    refused = await asyncio.to_thread(naru, "source", "add", "notes", "--kind", "notion", *TEAM)
    assert 'location = "https://api.notion.com"' in " ".join(reason(refused).split())
