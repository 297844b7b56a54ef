from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import QUOTABLE
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.label import Level
from retrieval.passage import EVERYONE, NOBODY, Principal, Readers, Rule
from retrieval.search import Search
from retrieval.vectors import Vectors
from tests.integration.retrieval.embedders import Letters
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve

LEAVE = "# 휴가 안내\n\n## 연차\n\n연차는 1년에 15일이며 입사일을 기준으로 발생합니다.\n"
TRAVEL = "# 출장 안내\n\n국내 출장의 숙박비는 1박에 12만 원까지 지급합니다.\n"
ONCALL = "# On-call\n\nThe engineer on call acknowledges a page within five minutes.\n"


async def test_the_passage_that_answers_comes_first_with_its_document(database: Database) -> None:
    source = a_source(link="https://handbook.example/", owner="#ask-hr")
    await shelve(database, source, {"hr/연차.md": LEAVE, "travel.md": TRAVEL, "oncall.md": ONCALL})

    first, *_ = await Search(database)("연차는 며칠인가요?", ANYONE)

    assert first.text == "연차는 1년에 15일이며 입사일을 기준으로 발생합니다."
    assert first.heading == "연차"
    assert first.document.title == "휴가 안내"
    assert (first.document.source, first.document.uri) == ("handbook", "hr/연차.md")
    assert first.document.link == "https://handbook.example/hr/%EC%97%B0%EC%B0%A8.md"
    assert (first.document.level, first.document.owner) == (Level.INTERNAL, "#ask-hr")


async def test_what_rules_write_in_other_words_is_said_too(database: Database) -> None:
    await shelve(database, a_source(), {"rooms.md": "# 안내\n\n수면실은 7층에 있습니다.\n", "hr.md": LEAVE})
    first, *_ = await Search(database)("낮잠은 7층인가요?", ANYONE)
    assert first.confidence >= QUOTABLE


async def test_an_english_question_finds_another_form_of_its_words(database: Database) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE, "oncall.md": ONCALL})
    first, *_ = await Search(database)("how soon must engineers acknowledge pages?", ANYONE)
    assert first.document.uri == "oncall.md"


@pytest.mark.parametrize("question", ["", "   ", "😀🎉", "how do I?", "어떻게 하나요?", "\0\ufffe"])
async def test_a_question_about_nothing_finds_nothing(database: Database, question: str) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE})
    assert await Search(database)(question, ANYONE) == ()


async def test_a_question_of_40000_characters_is_answered(database: Database) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE, "oncall.md": ONCALL})
    question = "연차 " + " ".join(f"낱말{number}" for number in range(7_000))
    assert (await Search(database)(question, ANYONE))[0].document.uri == "hr.md"


ODD = {
    "10,000 words": " ".join(f"낱말{number} word{number}" for number in range(5_000)),
    "one word 10,000 times": "연차 " * 10_000,
    "one syllable": "휴",
    "one letter": "x",
    "one run of syllables": "연차휴가" * 2_500,
    "emoji": "🏖️" * 500,
    "stop words": "그리고 어떻게 the of and " * 500,
    "NUL": "\0연\0차\0",
    "a lone surrogate": "연차 \ud800",
    "SQL and patterns": "'; drop table passage; -- %_\\ {1:1}/9 [연차](x)",
}


@pytest.mark.parametrize("embedders", [(), (Letters(),)], ids=["by words", "with a model"])
@pytest.mark.parametrize("question", ODD.values(), ids=ODD)
async def test_whatever_is_asked_gets_an_answer_and_no_error(
    database: Database, question: str, embedders: tuple[Letters, ...]
) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE, "oncall.md": ONCALL})
    for each in embedders:
        await Vectors(database).fill(each)
    async with asyncio.timeout(20):
        found = await Search(database, embedders)(question, ANYONE)
    assert {one.document.uri for one in found} <= {"hr.md", "oncall.md"}
    assert all(0 <= one.confidence <= 1 for one in found)


async def test_a_question_on_what_no_document_says_has_little_confidence(database: Database) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE, "travel.md": TRAVEL, "oncall.md": ONCALL})
    search = Search(database)
    known, *_ = await search("연차 발생 기준은?", ANYONE)
    unknown, *_ = await search("통근버스 노선과 주차 등록 기준은?", ANYONE)
    assert 0 <= unknown.confidence < known.confidence / 3 <= 1 / 3


async def test_among_equal_passages_the_one_whose_document_is_about_it_comes_first(
    database: Database,
) -> None:
    passing = (
        "# 회의실\n\n## 예약\n\n노트북 연결은 회의실마다 다릅니다.\n\n## 정리\n\n" + "의자를 제자리에 둡니다. " * 30
    )
    about = (
        "# 장비\n\n## 지급\n\n노트북 종류는 직무마다 다릅니다.\n\n## 수리\n\n" + "노트북 수리는 사흘 걸립니다. " * 30
    )
    await shelve(database, a_source(), {"a.md": passing, "b.md": about})
    assert (await Search(database)("노트북", ANYONE))[0].document.uri == "b.md"


async def test_nobody_finds_nothing(database: Database) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE})
    search = Search(database)
    (passage,) = await search("연차", ANYONE)
    assert await search("연차", NOBODY) == ()
    assert await search.present([passage.document.id], NOBODY) == {}


