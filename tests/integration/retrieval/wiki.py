"""A company's Confluence as a source: read by hand, or into an index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from retrieval.addresses import Reach
from retrieval.database import Database
from retrieval.fetch import Fetcher
from retrieval.label import Level
from retrieval.parse.families import in_thread
from retrieval.passage import Principal, Source
from retrieval.sources import Listed, Reader
from retrieval.sources.kind import Credential, Means, Patience
from retrieval.sources.kinds import reader_of
from tests.integration.retrieval.shelf import principals
from tests.standins.confluence import Cloud, DataCenter, File, Page, State, User
from tests.standins.rest import Rest

QUICKLY = Patience(tries=3, first_s=0.001, longest_s=2.0)
TOKEN = "t0"


def company() -> State:
    """Two spaces: HR, which the group hr and Lee may see, and IT, which all may see who have an account."""
    state = State(
        spaces={"HR": [("group", "hr"), ("user", "u-lee")], "IT": [("group", "all")]},
        users={id: User(id, name, email) for id, name, email in USERS},
        groups={"hr": ["u-kim", "u-choi"], "all": ["u-kim", "u-lee", "u-choi", "u-han"], "leads": ["u-kim", "u-han"]},
    )
    state.add(
        Page("1", "HR", "휴가"),
        Page("2", "HR", "급여", parent="1", groups=("leads",)),
        Page("3", "HR", "급여표", parent="2"),
        Page("4", "IT", "VPN", "<p>VPN은 사내에서만 쓴다.</p>"),
        Page("5", "IT", "공지", kind="blogpost"),
        Page("6", "IT", "지운 것", status="trashed"),
        Page("7", "IT", "보관한 것", status="archived"),
    )
    state.files["att1"] = File("att1", "3", "표.csv", "이름,일수\n연차,15\n".encode(), "text/csv")
    state.files["att2"] = File("att2", "4", "그림.png", b"png", "image/png")
    return state


USERS = (
    ("u-kim", "김하늘", "Kim@corp.example"),
    ("u-lee", "이서윤", ""),
    ("u-choi", "최가온", "choi@corp.example"),
    ("u-han", "한별", "han@corp.example"),
)


def a_source(standin: Rest, *readers: str, **options: object) -> Source:
    cloud = isinstance(standin, Cloud)
    return Source(
        "confluence",
        "confluence",
        f"{standin.url}{'/wiki' if cloud else ''}",
        Level.INTERNAL,
        principals(*(readers or ("everyone",))),
        options={"cloud": cloud, "per_second": 1000, **options},
    )


@asynccontextmanager
async def read(
    standin: Rest, source: Source | None = None, *, ports: tuple[int, ...] = (), token: str = TOKEN
) -> AsyncIterator[Reader]:
    """A reader with loopback declared, as a company declares a wiki of its own."""
    source = source or a_source(standin)
    fetcher = Fetcher(Reach.of(["127.0.0.1"], [standin.port, *ports]))
    username = "bot@corp.example" if isinstance(standin, Cloud) else ""
    credentials = (Credential(standin.url, username, token),)
    try:
        yield reader_of(source, Means(Database("postgresql://nowhere/none"), fetcher, in_thread, credentials, QUICKLY))
    finally:
        await fetcher.aclose()


async def listed(standin: Rest, source: Source | None = None) -> dict[str, Listed]:
    async with read(standin, source) as reader:
        return {one.uri: one async for one in reader.list()}


async def readers(standin: Rest, **options: object) -> dict[str, frozenset[Principal]]:
    """Who may read each document in the end."""
    source = a_source(standin, **options)
    return {uri: source.access(uri, one.said)[1] for uri, one in (await listed(standin, source)).items()}


BOTH = pytest.mark.parametrize("edition", [Cloud, DataCenter])
