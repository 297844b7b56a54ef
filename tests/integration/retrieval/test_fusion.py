"""Words and meaning together: what a vector may change, and what it may not."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.answer import ASKABLE
from retrieval import counts, dense
from retrieval.database import Database
from retrieval.embed import UNKNOWN, Embeddable, EmbedFault, Vector
from retrieval.label import Label, Level
from retrieval.local_model import PACKAGE, LocalModel, folder_of
from retrieval.passage import Passage, Readers, Rule
from retrieval.search import Search
from retrieval.vectors import Vectors
from tests.integration.retrieval.embedders import Letters
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source, principals, reindex, shelve

THINGS = (
    ("vacation", "time", "off", "leave", "holiday"),
    ("laptop", "computer", "notebook"),
    ("parking", "car", "lot"),
)


def meaning(said: str, dimensions: int) -> Vector:
    """Words of the same thing point the same way: what a model does, for three things."""
    words = said.lower().replace("?", " ").replace(".", " ").split()
    return [0.05, *(float(sum(word in things for word in words)) for things in THINGS), *[0.0] * (dimensions - 4)]


def knowing(**more: object) -> Letters:
    return Letters(**{"of": meaning, "dimensions": 4, **more})  # type: ignore[arg-type]


SHELF = {
    "leave.md": "# A\n\nEmployees have fifteen days of vacation every year.",
    "laptop.md": "# B\n\nA new laptop is ordered by the team lead.",
    "parking.md": "# C\n\nThe parking lot opens at seven.",
}


async def filled(database: Database, embedder: Letters, documents: dict[str, str | bytes] | None = None) -> Search:
    await shelve(database, a_source(), documents or {**SHELF})
    await Vectors(database).fill(embedder)
    return Search(database, (embedder,))


def uris(passages: Sequence[Passage]) -> list[str]:
    return [passage.document.uri for passage in passages]


async def test_what_is_meant_in_other_words_is_found(database: Database) -> None:
    search = await filled(database, knowing())
    assert uris(await Search(database)("How much time off do I get?", ANYONE)) == []
    first, *_ = await search("How much time off do I get?", ANYONE)
    assert first.document.uri == "leave.md"
    assert first.confidence > ASKABLE


async def test_words_still_count_where_there_are_vectors(database: Database) -> None:
    documents: dict[str, str | bytes] = {**SHELF, "b.md": "# D\n\nVacation in Lisbon needs form X17."}
    search = await filled(database, knowing(), documents)
    assert uris(await search("vacation X17", ANYONE))[0] == "b.md"


async def test_a_passage_that_has_no_vector_yet_is_found_by_its_words(database: Database) -> None:
    search = await filled(database, knowing())
    await reindex(database, a_source(), Shelf({**SHELF, "new.md": "# D\n\nThe vacation form is X17."}))
    assert uris(await search("vacation form X17", ANYONE))[0] == "new.md"


async def test_an_embedder_that_is_away_leaves_the_words(database: Database) -> None:
    letters = knowing()
    search = await filled(database, letters)
    by_words = await Search(database)("vacation days", ANYONE)
    letters.away = True
    assert await search("vacation days", ANYONE) == by_words != ()


async def test_vectors_of_another_model_or_length_are_not_compared_with(database: Database) -> None:
    search = await filled(database, knowing())
    by_words = await Search(database)("vacation days", ANYONE)
    for other in (knowing(name="other"), knowing(revision="2"), knowing(dimensions=5)):
        assert await Search(database, (other,))("vacation days", ANYONE) == by_words
    assert await search("vacation days", ANYONE) != by_words


async def test_a_half_filled_model_changes_no_answer(database: Database) -> None:
    await shelve(database, a_source(), {**SHELF})
    letters = knowing()
    await Vectors(database, chunk=1).fill(letters, limit=1)
    assert await Search(database, (letters,))("vacation days", ANYONE) == await Search(database)(
        "vacation days", ANYONE
    )


async def test_the_label_of_a_question_reaches_the_embedder(database: Database) -> None:
    letters = knowing(refuses=lambda each: each.label == UNKNOWN)
    await shelve(database, a_source(), {**SHELF})
    await Vectors(database).fill(letters)
    search = Search(database, (letters,))
    unsaid = await search("time off", ANYONE)
    said = await search("time off", ANYONE, label=Label.of(Level.INTERNAL, "channel", "room"))
    assert uris(unsaid) == []
    assert uris(said)[0] == "leave.md"


# -- languages -------------------------------------------------------------------------------------------------

WORDS = [
    "연차",
    "휴가",
    "노트북",
    "주차",
    "장비",
    "신청",
    "규정",
    "VPN",
    "form",
    "leave",
    "laptop",
    "15",
    "안내",
    "등록",
]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@pytest.fixture(scope="module")
async def english_model(
    new_database: Callable[[], AbstractContextManager[str]],
) -> AsyncIterator[tuple[Search, Search]]:
    """By words, and with a model of English alone over documents in both languages."""
    documents: dict[str, str | bytes] = {
        f"{n}.md": f"# {WORDS[n]}\n\n{WORDS[n]} {WORDS[n - 3]} {WORDS[n - 5]} 안내 문서입니다." for n in range(14)
    }
    documents |= {f"en{n}.md": f"# E{n}\n\nThe {WORDS[n]} form is about leave number {n}." for n in range(7, 11)}
    with new_database() as url:
        database = Database(url)
        letters = Letters(languages=["en"])
        await filled(database, letters, documents)
        yield Search(database), Search(database, (letters,))
        await database.close()


@settings(max_examples=60)
@given(sentences.filter(lambda said: any("가" <= letter <= "힣" for letter in said)))
async def test_fused_korean_is_never_below_lexical_korean(english_model: tuple[Search, Search], said: str) -> None:
    """To the last digit: a model that does not know the language has no say in it."""
    by_words, fused = english_model
    question = f"{said} 알려주세요"
    assert await fused(question, ANYONE, 20) == await by_words(question, ANYONE, 20)


async def test_a_model_of_english_alone_speaks_in_english(english_model: tuple[Search, Search]) -> None:
    by_words, fused = english_model
    assert await fused("the leave form", ANYONE) != await by_words("the leave form", ANYONE)


async def test_a_korean_passage_is_no_stranger_to_an_english_question(english_model: tuple[Search, Search]) -> None:
    """Its vector is not there, and its words are."""
    _, fused = english_model
    assert any("안내" in passage.text for passage in await fused("VPN", ANYONE))


def korquad() -> Path:
    data = os.environ.get("NARU_DATA", str(Path(__file__).parents[4] / "shared" / "data"))
    return Path(data) / "retrieval" / "KorQuAD_v1.0_dev.json"


async def test_korean_questions_of_others_are_answered_alike_with_the_local_model(
    database: Database, tmp_path: Path
) -> None:
    try:
        folder = folder_of(PACKAGE, tmp_path)
    except EmbedFault as fault:
        pytest.skip(str(fault))
    if not korquad().exists():
        pytest.skip(f"{korquad()} is not there: say in NARU_DATA where the evaluation data is")
    articles = json.loads(korquad().read_text(encoding="utf-8"))["data"][:6]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    model = LocalModel.opened(folder, tmp_path, frozenset({"en"}))
    documents: dict[str, str | bytes] = {f"{n}.md": f"# {n}\n\n{p['context']}" for n, p in enumerate(paragraphs)}
    await shelve(database, a_source(), documents | {**SHELF})
    assert (await Vectors(database).fill(model)).made >= 3
    by_words, fused = Search(database), Search(database, (model,))
    for question in [qa["question"] for paragraph in paragraphs[::6] for qa in paragraph["qas"]][:25]:
        assert await fused(question, ANYONE) == await by_words(question, ANYONE)


# -- readers ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def many_readers(
    new_database: Callable[[], AbstractContextManager[str]],
) -> AsyncIterator[tuple[Database, Letters]]:
    """Sixteen documents, each for another set of four groups, all about the same in other words."""
    rules = tuple(
        Rule(f"{n:02}.md", Level.INTERNAL, principals(*groups(n)) or principals("user:none")) for n in range(16)
    )
    documents: dict[str, str | bytes] = {f"{n:02}.md": f"# G{n}\n\nNumber {n} about vacation." for n in range(16)}
    with new_database() as url:
        database, letters = Database(url), knowing()
        await shelve(database, a_source(readers=["user:none"], rules=rules), documents)
        await Vectors(database, indexed_from=1).fill(letters)
        yield database, letters
        await database.close()


def groups(number: int) -> list[str]:
    return [f"group:{bit}" for bit in range(4) if number >> bit & 1]


@pytest.mark.parametrize("exact", [True, False])
@settings(max_examples=40)
@given(names=st.frozensets(st.sampled_from([*groups(15), "group:other", "everyone"])))
async def test_a_near_passage_is_never_one_that_the_readers_may_not_read(
    many_readers: tuple[Database, Letters], exact: bool, names: frozenset[str]
) -> None:
    """The question shares no word with them, so that each is there by its vector alone."""
    database, letters = many_readers
    search = Search(database, (letters,), exact_up_to=dense.EXACT_UP_TO if exact else 0)
    found = await search("time off", Readers(principals(*names)), limit=30)
    assert set(uris(found)) == {f"{n:02}.md" for n in range(16) if names & set(groups(n))}


async def test_the_index_is_what_finds_the_nearest_of_many(many_readers: tuple[Database, Letters]) -> None:
    database, letters = many_readers
    meanings = dense.Meanings(database, (letters,), exact_up_to=0)
    asked = await meanings.of("time off", UNKNOWN)
    assert asked is not None
    async with database.transaction() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        await connection.execute(text("set local enable_sort = off"))
        readable, _ = await counts.readable(connection, ["group:1"])
        await asked.nearest(connection, readable)
        explained = text(f"explain {asked.by_index()}")
        parameters = {**asked.parameters, "audiences": readable.audiences}
        plan = "\n".join(await connection.scalars(explained, parameters))
        assert await connection.scalar(text("show hnsw.iterative_scan")) == "relaxed_order"
    assert "Index Scan using passage_vector_1_idx" in plan


@pytest.mark.parametrize("question", ["time off", "vacation days", "laptop"])
async def test_what_is_hidden_moves_no_fused_score_and_no_confidence(database: Database, question: str) -> None:
    hidden = {
        "secret/a.md": "# X\n\nThe vacation of the board, time off and leave and holiday.",
        "secret/b.md": "# Y\n\nA laptop, a computer.",
    }
    source = a_source(rules=(Rule("secret/*", Level.RESTRICTED, principals("group:legal")),))
    letters = knowing()
    await shelve(database, source, {**SHELF, **hidden})
    await Vectors(database).fill(letters)
    with_hidden = await Search(database, (letters,))(question, ANYONE)
    await reindex(database, source, Shelf({**SHELF}))
    assert with_hidden == await Search(database, (letters,))(question, ANYONE) != ()


async def test_a_question_is_embedded_once_and_as_it_was_asked(database: Database) -> None:
    asked: list[str] = []

    def note(each: Embeddable) -> bool:
        asked.append(each.text)
        return False

    search = await filled(database, knowing(refuses=note))
    asked.clear()
    await search("How much time off do I get?", ANYONE)
    assert asked == ["How much time off do I get?"]


async def test_the_model_that_took_over_counts_for_the_very_next_question(database: Database) -> None:
    old, new = knowing(name="old"), knowing(name="new")
    await filled(database, old)
    search = Search(database, (new, old))
    assert (await search.explained("vacation days", ANYONE)).model == "old"
    await Vectors(database).fill(new)
    assert (await search.explained("vacation days", ANYONE)).model == "new"


async def test_a_model_that_knows_more_languages_is_seen_by_questions_in_them(database: Database) -> None:
    """Whoever asks in Korean alone never used the model before it."""
    old, new = knowing(name="old", languages=frozenset({"en"})), knowing(name="new")
    await filled(database, old, {**SHELF, "ko.md": "# 가\n\n연차는 십오일입니다."})
    search = Search(database, (new, old))
    assert (await search.explained("vacation days", ANYONE)).model == "old"
    assert (await search.explained("연차 며칠", ANYONE)).model is None
    await Vectors(database).fill(new)
    assert (await search.explained("연차 며칠", ANYONE)).model == "new"
