"""What others said around a question is labelled like everything else, and is nobody's training data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basis import Basis
from bot.check import Shown, check
from bot.domain import Answer, Draft, Question, Room, Route, Said, Turn
from bot.models.prompting import Prompting
from bot.policy.messages import messages
from bot.policy.optout import OptedOut, OptOuts
from bot.policy.parts import Prompt, Role, question_part, said_parts, thread_parts
from bot.policy.rules import Rules
from bot.prompt import Prompts, build
from bot.subjects import Scope, Subject
from bot.words import say
from retrieval.label import NOTHING_SENSITIVE, Level
from tests.builders import DM, api_key, ask, decision_for, document, rrn, shipped_rules

RULES = shipped_rules()
GENERAL = Room("C1", "general", "public")
SUMMARY = "이 스레드 요약해 줘"
HARMLESS = (Said("U1", "한결: 금요일 세 시에 배포합시다."), Said("U2", "서윤: 좋아요, 공지는 제가 씁니다."))


def parts_of(*said: Said, rules: Rules = RULES) -> Prompt:
    return (*said_parts(said, GENERAL, rules), question_part(ask(SUMMARY, room=GENERAL), rules))


def routes(*said: Said, rules: Rules = RULES) -> tuple[Route, ...]:
    return decision_for(parts_of(*said, rules=rules), rules, GENERAL).routes


def test_a_harmless_thread_may_go_where_its_question_may() -> None:
    assert Route.CLOUD in routes(*HARMLESS)


@pytest.mark.parametrize("secret", [rrn(), api_key()])
@given(st.integers(0, 2))
def test_what_one_message_holds_keeps_the_whole_thread_off_the_cloud(secret: str, place: int) -> None:
    said = list(HARMLESS)
    said.insert(place, Said("U3", f"다온: {secret}"))
    assert Route.CLOUD not in routes(*said)


@given(st.integers(3, 10))
def test_an_identifier_split_over_two_messages_is_found(cut: int) -> None:
    number = rrn()
    assert Route.CLOUD not in routes(Said("U1", number[:cut]), Said("U1", number[cut:]))


@given(st.sampled_from([Scope.CLOUD, Scope.ALL]), st.integers(0, 1))
def test_what_somebody_wrote_who_opted_out_never_goes_to_the_cloud(scope: Scope, who: int) -> None:
    out = replace(RULES, opt_outs=OptOuts(1, [OptedOut(Subject("user", HARMLESS[who].author), scope)]))
    assert Route.CLOUD not in routes(*HARMLESS, rules=out)


def test_no_model_may_learn_from_it() -> None:
    decision = decision_for(parts_of(*HARMLESS), RULES, GENERAL)
    assert not decision.verdict("train").allowed


def test_a_model_is_told_that_it_has_no_document_and_sees_who_said_what_between_marks() -> None:
    parts = parts_of(*HARMLESS)
    sent = messages(build(Prompts().of(parts, RULES), parts, "m4rk"))
    assert "No document of the company is given to you" in sent[0]["content"]
    assert "<m4rk conversation>\n한결: 금요일 세 시에 배포합시다.\n서윤:" in sent[1]["content"]


def test_where_a_model_cannot_read_it_whole_the_earlier_half_goes_and_the_question_stays() -> None:
    parts = parts_of(*(Said("U1", f"한결: {n}번째 말") for n in range(9)))
    prompting = Prompting(Prompts().of(parts, RULES), parts)
    assert prompting.shorten()
    left = [part.text for part in prompting.parts]
    assert left == [*(f"한결: {n}번째 말" for n in range(4, 9)), SUMMARY]
    assert prompting.unheard == 4


def checked(draft: Draft, shown: Shown, question: Question, *, present: bool = True) -> Answer:
    there = {one.id: one for one in shown.earlier} if present else {}
    return check(question, draft, decision_for(parts_of(*question.said), RULES, GENERAL), shown, there, RULES)


def test_the_answer_says_that_it_rests_on_no_document_and_how_much_was_not_read() -> None:
    question = replace(ask(SUMMARY, room=GENERAL), said=HARMLESS, unsaid=3)
    draft = Draft(Route.ON_PREM, "금요일 세 시에 배포합니다. [1]", unheard=2)
    answer = checked(draft, Shown((), (), basis=Basis.CONVERSATION), question)
    assert answer.known
    assert answer.citations == ()
    assert answer.text == (
        f"금요일 세 시에 배포합니다.\n\n{say('ko', 'no_document')}\n\n{say('ko', 'said_partly', unheard='5')}"
    )


def test_what_an_earlier_answer_rests_on_counts_for_what_is_made_of_it() -> None:
    """Somebody who may not read the document of the answer that is translated may not read the translation either."""
    known = document(id=7)
    shown = Shown((), (), basis=Basis.CONVERSATION, earlier=(known,))
    question = ask("위 답변을 영어로 번역해 줘", room=GENERAL)
    draft = Draft(Route.ON_PREM, "Annual leave is 15 days.")
    assert checked(draft, shown, question).documents == (7,)
    gone = checked(draft, shown, question, present=False)
    assert "15 days" not in gone.text
    assert not gone.known


def test_an_earlier_answer_whose_text_is_gone_is_no_harmless_thread() -> None:
    turn = Turn(None, None, NOTHING_SENSITIVE, ())
    parts = (*thread_parts((turn,), {}, DM, RULES), question_part(ask(SUMMARY), RULES))
    assert decision_for(parts, RULES, DM).routes[0] is not Route.CLOUD
    assert {part.label.level for part in parts if part.role is Role.EARLIER_ANSWER} == {Level.RESTRICTED}
