"""Examples show how an answer is to be: only the nearest, only where they may go, and never as what is cited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.check import Shown, check
from bot.domain import Draft, Route
from bot.examples import ALIKE, MOST, NearestExamples, alike, fitting
from bot.models.prompting import Prompting
from bot.policy.decide import decide
from bot.policy.messages import messages
from bot.policy.parts import FROM_EXAMPLES, Role, example_parts, joined
from bot.policy.permit import permit
from bot.prompt import Prompts, Template, build
from retrieval.label import Level
from retrieval.passage import APPROVED, Passage, Readers
from retrieval.text import query_terms
from tests.builders import DM, api_key, ask, decision_for, document, group, parts_of, passage, rrn, shipped_rules

RULES = shipped_rules()
TEMPLATE = Template("Answer from the passages.")


def example(question: str, answer: str = "15일입니다.", *, id: int = 90, level: Level = Level.PUBLIC) -> Passage:
    return passage(answer, of=document(id, level, title=question, source=APPROVED, uri=f"{id}"), heading="", id=id)


def among(*found: Passage) -> NearestExamples:
    async def search(query: str, readers: Readers, limit: int) -> tuple[Passage, ...]:
        return tuple(one for one in found if readers.may_read(one.document.readers))[:limit]

    return NearestExamples(search)


def much(one: str, other: str) -> float:
    return alike(query_terms(one), query_terms(other))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("연차는 며칠인가요?", "연차가 며칠이에요?", True),
        ("출장비 정산 기한은?", "출장비 정산은 언제까지 하나요?", True),
        ("How many days of annual leave do I have?", "How many annual leave days are there?", True),
        ("연차는 며칠인가요?", "법인카드 한도는 얼마인가요?", False),
        ("How many days of annual leave?", "Who approves a business trip?", False),
        ("?", "?", False),
    ],
)
def test_questions_are_alike_by_what_they_ask_about(one: str, other: str, near: bool) -> None:
    assert (much(one, other) >= ALIKE) == near


@given(st.text(max_size=60), st.text(max_size=60))
def test_alike_is_the_same_both_ways_and_between_0_and_1(one: str, other: str) -> None:
    assert much(one, other) == pytest.approx(much(other, one))
    assert 0 <= much(one, other) <= 1.000001


async def test_the_most_alike_come_first_and_no_more_than_three() -> None:
    asked = "연차는 며칠인가요?"
    found = [example(f"연차는 며칠인가요 {word}?", id=n) for n, word in enumerate(("신입", "계약직", "임원", ""), 1)]
    near = await among(*found)(asked, Readers(found[0].document.readers))
    assert len(near) == MOST
    assert near[0].document.title == "연차는 며칠인가요 ?"


def test_examples_stand_between_the_instructions_and_the_passages_in_marks_of_their_own() -> None:
    shows = example_parts(example("병가는?", "10일입니다."), RULES)
    system, user = messages(build(TEMPLATE, (*shows, *parts_of(ask(), passage())), mark="m"))
    assert system["content"] == TEMPLATE.text
    assert user["content"].startswith("<m example 1>\nQ: 병가는?\nA: 10일입니다.\n</m>\n<m passage 1>\n")


def test_what_examples_are_for_is_always_said() -> None:
    assert "Examples are answers to other questions that people approved" in Prompts({"answer": "x"}).answer(RULES).text


def test_an_example_carries_its_documents_label_and_what_is_found_in_it() -> None:
    question, answer = example_parts(example(f"{rrn()} 휴가는?", f"{api_key()}", level=Level.CONFIDENTIAL), RULES)
    assert {one.label.level for one in (question, answer)} == {Level.RESTRICTED}
    assert "kr_rrn" in question.label.kinds
    assert "secret" in answer.label.kinds
    assert "source" in question.label.kinds & answer.label.kinds


@pytest.mark.parametrize(
    ("of_example", "of_rest", "used"),
    [
        (Level.PUBLIC, Level.PUBLIC, True),
        (Level.CONFIDENTIAL, Level.PUBLIC, False),
        (Level.CONFIDENTIAL, Level.CONFIDENTIAL, True),
        (Level.INTERNAL, Level.CONFIDENTIAL, True),
    ],
)
def test_no_question_takes_another_way_for_an_examples_sake(of_example: Level, of_rest: Level, used: bool) -> None:
    parts = parts_of(ask(), passage(of=document(level=of_rest)))
    chosen = fitting((example("연차는?", level=of_example),), joined(parts, RULES), RULES)
    assert bool(chosen) == used
    whole = (*(part for one in chosen for part in example_parts(one, RULES)), *parts)
    assert decide(whole, DM, RULES, decision_for(parts).id).routes == decision_for(parts).routes


def test_an_example_that_the_room_may_not_be_shown_stays_out() -> None:
    secret = example("연차는?", level=Level.RESTRICTED)
    assert Shown((passage(),), ()).with_examples((secret,), DM, RULES).examples == ()


def test_the_permit_is_asked_about_examples_too() -> None:
    parts = parts_of(ask(), passage())
    shows = example_parts(example("연차는?", level=Level.CONFIDENTIAL), RULES)
    decision = decision_for(parts)
    assert decision.routes[0] is Route.CLOUD
    with pytest.raises(Exception, match="more sensitive than decided"):
        permit(decision, build(TEMPLATE, (*shows, *parts), mark="m"), Route.CLOUD, "m", RULES)


def test_a_prompt_that_is_too_long_loses_its_examples_first() -> None:
    shows = example_parts(example("연차는?"), RULES)
    one = Prompting(TEMPLATE, (*shows, *parts_of(ask(), passage(), passage(id=2))))
    assert one.shorten()
    assert not any(part.role in FROM_EXAMPLES for part in one.parts)
    assert {part.number for part in one.parts if part.role is Role.PASSAGE} == {1, 2}


HR = replace(example("급여 밴드는?").document, readers=group("hr"))


def test_an_answer_shown_with_an_example_rests_on_it_and_does_not_cite_it() -> None:
    shown = Shown((passage(),), (), examples=(example("연차는?", id=90),))
    asked, parts = ask(), parts_of(ask(), passage())
    present = {one.document.id: one.document for one in (*shown.passages, *shown.examples)}
    draft = Draft(Route.CLOUD, "15일입니다 [1][2].", model="m")
    answer = check(asked, draft, decision_for(parts), shown, present, RULES)
    assert [one.number for one in answer.citations] == [1]
    assert answer.documents == (1, 90)
    quoted = check(asked, Draft(Route.QUOTE, "15일입니다 [1]."), decision_for(parts), shown, present, RULES)
    assert quoted.documents == (1,)


def test_an_answer_is_not_shown_when_its_example_may_not_be_read_any_more() -> None:
    shown = Shown((passage(),), (), examples=(example("연차는?", id=90),))
    parts = parts_of(ask(), passage())
    present = {1: shown.passages[0].document}
    answer = check(ask(), Draft(Route.CLOUD, "15일입니다 [1]."), decision_for(parts), shown, present, RULES)
    assert "15일" not in answer.text
    assert 90 in shown.documents
    assert not Shown((), (), examples=(replace(example("급여?"), document=HR),)).readable_by(Readers(group("legal")))
