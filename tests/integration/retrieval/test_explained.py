"""An explanation is of the very search: the same passages in the same order, and parts that add up to each score."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.embed import Embeddable
from retrieval.explain import Explanation
from retrieval.glossary import Glossary
from retrieval.label import Level
from retrieval.passage import EVERYONE, Principal, Rule
from retrieval.search import Search
from retrieval.vectors import Vectors
from retrieval.weighed import Weights
from tests.integration.retrieval.shelf import ANYONE, a_source, principals, shelve
from tests.integration.retrieval.test_fusion import SHELF, filled, knowing

DOCUMENTS: dict[str, str | bytes] = {
    "hr/leave.md": "# 휴가\n\n## 연차\n\n연차는 1년에 15일입니다.\n\n## 반차\n\n반차는 연차의 절반입니다.\n",
    "finance/card.md": "# 법인카드\n\n법인카드 한도는 한 달에 50만 원입니다.\n",
    "it/laptop.md": "# Laptops\n\nA new laptop is ordered by the team lead. Vacation does not matter.\n",
}
QUESTIONS = ("연차는 며칠인가요?", "법카 한도 알려줘", "who orders a new laptop?", "반차 laptop 한도")
GLOSSARY = Glossary({"법카": ["법인카드", "corporate card"]})


def parts(said: Explanation) -> list[float]:
    return [n.words + n.context + n.meaning + n.boosts for n in (one.numbers for one in said.explained)]


async def check(search: Search, question: str, limit: int = 6) -> Explanation:
    """What every explanation promises."""
    said = await search.explained(question, ANYONE, limit)
    passages = await search(question, ANYONE, limit)
    assert tuple(one.passage for one in said.explained if one.fate == "chosen") == passages
    scores = [one.passage.score for one in said.explained]
    assert parts(said) == pytest.approx(scores, rel=1e-4)
    words = [sum(matched.points for matched in one.matched) for one in said.explained]
    assert words == pytest.approx([one.numbers.words for one in said.explained], rel=1e-4, abs=1e-6)
    return said


@pytest.mark.parametrize("question", QUESTIONS)
async def test_by_words_the_parts_add_up_to_the_score(database: Database, question: str) -> None:
    await shelve(database, a_source(), DOCUMENTS)
    said = await check(Search(database, glossary=lambda: GLOSSARY), question)
    assert said.explained
    assert said.model is None
    assert {one.numbers.cosine for one in said.explained} == {None}


@pytest.mark.parametrize("question", ["How much time off do I get?", "a new computer, and vacation", "parking"])
async def test_with_vectors_the_parts_add_up_and_the_cosine_is_said(database: Database, question: str) -> None:
    search = await filled(database, knowing())
    said = await check(search, question)
    assert said.model == "letters"
    assert all(one.numbers.cosine is not None for one in said.explained)


async def test_a_passage_without_a_vector_is_said_to_be_estimated(database: Database) -> None:
    embedder = knowing(refuses=lambda each: "is ordered" in each.text)
    await shelve(database, a_source(), {**SHELF})
    await Vectors(database).fill(embedder)
    said = await check(Search(database, (embedder,)), "a new laptop and vacation")
    cosines = {one.passage.document.uri: one.numbers.cosine for one in said.explained}
    assert cosines["laptop.md"] is None
    assert cosines["leave.md"] is not None


async def test_other_weights_are_other_scores_and_still_add_up(database: Database) -> None:
    await shelve(database, a_source(), DOCUMENTS)
    plain = await check(Search(database, weights=Weights(context=0.0)), QUESTIONS[0])
    assert {one.numbers.context for one in plain.explained} == {0.0}


async def test_the_terms_say_how_many_passages_have_them_and_from_which_word(database: Database) -> None:
    await shelve(database, a_source(), DOCUMENTS)
    said = await Search(database, glossary=lambda: GLOSSARY).explained("법카 한도", ANYONE)
    terms = {term.spelled.term: term for term in said.terms}
    assert (terms["법카"].df, terms["한도"].df) == (0, 1)
    assert terms["법카"].idf > terms["한도"].idf
    assert (terms["카드"].spelled.word, terms["카드"].instead_of) == ("법인카드", "법카")


async def test_it_says_by_which_principal_each_passage_is_visible_and_counts_nothing_hidden(database: Database) -> None:
    rules = (Rule("hr/*", Level.CONFIDENTIAL, principals("group:hr")),)
    await shelve(database, a_source(rules=rules), DOCUMENTS)
    search = Search(database)
    theirs = await search.explained("연차와 한도", ANYONE)
    assert {one.met for one in theirs.explained} == {(EVERYONE,)}
    assert {term.spelled.term: term.df for term in theirs.terms}["연차"] == 0
    every = await Catalogue(database).every_reader()
    assert every.principals == {EVERYONE, Principal("group:hr")}
    both = await search.explained("연차와 한도", every)
    assert {one.passage.document.uri: one.met for one in both.explained}["hr/leave.md"] == (Principal("group:hr"),)


@pytest.mark.parametrize("question", ["", "   ", "😀🎉", "어떻게 하나요?", "\0", "zzzzqqqq"])
async def test_a_question_that_finds_nothing_is_explained_too(database: Database, question: str) -> None:
    await shelve(database, a_source(), DOCUMENTS)
    assert (await check(Search(database), question)).explained == ()


class Backwards:
    """Likes best what the search liked least."""

    name = "backwards"
    depth = 3

    async def scores(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        return [float(n) for n, _ in enumerate(passages)]


async def test_a_re_ranker_orders_what_is_chosen_and_its_scores_are_said(database: Database) -> None:
    await shelve(database, a_source(), DOCUMENTS)
    question = "반차 laptop 한도"
    plain = await Search(database)(question, ANYONE)
    said = await check(Search(database, reranker=Backwards()), question)
    assert [one.passage.id for one in said.explained[:3]] == [passage.id for passage in plain[:3]][::-1]
    assert [one.reranked for one in said.explained[:3]] == [2.0, 1.0, 0.0]
    assert [one.found_at for one in said.explained[:3]] == [3, 2, 1]


async def test_a_re_ranker_is_given_as_many_as_it_wants_whatever_is_asked_for(database: Database) -> None:
    await shelve(database, a_source(), DOCUMENTS)
    question = "반차 laptop 한도"
    search = Search(database, reranker=Backwards())
    (best,) = await search(question, ANYONE, 1)
    assert best.id == (await Search(database)(question, ANYONE))[2].id
    fates = [one.fate for one in (await check(search, question, 1)).explained]
    assert fates == ["chosen", "beyond", "beyond"]