async def test_what_a_rule_keeps_from_the_reader_is_not_found(database: Database) -> None:
    rule = Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr"))
    await shelve(database, a_source(rules=(rule,)), {"hr/leave.md": LEAVE, "travel.md": TRAVEL})
    search = Search(database)
    assert await search("연차", ANYONE) == ()
    (found,) = await search("연차", Readers(principals("group:hr")))
    assert found.document.level is Level.CONFIDENTIAL


async def test_a_source_that_is_declared_no_longer_is_not_searched(database: Database) -> None:
    await shelve(database, a_source(), {"hr.md": LEAVE})
    search = Search(database)
    (passage,) = await search("연차", ANYONE)
    await Catalogue(database).sync([])
    assert await search("연차", ANYONE) == ()
    assert await search.present([passage.document.id], ANYONE) == {}
    await Catalogue(database).sync([a_source()])
    assert await search("연차", ANYONE) == (passage,)


async def test_a_shown_document_is_present_until_it_or_its_readers_change(
    database: Database,
) -> None:
    source = a_source()
    await shelve(database, source, {"hr.md": LEAVE, "travel.md": TRAVEL})
    search = Search(database)
    (passage,) = await search("연차", ANYONE)
    assert await search.present([passage.document.id], ANYONE) == {passage.document.id: passage.document}

    await Catalogue(database).sync([a_source(readers=["group:hr"])])
    assert await search.present([passage.document.id], ANYONE) == {}

    await Catalogue(database).sync([source])
    await reindex(database, source, Shelf({"travel.md": TRAVEL}))
    assert await search.present([passage.document.id], ANYONE) == {}


async def test_a_frequent_word_does_not_hide_the_rare_one(database: Database) -> None:
    documents: dict[str, str | bytes] = {f"{number}.md": f"# 안내 {number}\n\n회사 안내 문서" for number in range(60)}
    documents["leave.md"] = "# 휴가\n\n회사 경조사 휴가"
    await shelve(database, a_source(), documents)
    assert (await Search(database)("회사 경조사", ANYONE))[0].document.uri == "leave.md"


SHELF = {
    "lunch.md": "# 점심\n\n구내식당 점심은 열두 시입니다.",
    "parking.md": "# 주차\n\n주차 등록은 총무팀에 합니다.",
    "secret/parking.md": "# 주차 비용\n\n라벤더 계획의 주차 비용은 비밀입니다. 주차 주차 점심",
    "secret/lavender.md": "# 라벤더\n\n라벤더 계획과 점심.",
}


@pytest.mark.parametrize("question", ["라벤더 계획", "주차 등록", "라벤더 주차 비용", "점심"])
async def test_what_is_hidden_moves_no_score_and_no_confidence(database: Database, question: str) -> None:
    """Else a confidence over the bar would tell that a hidden document speaks of the same thing."""
    source = a_source(rules=(Rule("secret/*", Level.RESTRICTED, principals("group:legal")),))
    await shelve(database, source, {**SHELF})
    with_hidden = await Search(database)(question, ANYONE)
    # The stored weights rest on an average length that stays frozen: what follows is the counts alone.
    await reindex(database, source, Shelf({uri: text for uri, text in SHELF.items() if "secret" not in uri}))
    without = await Search(database)(question, ANYONE)
    assert [(p.score, p.confidence) for p in with_hidden] == [(p.score, p.confidence) for p in without]
    assert with_hidden == without


@pytest.fixture(scope="module")
async def many_readers(new_database: Callable[[], AbstractContextManager[str]]) -> AsyncIterator[Database]:
    """Sixteen documents, each for another set of four groups."""
    rules = tuple(
        Rule(f"{number:02}.md", Level.INTERNAL, principals(*_groups(number)) or principals("user:none"))
        for number in range(16)
    )
    documents: dict[str, str | bytes] = {f"{number:02}.md": f"# 안내 {number}\n\n연차 규정" for number in range(16)}
    with new_database() as url:
        database = Database(url)
        await shelve(database, a_source(readers=["user:none"], rules=rules), documents)
        yield database
        await database.close()


def _groups(number: int) -> list[str]:
    return [f"group:{bit}" for bit in range(4) if number >> bit & 1]


@settings(max_examples=60)
@given(st.frozensets(st.sampled_from([*_groups(15), "group:other", "everyone", "group:%", "{group:0}"])))
async def test_a_result_never_holds_what_the_readers_may_not_read(
    many_readers: Database, names: frozenset[str]
) -> None:
    readers = Readers(frozenset(map(Principal, names)))
    search = Search(many_readers)

    found = await search("연차 규정", readers, limit=30)
    readable = {f"{number:02}.md" for number in range(16) if names & set(_groups(number))}
    assert {passage.document.uri for passage in found} == readable

    everything = await search("연차 규정", Readers(principals(*_groups(15))), limit=30)
    present = await search.present([passage.document.id for passage in everything], readers)
    assert {document.uri for document in present.values()} == readable
    assert all(readers.may_read(document.readers) for document in present.values())


async def test_everyone_is_a_principal_like_any_other(database: Database) -> None:
    await shelve(database, a_source(readers=["group:hr"]), {"hr.md": LEAVE})
    assert await Search(database)("연차", Readers(frozenset({EVERYONE}))) == ()
