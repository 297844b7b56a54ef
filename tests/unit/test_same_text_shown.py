"""What an answer says of the other documents that say the same: only what the room and these readers may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.check import Shown, check, check_so_far
from bot.domain import Answer, Citation, Draft, Route
from bot.policy.parts import Role, passage_parts
from bot.slack.blocks import answered
from bot.words import also_name, say
from retrieval.label import Level
from retrieval.passage import Document, Passage
from tests.builders import DM, ask, decision_for, document, parts_of, passage, rrn, shipped_rules

RULES = shipped_rules()
LEAVE, GUIDE, OLD = document(1), document(2, title="복리후생 안내"), document(3, title="휴가 규정 2024")
FOUND = replace(passage(of=LEAVE), also=(GUIDE, OLD))


def checked(present: Iterable[Document], found: Passage = FOUND) -> Answer:
    asked = ask()
    decision = decision_for(parts_of(asked, found))
    draft = Draft(Route.CLOUD, "15일입니다 [1].")
    return check(asked, draft, decision, Shown((found,), ()), {d.id: d for d in present}, RULES)


def test_the_other_documents_that_say_the_same_are_named_with_the_source() -> None:
    (citation,) = checked([LEAVE, GUIDE, OLD]).citations
    assert (citation.title, citation.also) == ("휴가 규정", ("복리후생 안내", "휴가 규정 2024"))


def test_one_that_is_gone_or_not_for_these_readers_any_more_is_not_named() -> None:
    (citation,) = checked([LEAVE, GUIDE]).citations
    assert citation.also == ("복리후생 안내",)


def test_all_of_them_are_looked_up_again_before_they_are_named() -> None:
    assert set(Shown((FOUND,), ()).documents) == {1, 2, 3}


def test_a_text_that_another_document_holds_as_more_sensitive_now_is_not_shown() -> None:
    stricter = replace(GUIDE, level=Level.RESTRICTED)
    answer = checked([LEAVE, stricter, OLD])
    assert (answer.route, answer.citations) == (Route.REFUSE, ())
    assert answer.text == say("ko", "changed")
    present = {d.id: d for d in (LEAVE, stricter, OLD)}
    assert check_so_far("15일입니다 [1].", ask(), Shown((FOUND,), ()), present, RULES) == ""


def test_an_identifier_in_the_title_of_another_document_is_masked() -> None:
    named = replace(FOUND, also=(replace(GUIDE, title=f"{rrn()} 님의 휴가"),))
    (citation,) = checked([LEAVE, *named.also], named).citations
    assert citation.also == (f"{say('ko', 'masked')} 님의 휴가",)


def test_a_passage_carries_what_every_document_that_says_the_same_forbids() -> None:
    stricter = replace(FOUND, also=(replace(GUIDE, level=Level.RESTRICTED),))
    assert {p.label.level for p in passage_parts(1, FOUND, RULES)} == {Level.PUBLIC}
    assert {p.label.level for p in passage_parts(1, stricter, RULES)} == {Level.RESTRICTED}
    assert not Shown.in_room((stricter,), DM, RULES).passages
    assert [p.text for p in passage_parts(1, stricter, RULES) if p.role is Role.TITLE] == ["휴가 규정"]


def test_slack_shows_the_others_and_how_many_more() -> None:
    titles = ("가 안내", "나 <안내>", "다 안내", "라 안내", "마 안내")
    citation = Citation(1, "휴가 규정", "연차", "hr/1.md", None, also=titles)
    shown = str(answered(replace(checked([LEAVE]), citations=(citation,)), "ko"))
    assert "같은 내용: 가 안내, 나 &lt;안내&gt;, 다 안내 외 2건" in shown
    assert also_name("en", titles[:1]) == "the same in: 가 안내"
    assert also_name("en", ()) == ""
