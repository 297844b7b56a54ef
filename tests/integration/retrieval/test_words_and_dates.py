"""What documents say of their dates, and the company's words, in a real index."""

from __future__ import annotations

from datetime import date

from retrieval.database import Database
from retrieval.glossary import Glossary
from retrieval.search import Search
from tests.integration.retrieval.shelf import ANYONE, a_source, shelve

MEALS = "연장근로 식대 한도는 1인 {}원이며 20시 이후 퇴근한 날에 청구합니다."
OLD = (
    f"# 경비 규정 2025\n\n- 시행일: 2025-01-01\n- 만료일: 2025-12-31\n\n{MEALS.format('10,000')} 식대 한도 식대 한도.\n"
)
NEW = f"# 경비 규정 2026\n\n- 시행일: 2026-01-01\n\n{MEALS.format('15,000')}\n"
LEAVE = "# 휴가 안내\n\n연차는 1년에 15일입니다.\n"
CARD = "# 법인카드\n\n법인카드를 분실하면 카드사 앱에서 바로 정지합니다.\n"
GLOSSARY = Glossary({"법카": ["법인카드"], "PTO": ["연차"], "연차": ["PTO"]})


def search_of(database: Database, today: date) -> Search:
    return Search(database, glossary=lambda: GLOSSARY, today=lambda: today)


async def test_what_a_document_says_of_its_dates_is_kept_and_the_version_in_force_comes_first(
    database: Database,
) -> None:
    await shelve(database, a_source(), {"old.md": OLD, "new.md": NEW, "leave.md": LEAVE})
    search = search_of(database, date(2026, 11, 22))

    first, second = await search("식대 한도는 얼마인가요?", ANYONE)
    assert [p.document.uri for p in (first, second)] == ["new.md", "old.md"]
    assert (first.document.in_force_from, first.document.in_force_until) == (date(2026, 1, 1), None)
    assert second.document.in_force_until == date(2025, 12, 31)
    assert first.in_force is not None
    assert second.in_force is not None
    assert (first.in_force.state, second.in_force.state) == ("now", "before")

    assert (await search("2025년 식대 한도는?", ANYONE))[0].document.uri == "old.md"
    assert (await search_of(database, date(2025, 5, 1))("식대 한도", ANYONE))[0].document.uri == "old.md"


async def test_the_version_in_force_is_found_though_an_older_one_fills_what_was_asked_for(database: Database) -> None:
    await shelve(database, a_source(), {"old.md": OLD, "new.md": NEW})
    (only,) = await search_of(database, date(2026, 11, 22))("식대 한도", ANYONE, limit=1)
    assert only.document.uri == "new.md"


async def test_a_date_that_is_taken_out_of_the_text_is_taken_out_of_the_index(database: Database) -> None:
    source = a_source()
    await shelve(database, source, {"new.md": NEW})
    await shelve(database, source, {"new.md": NEW.replace("- 시행일: 2026-01-01\n", "")})
    (only,) = await search_of(database, date(2026, 11, 22))("식대", ANYONE)
    assert only.document.in_force_from is None


async def test_a_word_of_the_glossary_finds_what_only_the_other_word_stands_in(database: Database) -> None:
    await shelve(database, a_source(), {"card.md": CARD, "leave.md": LEAVE, "new.md": NEW})
    today = date(2026, 11, 22)
    assert await Search(database, today=lambda: today)("법카 어떡하죠", ANYONE) == ()
    (found,) = await search_of(database, today)("법카 어떡하죠", ANYONE)
    assert found.document.uri == "card.md"
    assert found.confidence > 0.3
    assert (await search_of(database, today)("PTO", ANYONE))[0].document.uri == "leave.md"


async def test_a_question_without_glossary_words_finds_the_same_with_the_same_scores(database: Database) -> None:
    await shelve(database, a_source(), {"card.md": CARD, "leave.md": LEAVE, "old.md": OLD, "new.md": NEW})
    today = date(2026, 11, 22)
    for query in ("식대 한도", "법인카드 분실", "how much", "앱에서 정지"):
        assert await search_of(database, today)(query, ANYONE) == await Search(database, today=lambda: today)(
            query, ANYONE
        )


async def test_the_very_word_comes_before_its_synonym_and_saying_both_is_worth_no_more(database: Database) -> None:
    documents = {
        "exact.md": "# 가\n\n연차 안내입니다. 여러 가지 다른 이야기.\n",
        "other.md": "# 나\n\nPTO 안내입니다. 여러 가지 다른 이야기.\n",
        "both.md": "# 다\n\n연차 안내입니다. 여러 가지 PTO 이야기.\n",
        "none.md": "# 라\n\n출장 안내입니다. 여러 가지 다른 이야기.\n",
    }
    await shelve(database, a_source(), dict(documents))
    found = {p.document.uri: p for p in await search_of(database, date(2026, 11, 22))("연차", ANYONE)}
    plain = {p.document.uri: p for p in await Search(database)("연차", ANYONE)}
    assert found["exact.md"].score == plain["exact.md"].score
    assert found["exact.md"].confidence == plain["exact.md"].confidence
    assert found["both.md"].score == plain["both.md"].score
    assert found["other.md"].score < found["exact.md"].score
