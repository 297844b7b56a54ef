"""What a company lists, and its own words, are not shown where the room's `slack` sink does not take them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.check import Shown, check, check_so_far, masked
from bot.domain import Answer, Draft, Room, Route
from bot.drafts import whole_sentences
from bot.policy import detect
from bot.policy.detect.letters import letters_of
from bot.policy.detect.lists import Names
from bot.policy.rules import Rules, Sink
from bot.policy.terms import KIND as TERM
from bot.policy.terms import Terms, plain
from bot.words import say
from retrieval.label import Level
from retrieval.passage import Document, Passage
from tests.builders import DM, ask, decision_for, document, parts_of, passage, shipped_rules

LISTED = (
    ("customer", "하늘전자"),
    ("customer", "HNE"),
    ("person", "Gildong Hong"),
    ("person", "홍길동"),
    ("project", "새벽별"),
)
WORDS = ("Project Aurora", "금강 계획")
NAMES = (*(name for _, name in LISTED), *WORDS)
OPEN = Room("C1", "general", "public")
SPLIT = st.sampled_from(["", "**", "`", "\u200b", "\\", "&#8203;", "&shy;", "<b></b>", "<!-- -->", "~~"])

AFTER = st.sampled_from(["와 협의합니다", " is the one", "."])
PIECES = st.sampled_from([*NAMES, "하늘", "전자", "Aurora", "Project", " ", "-", "은 ", "계획", "**", "HN"])


def ruled(words: Level = Level.INTERNAL, **slack: object) -> Rules:
    rules = shipped_rules()
    sink = replace(rules.sinks["slack"], **slack)  # type: ignore[arg-type]
    terms = Terms({plain(word): words for word in WORDS})
    return replace(rules, lists=Names(LISTED), terms=terms, sinks={**rules.sinks, "slack": sink})


TAKING = ruled()
BY_KIND = ruled(refuse=TAKING.sinks["slack"].refuse | detect.LISTED | {TERM})
BY_LEVEL = replace(TAKING, ceilings={"public": Level.PUBLIC})
REFUSING = st.sampled_from([BY_KIND, BY_LEVEL])


def checked(
    text: str,
    rules: Rules,
    *,
    of: Document | None = None,
    title_only: tuple[Passage, ...] = (),
    route: Route = Route.ON_PREM,
) -> Answer:
    asked = ask(room=OPEN)
    used = (passage("연차는 15일입니다.", of=of or document()),)
    there = {p.document.id: p.document for p in (*used, *title_only)}
    return check(asked, Draft(route, text), decision_for(parts_of(asked)), Shown(used, title_only), there, rules)


def shows(said: str, name: str) -> bool:
    return letters_of(name) in "".join(filter(str.isalnum, said)).lower()


@given(
    REFUSING, st.sampled_from(NAMES), SPLIT, st.integers(1, 8), st.sampled_from(["와 협의합니다", " is the one", "."])
)
def test_a_listed_name_or_a_companys_word_is_never_posted_where_it_is_refused(
    rules: Rules, name: str, by: str, every: int, after: str
) -> None:
    split = by.join(name[i : i + every] for i in range(0, len(name), every))
    answer = checked(f"답은 {split}{after} [1]", rules)
    assert not shows(answer.text, name)
    assert say("ko", "masked") in answer.text


@given(REFUSING, st.sampled_from(NAMES), st.sampled_from([Route.QUOTE, Route.CLOUD, Route.REFUSE]))
def test_nor_does_a_title_a_path_or_a_quotation_say_it(rules: Rules, name: str, route: Route) -> None:
    odd = document(2, title=f"{name} 계약", uri=f"sales/{name}.md", link=f"https://handbook.example/{name}")
    withheld = replace(passage("x", of=odd), heading=f"{name} 단가")
    answer = checked(f"> {name}\n\n15일입니다 [1]", rules, of=odd, title_only=(withheld,), route=route)
    assert not shows(answer.text + repr(answer.citations).replace("handbook.example", ""), name)


@given(REFUSING, st.sampled_from(NAMES), st.integers(0, 60))
def test_nor_a_draft_however_far_the_model_has_come(rules: Rules, name: str, so_far: int) -> None:
    written = f"확인했습니다.\n{name} 건입니다. {name}와 {name}.\n연차는 15일입니다. [1]\n"[:so_far]
    used = (passage(),)
    present = {p.document.id: p.document for p in used}
    draft = check_so_far(whole_sentences(written), ask(room=OPEN), Shown(used, ()), present, rules)
    assert not shows(draft, name)


@given(
    st.lists(st.sampled_from([*NAMES, "하늘", "전자", "Aurora", "Project", " ", "-", "은 ", "계획", "**", "HN"])),
    REFUSING,
)
def test_nothing_refused_is_left_when_what_stood_around_it_is_gone(pieces: list[str], rules: Rules) -> None:
    sink = rules.shown_in(OPEN)
    left = masked("".join(pieces), sink, rules, "ko")
    assert not [one for one in detect.find(left, rules.lists) if one.kind in detect.LISTED]
    assert not rules.terms.found(left)


@pytest.mark.parametrize("name", NAMES)
def test_where_the_room_takes_it_nothing_changes(name: str) -> None:
    assert checked(f"답은 {name}입니다 [1]", TAKING).text == f"답은 {name}입니다 [1]"


def test_each_kind_is_hidden_by_itself() -> None:
    rules = ruled(refuse=frozenset({"customer"}))
    assert checked("하늘전자와 홍길동님, 새벽별, Project Aurora [1]", rules).text == (
        f"{say('ko', 'masked')}와 홍길동님, 새벽별, Project Aurora [1]"
    )


def test_a_word_is_hidden_where_its_own_level_is_too_high() -> None:
    assert say("ko", "masked") in checked("Project Aurora의 일정 [1]", ruled(Level.CONFIDENTIAL)).text


def test_a_number_is_hidden_where_its_level_is_too_high_though_no_kind_is_refused() -> None:
    rules = replace(TAKING, ceilings={"public": Level.PUBLIC})
    address = "gildong" + "@" + "haneul.example"
    assert address in checked(f"문의: {address} [1]", TAKING).text
    assert address not in checked(f"문의: {address} [1]", rules).text


def test_what_could_not_be_looked_at_is_not_shown_where_not_everything_is() -> None:
    everything = Sink("slack", Level.RESTRICTED, frozenset())
    long = "가 " * detect.MAX_CHARACTERS
    assert masked(long, TAKING.shown_in(DM), TAKING, "ko") == say("ko", "masked")
    assert masked(long, everything, TAKING, "ko") == long


def test_what_a_text_is_about_is_no_value_to_take_out_for_its_level() -> None:
    text = "이 규정은 대외비이니 사외로 보내지 마세요."
    assert masked(text, TAKING.shown_in(OPEN), TAKING, "ko") == text
