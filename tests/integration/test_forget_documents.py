"""Passages that name somebody who was forgotten are withheld, and stay withheld when their documents are read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.forgetting import Forgetting
from bot.holds import Holds
from bot.subjects import Subject
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import EVERYONE, NOTHING_SAID, Said, Source
from retrieval.pushed import PushStore
from retrieval.sources.push import Pushed
from tests.integration.events import SEAL
from tests.integration.retrieval.counted import counted
from tests.integration.retrieval.shelf import Shelf, a_source, reindex, shelve
from tests.integration.test_forgetting import Desk, only

PERSON = Subject("person", "홍길동", ("gildong@example.com",))
LONG = "이 절은 규정을 하나씩 설명합니다. " * 60  # so that each section is a passage of its own
LEAVE = f"# 휴가\n\n연차는 15일입니다. {LONG}\n\n# 담당\n\n문의는 홍길동 님에게 하세요. {LONG}"
DOCUMENTS: dict[str, str | bytes] = {
    "leave.md": LEAVE,
    "card.md": "# 홍길동 인사 카드\n\n입사는 2019년입니다.",
    "other.md": "# 복지\n\n점심을 드립니다.",
}


_HELD = "select title || ' ' || heading || ' ' || text from document join passage on document_id = document.id"


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path) -> Desk:
    return Desk(fresh_database, tmp_path)


def forgetting(desk: Desk) -> Forgetting:
    return Forgetting(desk.database, SEAL, desk.spool, Holds(SEAL))


async def held(desk: Desk) -> list[str]:
    rows = await desk.rows(_HELD)
    return sorted(text for (text,) in rows)


async def test_what_names_somebody_is_withheld_and_does_not_come_back(desk: Desk) -> None:
    source = a_source("wiki")
    await shelve(desk.database, source, DOCUMENTS)
    counts = await forgetting(desk)(PERSON)
    assert only(counts, "withheld") == {"passage": 2, "document": 1}
    assert not any("홍길동" in one for one in await held(desk))
    assert any("15일" in one for one in await held(desk))
    assert await desk.rows("select title from document where uri = 'card.md'") == [("…",)]
    await counted(desk.database)
    # Reworded, moved to another document, and under a title that its source says.
    changed = DOCUMENTS | {
        "leave.md": f"# 휴가\n\n연차는 16일입니다. {LONG}\n\n# 담당\n\n담당자 홍 길 동 에게 물으세요. {LONG}",
        "new.md": "# 새 문서\n\n홍길동이 썼습니다.",
        "said.md": "# 안\n\n내용",
    }
    said = {"said.md": Said(title="홍길동의 문서"), "other.md": Said(title="복지 안내")}
    for _ in range(2):
        await reindex(desk.database, source, Shelf(changed, said), withheld=forgetting(desk).withheld)
        assert not any("홍" in one for one in await held(desk))
        assert not [row for row in await desk.rows("select title, said::text from document") if "홍길동" in str(row)]
        await counted(desk.database)
    assert any("16일" in one for one in await held(desk))


async def test_the_same_passage_stays_away_by_its_tombstone_alone(desk: Desk) -> None:
    source = a_source("wiki")
    await shelve(desk.database, source, DOCUMENTS)
    await forgetting(desk)(PERSON)
    longer = DOCUMENTS | {"leave.md": f"{LEAVE}\n\n# 끝\n\n새로 쓴 절입니다. {LONG}"}
    await reindex(desk.database, source, Shelf(longer))
    assert any("새로 쓴" in one for one in await held(desk))
    assert not any("님에게" in one for one in await held(desk))


async def test_whoever_comes_back_is_read_again(desk: Desk) -> None:
    source = a_source("wiki")
    await shelve(desk.database, source, DOCUMENTS)
    before, again = await held(desk), forgetting(desk)
    await again(PERSON)
    later = DOCUMENTS | {"later.md": "# 인수\n\n홍길동이 넘겼습니다."}
    await reindex(desk.database, source, Shelf(later), withheld=forgetting(desk).withheld)
    assert not any("홍길동" in one for one in await held(desk))
    async with desk.database.transaction() as connection:
        await again.lift(connection, PERSON)
    await reindex(desk.database, source, Shelf(later), withheld=forgetting(desk).withheld)
    *others, of_later = sorted(await held(desk), key=lambda one: "넘겼" in one)
    assert sorted(others) == before
    assert "홍길동이 넘겼습니다" in of_later, "it came while they were out"
    assert await desk.rows("select uri from document where withheld") == []


async def test_what_its_owners_must_change_is_known_and_sealed(desk: Desk) -> None:
    await shelve(desk.database, a_source("wiki"), DOCUMENTS)
    erasing = forgetting(desk)
    async with desk.database.transaction() as connection:
        id = await erasing.begin(connection, PERSON)
    outcome = await erasing.run(id)
    assert set(outcome.documents) == {("wiki", "leave.md"), ("wiki", "card.md")}
    assert "홍길동".encode() not in str(await desk.rows("select * from forgetting")).encode()


async def test_what_a_hold_keeps_of_a_source_stays(desk: Desk) -> None:
    await shelve(desk.database, a_source("wiki"), DOCUMENTS)
    await desk.holds(Subject("source", "wiki"))
    counts = await forgetting(desk)(PERSON)
    assert counts["passage"]["held"] == 2
    assert any("홍길동" in one for one in await held(desk))


async def test_of_what_was_pushed_the_lines_go_that_name_somebody(desk: Desk) -> None:
    crm = Source("crm", "push", "", Level.INTERNAL, frozenset({EVERYONE}))
    await shelve(desk.database, crm, {})
    store = PushStore(desk.database)
    note = "계약은 2년입니다.\n담당은 홍길동입니다.\n끝."
    pushed = [Pushed(uri, said, "text", NOTHING_SAID) for uri, said in (("note", note), ("b", "다른 글"))]
    await store.keep("crm", pushed, [])
    counts = await forgetting(desk)(PERSON)
    assert counts["pushed"]["erased"] == 1
    assert sorted(await desk.rows("select text from pushed")) == [("계약은 2년입니다.\n끝.",), ("다른 글",)]


async def test_an_answer_whose_text_is_not_kept_goes_with_the_document_that_names_somebody(desk: Desk) -> None:
    await shelve(desk.database, a_source("wiki"), DOCUMENTS)
    ids = {str(uri): int(id) for uri, id in await desk.rows("select uri, id from document")}
    await desk.asked(answer=None, documents=(ids["leave.md"],), posted="1.1")
    await desk.asked(answer="15일", documents=(ids["leave.md"],), posted="1.2")
    await desk.asked(answer=None, documents=(ids["other.md"],), posted="1.3")
    await forgetting(desk)(PERSON)
    assert await desk.rows("select ts from posted where why is not null") == [("1.1",)]


async def test_answers_that_rest_on_a_source_that_opts_out_go_and_the_questions_stay(desk: Desk) -> None:
    await shelve(desk.database, a_source("wiki"), DOCUMENTS)
    ((id,),) = await desk.rows("select id from document where uri = 'leave.md'")
    await desk.asked(question="연차?", answer="15일", documents=(id,), posted="1.1")
    await desk.asked(question="점심?", answer="드립니다", posted="1.2", thread="other")
    await forgetting(desk)(Subject("source", "wiki"))
    assert sorted(await desk.texts()) == ["드립니다", "연차?", "점심?", "점심?"]
    assert await desk.rows("select ts from posted where why is not null") == [("1.1",)]


async def test_answers_that_rested_on_a_document_that_is_gone_go_with_any_source(desk: Desk) -> None:
    """Nobody can tell any more which source it was of."""
    await shelve(desk.database, a_source("wiki"), DOCUMENTS)
    ids = {str(uri): int(id) for uri, id in await desk.rows("select uri, id from document")}
    await desk.asked(question="연차?", answer="15일", documents=(ids["leave.md"],), posted="1.1")
    await shelve(desk.database, a_source("wiki"), {"other.md": DOCUMENTS["other.md"]})
    await desk.asked(question="점심?", answer="드립니다", documents=(), posted="1.2", thread="other")
    await desk.asked(question="저녁?", answer=None, documents=(ids["leave.md"],), posted="1.3", thread="third")
    await forgetting(desk)(Subject("source", "wiki"))
    assert "15일" not in await desk.texts()
    assert "드립니다" in await desk.texts()
    assert await desk.rows("select ts from posted where why is not null order by ts") == [("1.1",), ("1.3",)]


async def test_what_is_pushed_once_more_is_kept_without_who_was_forgotten_until_they_come_back(desk: Desk) -> None:
    crm = Source("crm", "push", "", Level.INTERNAL, frozenset({EVERYONE}))
    await shelve(desk.database, crm, {})
    erasing = desk.forgetting()
    await erasing(PERSON)
    store = PushStore(desk.database, erasing.withheld)
    sent = [Pushed("note", "계약은 2년입니다.\n담당은 홍길동입니다.", "text", NOTHING_SAID)]
    await store.keep("crm", sent, [])
    assert await desk.rows("select text from pushed") == [("계약은 2년입니다.",)]
    async with desk.database.transaction() as connection:
        await erasing.lift(connection, PERSON)
    await store.keep("crm", sent, [])
    assert await desk.rows("select text from pushed") == [(sent[0].text,)]
