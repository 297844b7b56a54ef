"""What was pushed is kept, indexed, replaced and deleted, and a bad line spoils nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.intake import PushFault, PushReport, push
from retrieval.label import Level
from retrieval.pushed import PushStore
from retrieval.reindex import Report
from retrieval.search import Search
from retrieval.sources import SourceFault
from retrieval.sources.push import PushedDocuments
from tests.integration.retrieval.shelf import ANYONE, a_source, reindex

CRM = replace(a_source("crm"), kind="push", location="")


def doc(uri: str, text: str = "# 휴가\n\n연차는 15일이다.", **more: Any) -> dict[str, Any]:
    return {"uri": uri, "text": text, "format": "markdown", **more}


async def send(database: Database, *documents: dict[str, Any] | str, whole: bool = False) -> PushReport:
    async def chunks() -> AsyncIterator[bytes]:
        for one in documents:
            yield (one if isinstance(one, str) else json.dumps(one)).encode() + b"\n"

    return await push(PushStore(database), "crm", chunks(), whole=whole)


async def index(database: Database) -> Report:
    return await reindex(database, CRM, PushedDocuments(PushStore(database), "crm"))


async def found(database: Database, query: str) -> set[str]:
    return {one.document.uri for one in await Search(database)(query, ANYONE)}


async def held(database: Database) -> list[str]:
    return [uri async for uri, _, _ in PushStore(database).listed("crm")]


@pytest.fixture
async def crm(database: Database) -> Database:
    await Catalogue(database).sync([CRM])
    return database


async def test_what_is_pushed_is_found_after_a_re_index_and_pushed_again_changes_nothing(crm: Database) -> None:
    first = await send(crm, doc("a"), doc("b", "# 출장\n\n출장비는 7일 안에 청구한다."))
    assert first.data() == {"stored": 2, "unchanged": 0, "deleted": 0, "refused": []}
    assert (await index(crm)).added == 2
    assert await found(crm, "출장비 청구") == {"b"}
    again = await send(crm, doc("a"), doc("b", "# 출장\n\n출장비는 3일 안에 청구한다."), doc("a", level="restricted"))
    assert again.data() == {"stored": 2, "unchanged": 1, "deleted": 0, "refused": []}
    assert (await index(crm)).changed == 1


async def test_a_bad_line_is_told_with_its_number_and_the_others_are_kept(crm: Database) -> None:
    report = await send(crm, doc("a"), "{", "", doc("b", level="secret"), doc("c"))
    assert report.data() == {
        "stored": 2,
        "unchanged": 0,
        "deleted": 0,
        "refused": [
            {"line": 2, "why": "is not JSON (character 2)"},
            {"line": 4, "why": "level must be public, internal, confidential or restricted"},
        ],
    }
    assert await held(crm) == ["a", "c"]


async def test_what_is_deleted_is_found_by_nobody_from_now_on_the_last_one_too(crm: Database) -> None:
    await send(crm, doc("a"))
    await index(crm)
    assert await found(crm, "연차") == {"a"}
    gone = await send(crm, {"uri": "a", "deleted": True}, {"uri": "never", "deleted": True})
    assert gone.counts.deleted == 1
    assert await found(crm, "연차") == set()
    assert (await index(crm)).removed == 0


async def test_the_last_line_about_a_document_holds(crm: Database) -> None:
    await send(crm, doc("a"), {"uri": "a", "deleted": True}, doc("b"), doc("b", "# 나\n\n둘째"))
    assert await held(crm) == ["b"]
    kept = await PushStore(crm).kept("crm", "b")
    assert kept is not None
    assert kept[0] == "# 나\n\n둘째"


async def test_all_replaces_the_set_and_deletes_what_is_missing(crm: Database) -> None:
    await send(crm, doc("a"), doc("b"), doc("c"))
    await index(crm)
    report = await send(crm, doc("b"), doc("d"), whole=True)
    assert report.data() == {"stored": 1, "unchanged": 1, "deleted": 2, "refused": []}
    assert await held(crm) == ["b", "d"]
    assert await found(crm, "연차") == {"b"}


async def test_all_deletes_nothing_where_a_line_was_refused_or_nothing_came(crm: Database) -> None:
    await send(crm, doc("a"), doc("b"))
    report = await send(crm, doc("b"), "{", whole=True)
    assert report.counts.deleted == 0
    assert "nothing that is missing was deleted" in str(report.data()["note"])
    for nothing in ((), ("",), ({"uri": "a", "deleted": True},)):
        with pytest.raises(PushFault, match=r"No document was sent.*that was not done"):
            await send(crm, *nothing, whole=True)
    assert await held(crm) == ["a", "b"]


async def test_many_lines_are_kept_in_batches_and_told_together(crm: Database) -> None:
    many = [doc(f"{number:04}", f"# {number}\n\ntext") for number in range(650)]
    assert (await send(crm, *many)).counts.stored == 650
    assert await held(crm) == sorted(one["uri"] for one in many)
    assert (await send(crm, *many[:300], whole=True)).counts.deleted == 350


async def test_only_a_source_of_kind_push_takes_documents(database: Database) -> None:
    await Catalogue(database).sync([a_source("crm")])
    with pytest.raises(SourceFault, match="is of kind files: only a source of kind push"):
        await send(database, doc("a"))
    await Catalogue(database).sync([])
    with pytest.raises(SourceFault, match="There is no source 'nothing'"):
        await PushStore(database).keep("nothing", (), ["a"])


async def test_what_was_pushed_goes_with_its_source(database: Database) -> None:
    await Catalogue(database).add(CRM)
    await send(database, doc("a"))
    await PushStore(database).new_token("crm")
    await Catalogue(database).remove("crm")
    async with database.transaction() as connection:
        left = await connection.scalar(text("select (select count(*) from pushed) + (select count(*) from push_token)"))
    assert left == 0


async def test_a_token_opens_its_own_source_until_it_is_replaced_or_revoked(database: Database) -> None:
    other = replace(CRM, name="erp")
    await Catalogue(database).sync([CRM, other])
    store = PushStore(database)
    first, foreign = await store.new_token("crm"), await store.new_token("erp")
    assert len(first) >= 43
    assert [await store.allows("crm", one) for one in (first, foreign, "", first[:-1])] == [True, False, False, False]
    assert not await store.allows("nothing", first)
    second = await store.new_token("crm")
    assert [await store.allows("crm", one) for one in (first, second)] == [False, True]
    assert await store.revoke("crm")
    assert not await store.revoke("crm")
    assert not await store.allows("crm", second)
    async with database.transaction() as connection:
        kept = (await connection.execute(text("select push_token::text from push_token"))).scalars().all()
    assert foreign not in "".join(kept)


async def test_a_source_that_is_no_longer_declared_takes_nothing(database: Database) -> None:
    await Catalogue(database).sync([CRM])
    store = PushStore(database)
    token = await store.new_token("crm")
    await Catalogue(database).sync([])
    assert not await store.allows("crm", token)


async def test_a_pushed_document_says_its_own_level_and_readers(crm: Database) -> None:
    await send(crm, doc("a", level="restricted", readers=["group:hr"]), doc("b", level="public"))
    said = {uri: CRM.access(uri, said) async for uri, _, said in PushStore(crm).listed("crm")}
    assert said["a"] == (Level.RESTRICTED, frozenset({"group:hr"}))
    assert said["b"] == (Level.INTERNAL, frozenset({"everyone"}))
