"""Nothing of a draft is shown that could do something, name a source it did not use, or say what may not be said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.check import Shown, check, masked
from bot.domain import Answer, Draft, Route
from bot.policy import detect
from bot.words import say
from retrieval.label import ImportedLabel, Level
from retrieval.passage import Document, InForce, Passage
from tests.builders import DM, api_key, ask, decision_for, document, parts_of, passage, rrn, shipped_rules
from tests.growth import assert_text_costs_its_length

LEAVE = document(1)
TRAVEL = document(2, title="출장 규정")
PASSAGES = (passage(of=LEAVE), passage("출장비는 정산합니다.", of=TRAVEL, heading="정산", id=2))
USED = str(LEAVE.link)
RULES = shipped_rules()


def checked(
    text: str,
    *,
    passages: tuple[Passage, ...] = PASSAGES,
    title_only: tuple[Passage, ...] = (),
    present: Iterable[Document] | None = None,
    route: Route = Route.CLOUD,
    question: str = "연차는 며칠인가요?",
    unread: frozenset[int] = frozenset(),
    other_language: bool = False,
) -> Answer:
    asked = ask(question)
    shown = Shown(passages, title_only)
    there = [p.document for p in (*passages, *title_only)] if present is None else present
    decision = decision_for(parts_of(asked, *passages))
    draft = Draft(route, text, unread=unread, other_language=other_language)
    return check(asked, draft, decision, shown, {d.id: d for d in there}, RULES)


# Citations


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        ("15일입니다 [1].", "15일입니다 [1]."),
        ("15일입니다 [1, 2].", "15일입니다 [1][2]."),
        ("15일입니다 [1][2]", "15일입니다 [1][2]"),
        ("15일입니다 【1】【2†출처】", "15일입니다 [1][2]"),
        (r"15일입니다 \[1\] [^2]", "15일입니다 [1] [2]"),
        ("15일입니다 [문서 1] [passage 2]", "15일입니다 [1] [2]"),
        ("15일입니다[1]. 정산합니다[2].", "15일입니다[1]. 정산합니다[2]."),
        ("15일입니다 [1](근속 3.5년 미만) [2]", "15일입니다 [1] (근속 3.5년 미만) [2]"),
    ],
)
def test_citations_are_read_as_models_write_them(draft: str, text: str) -> None:
    answer = checked(draft)
    assert answer.text == text
    assert [c.number for c in answer.citations] == ([1, 2] if "2" in draft else [1])


def test_a_number_without_a_passage_is_taken_out() -> None:
    answer = checked("15일입니다 [1][7] [1, 9] [0].")
    assert answer.text == "15일입니다 [1] [1] ."
    assert [c.title for c in answer.citations] == ["휴가 규정"]


def test_a_passage_that_the_model_had_no_room_for_is_no_source_and_it_is_said() -> None:
    for text in ("15일입니다 [1][2].", "15일입니다."):
        answer = checked(text, unread=frozenset({2}))
        assert [c.number for c in answer.citations] == [1]
        assert "찾은 부분 2개 가운데 1개만" in answer.text
        assert "[2]" not in answer.text


def test_an_answer_in_another_language_says_so() -> None:
    assert say("ko", "other_language") in checked("Fifteen days. [1]", other_language=True).text
    assert say("ko", "other_language") not in checked("15일입니다. [1]").text


def test_brackets_in_code_are_no_citations() -> None:
    answer = checked("[2] 이렇게 읽습니다: `rows[7]`\n```\nx = rows[1]\n```")
    assert "rows[7]" in answer.text
    assert "rows[1]" in answer.text
    assert [c.number for c in answer.citations] == [2]


def test_an_answer_without_a_citation_lists_every_document_and_says_so() -> None:
    answer = checked("15일입니다.")
    assert say("ko", "uncited") in answer.text
    assert [c.number for c in answer.citations] == [1, 2]


@pytest.mark.parametrize(
    "draft",
    [
        "모르겠습니다: 주어진 문서에서 답을 찾지 못했습니다.",
        "죄송하지만 잘 모르겠습니다.",
        "제공된 문서에서는 답을 찾을 수 없습니다.",
        "I don't know: the given documents do not answer this.",
        "The documents do not say.",
        "**I don’t know.**",
    ],
)
def test_an_answer_that_says_it_does_not_know_cites_nothing(draft: str) -> None:
    answer = checked(draft)
    assert not answer.known
    assert answer.citations == ()
    assert answer.text == draft


def test_an_answer_that_starts_unsure_and_then_cites_is_an_answer() -> None:
    answer = checked("반차는 모르겠습니다만, 연차는 15일입니다 [1].")
    assert answer.known
    assert [c.number for c in answer.citations] == [1]


def test_a_number_that_stands_for_no_passage_does_not_make_an_answer_known() -> None:
    assert not checked("모르겠습니다 [9].").known


@pytest.mark.parametrize("draft", ["", "![](https://evil.example/x.png)", "\u200b", "[9]"])
def test_a_draft_of_which_nothing_is_left_is_no_silence(draft: str) -> None:
    answer = checked(draft)
    assert answer.text == say("ko", "unknown")
    assert not answer.known


# What changed meanwhile, and what may not be shown


def test_a_document_that_may_no_longer_be_read_takes_the_whole_draft_with_it() -> None:
    answer = checked("15일입니다 [1].", present=[TRAVEL])
    assert answer.text == say("ko", "changed")
    assert answer.route is Route.REFUSE
    assert answer.citations == ()
    assert not answer.known


def test_a_document_that_became_more_sensitive_takes_the_whole_draft_with_it() -> None:
    answer = checked("15일입니다 [1].", present=[document(1, Level.RESTRICTED), TRAVEL])
    assert answer.text == say("ko", "changed")
    assert answer.route is Route.REFUSE


def test_a_document_that_got_a_label_takes_the_whole_draft_with_it() -> None:
    marked = replace(document(1), labels=(ImportedLabel("Highly Confidential"),))
    assert checked("15일입니다 [1].", present=[marked, TRAVEL]).text == say("ko", "changed")


def test_what_may_not_be_shown_here_is_named_with_its_link() -> None:
    contract = document(3, Level.RESTRICTED, title="누리 계약서")
    answer = checked("15일입니다 [1].", title_only=(passage("위약금", of=contract, id=3),))
    assert "15일입니다 [1]." in answer.text
    assert f"• 누리 계약서 ({contract.link})" in answer.text
    assert "위약금" not in answer.text


def test_a_title_is_not_named_to_readers_who_may_no_longer_see_it() -> None:
    contract = document(3, Level.RESTRICTED, title="누리 계약서")
    answer = checked("15일입니다 [1].", title_only=(passage(of=contract, id=3),), present=[LEAVE, TRAVEL])
    assert "누리" not in answer.text


def test_a_refusal_names_every_document_and_is_never_silent() -> None:
    """The passages may each be shown and only together say too much: then there is nothing of title only."""
    answer = checked("", route=Route.REFUSE)
    assert f"• 휴가 규정 ({USED})" in answer.text
    assert f"• 출장 규정 ({TRAVEL.link})" in answer.text
    assert answer.citations == ()
    assert checked("", route=Route.REFUSE, present=[]).text == say("ko", "changed")


def test_markup_in_a_title_does_nothing() -> None:
    title = "[1] <!channel> 규정 [보기](https://evil.example/?q=1) @here\x1b]8;;https://evil.example\x07"
    odd = document(3, title=title)
    listed = checked("15일입니다 [1].", title_only=(passage(of=odd, id=3),)).text
    cited = checked("그렇습니다 [1].", passages=(passage(of=odd, id=3),)).citations[0].title
    for shown in (listed, cited):
        assert "evil.example" not in shown
        assert "규정 보기" in shown
        assert not {"@", "<", "\x1b"} & set(shown)


# Markup and addresses


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        ("자세히는 [여기](https://evil.example/?q=1) [1]", "자세히는 여기 [1]"),
        ("자세히는 [여기](evil.example/x) [1]", "자세히는 여기 [1]"),
        ("자세히는 [여기](javascript:alert) [1]", "자세히는 여기 [1]"),
        ("<https://evil.example/x|여기> [1]", "여기 [1]"),
        ("![그림](https://evil.example/x.png)15일 [1]", "15일 [1]"),
        ("[![그림](https://evil.example/a)](https://evil.example/b) [1]", "[1]"),
        ("15일<br>입니다 <b>[1]</b><!-- 숨김 -->", "15일입니다 [1]"),
        ("15일 <@U123> <!subteam^S1|@hr> [1]", "15일   [1]"),
        ("@channel로 알립니다. @Here, hr@here.example [1]", "channel로 알립니다. Here, hr@here.example [1]"),
        ("https://evil.example/x?q=1에서 봅니다 [1]", "(링크 생략) 봅니다 [1]"),
        ("evil.example/x, //evil.example/x www.evil.example [1]", "(링크 생략) (링크 생략) (링크 생략) [1]"),
        ("http://xn--evil-x.example xn--evil-x.example [1]", "(링크 생략) (링크 생략) [1]"),
        ("한글.evil.example/x [1]", "(링크 생략) [1]"),
        ("data:text/html;base64,AA mailto:a@evil.example [1]", "(링크 생략) (링크 생략) [1]"),
        ("https:/\u200b/evil.example/x https:&#47;&#x2f;evil.example [1]", "(링크 생략) (링크 생략) [1]"),
        ("https:**//**evil.example/?q=1 https:/\\/evil.example [1]", "(링크 생략) (링크 생략) [1]"),
        ("https://evil.example`://evil.example` [1]", "(링크 생략)`(링크 생략)` [1]"),
        ("15일 [보기][a] [1]\n\n[a]: https://evil.example/x", "15일 [보기][a] [1]"),
        ("15일 [보기][a] [1]\n\n[a]:\n  <https://evil.example/x>", "15일 [보기][a] [1]"),
    ],
)
def test_what_could_do_something_is_taken_out_and_the_words_stay(draft: str, text: str) -> None:
    assert checked(draft).text == text


@pytest.mark.parametrize(
    "text",
    [
        f"자세히는 {USED} [1]",
        f"자세히는 ({USED}), **{USED}**. [1]",
        "신청서.docx 와 hr/leave.md#연차, config.yaml [1]",
        "Node.js/React 와 CI/CD 는 3.5/4.5 입니다.신청/취소 [1]",
        "5 < 10 그리고 A & B, R&D [1]",
        "비율은 12:30, 이름: 값, 'key:value' [1]",
        "| 근속 | 일수 |\n| --- | --- |\n| 1년 | 15일 |\n\n[1]",
        "git checkout `main`; cp \\\\nas\\share . 2>&1; [1]",
        "- [ ] 할 일\n- [x] 한 일 [1]",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert checked(text).text == text


def test_a_particle_after_a_used_address_does_not_become_a_part_of_it() -> None:
    assert checked(f"{USED}에서 봅니다 [1]").text == f"{USED} 에서 봅니다 [1]"


@pytest.mark.parametrize("more", ["?q=1", "/../x", "#q", "x", "@evil.example", "%2e", "。evil.example"])
def test_a_used_address_with_something_added_is_another_address(more: str) -> None:
    assert USED not in checked(f"{USED}{more} [1]").text


@pytest.mark.parametrize("before", ["끝。", "끝。//", "끝.//", "a..", "a。。", "（끝）。", "가。나。"])
def test_an_address_that_follows_a_full_stop_at_once_is_taken_out(before: str) -> None:
    assert "evil" not in checked(f"{before}evil.example/x [1]").text


@pytest.mark.parametrize("sentence", ["文章。", "a。", "a.", "a。//", "가 。"])
def test_a_long_text_is_read_in_the_time_that_its_length_takes(sentence: str) -> None:
    """Sentences without a space between them, as Chinese and Japanese have them: a minute for 50 kB once, in which
    this process did nothing else."""
    assert_text_costs_its_length(checked, sentence * (50_000 // len(sentence)))


PIECES = st.sampled_from(
    [
        *"[]()<>!@#&;:/\\*_~`|\"' \n-.",
        *["![", "](", "]:", "][", "<!", "</", "//", "://", "``", "```", "\n\n", "\n[a]: ", "> "],
        *["https", "HTTP", "javascript:", "data:text/html,x", "mailto:", "ftp", "slack", "www.", "xn--"],
        *["evil.example", "evil.example/x?q=1", "//evil.example/x", "한글.한국/x", "https://evil.example/?q=1"],
        *["&#47;", "&#x3a;", "&lt;", "&gt;", "&amp;", "&#64;", "&lsqb;", "&#x200b;", "%2f", "%3A"],
        *["\u200b", "\u00ad", "\u2060", "\ufeff", "\u202e", "\x1b", "\ud800"],
        *["<img src=x>", "<a href=", "<script>", "<svg/onload=x>", "<!-- ", "-->", "<?x", "<https://evil.example>"],
        *["<!here>", "<!channel|x>", "<@U1>", "<#C1|x>", "<https://evil.example|text>", "here", "channel", "everyone"],
        *["[1]", "[2]", "[99]", "【1†a】", "[1, 99]", "[a](evil.example/x)", "![a](x.y)", "[a][b]", "a", "가", USED],
    ]
)
DRAFTS = st.lists(PIECES, max_size=24).map("".join)


def visible(text: str) -> str:
    """What a reader of the rendered Markdown sees, with each block on its own line; fails where something is active."""
    seen: list[str] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        assert token.type != "html_block", text
        for child in token.children or ():
            assert child.type not in ("link_open", "image", "html_inline"), text
        words = [child.content or "\n" * child.type.endswith("break") for child in token.children or ()]
        seen.append("".join(words) if token.children else token.content)
    return "\n".join(seen)


@given(DRAFTS)
def test_nothing_active_is_ever_shown_but_the_address_of_a_used_document(draft: str) -> None:
    text = checked(draft).text
    for shown in (text, visible(text)):
        rest = re.sub(rf"{re.escape(USED)}(?![A-Za-z0-9가-힣/?#%&=@-])", "", shown)
        assert "://" not in rest
        assert not re.search(r"(?<![A-Za-z0-9])@(?:channel|here|everyone)(?![A-Za-z0-9_])", shown, re.IGNORECASE)
    # Without a scheme it is a link only where somebody looks for one in the text as it was written.
    assert not re.search(r"(?<![\w/.-])[\w-]*evil\.example/", text)
    assert not re.search(r"<[!@#/?A-Za-z]", text)
    assert not {"\u200b", "\u202e", "\x1b", "\ud800"} & set(text)


@given(DRAFTS.map(lambda draft: draft.replace("`", "")))
def test_no_citation_is_ever_shown_without_its_passage(draft: str) -> None:
    answer = checked(draft)
    assert {c.number for c in answer.citations} <= {1, 2}
    assert {int(n) for n in re.findall(r"\[(\d{1,3})\]", answer.text)} <= {1, 2}


@given(DRAFTS)
def test_whoever_asks_always_gets_some_words(draft: str) -> None:
    assert checked(draft).text.strip()


# Identifiers and secrets


def split_over(value: str, by: str, every: int) -> str:
    return by.join(value[i : i + every] for i in range(0, len(value), every))


@given(
    value=st.sampled_from([rrn(), "4111-1111-" + "1111-1111"]),
    by=st.sampled_from(["", "**", "`", "\u200b", "<b></b>", "&#8203;", "&shy;", "\\", "<!-- -->"]),
    every=st.integers(2, 8),
    before=DRAFTS,
)
def test_an_identifier_is_never_shown_however_it_is_split(value: str, by: str, every: int, before: str) -> None:
    answer = checked(f"{before}\n\n번호는 {split_over(value, by, every)}입니다 [1]")
    assert re.sub(r"\D", "", value) not in re.sub(r"[^0-9]", "", answer.text)


@pytest.mark.parametrize("by", ["**", "\\", "&#45;"])
def test_an_identifier_split_by_markdown_is_withheld(by: str) -> None:
    front, back = rrn().split("-")
    text = checked(f"{front}{by}-{back}입니다 [1]" if by != "&#45;" else f"{front}{by}{back}입니다 [1]").text
    assert say("ko", "masked") in text
    assert back not in text


def test_a_secret_is_withheld_wherever_it_stands() -> None:
    key = api_key()
    odd = document(3, title=f"열쇠 {key}", uri=f"{key}.md", link=f"https://handbook.example/{key}.md")
    secret = passage("x", of=odd, heading=f"{key} 쓰는 법", id=3)
    answer = checked(f"열쇠는 `{key}` 입니다 [1]", passages=(secret,), title_only=(secret,))
    assert key not in repr(answer)
    assert answer.citations[0].link is None


@given(st.lists(st.sampled_from([rrn(), api_key(), "4111-1111-1111-" + "1111", " ", "-", "1", "a", "카드 ", "가"])))
def test_nothing_refused_above_mask_is_ever_left(pieces: list[str]) -> None:
    left = masked("".join(pieces), RULES.shown_in(DM), RULES, "ko")
    refused = RULES.shown_in(DM).refuse
    assert not [f for f in detect.find(left) if f.kind in refused and f.score >= detect.MASK]


def test_an_answer_is_as_sensitive_as_its_decision_and_what_it_says() -> None:
    kinds = checked("문의: " + "gildong" + "@" + "haneul.example [1]").label.kinds
    assert {"email", "source", "channel"} <= kinds


# Shadow mode


def in_shadow(first: Route, *used: Passage) -> str:
    rules, asked = replace(RULES, shadow=True), ask()
    decision = replace(decision_for(parts_of(asked)), routes=(first,))
    there = {p.document.id: p.document for p in used}
    return check(asked, Draft(Route.QUOTE, "15일입니다 [1]"), decision, Shown(used, ()), there, rules).text


def test_shadow_mode_says_which_model_would_have_been_asked_where_one_would_have_been() -> None:
    assert say("ko", "shadow", route="클라우드 모델(cloud)") in in_shadow(Route.CLOUD, passage())
    assert say("ko", "shadow_nowhere") in in_shadow(Route.QUOTE, passage())
    assert "shadow" not in in_shadow(Route.CLOUD)


# Differences


def limits(number: int, amount: str, first: date | None = None) -> Passage:
    of = document(number, title=f"경비 {2024 + number}", in_force_from=first)
    known = InForce(first, None, "now") if first else None
    return replace(
        passage(f"연장근로 식대는 1인 {amount}까지입니다.", of=of, heading="한도", id=number), in_force=known
    )


OLD, NEW = limits(1, "10,000원", date(2025, 1, 1)), limits(2, "15,000원", date(2026, 1, 1))
MEAL = "연장근로 식대는 얼마까지예요?"


@pytest.mark.parametrize("route", [Route.CLOUD, Route.ON_PREM, Route.QUOTE])
def test_where_shown_passages_differ_the_answer_says_so_and_cites_both(route: Route) -> None:
    answer = checked("15,000원입니다 [2].", passages=(OLD, NEW), route=route, question=MEAL)
    assert "문서끼리 다릅니다: [1] 10,000원 (2025-01-01) · [2] 15,000원 (2026-01-01)" in answer.text
    assert [c.number for c in answer.citations] == [1, 2]


def test_a_difference_is_said_in_the_language_of_the_question() -> None:
    answer = checked("15,000원 [2].", passages=(OLD, NEW), question="What is the 식대 limit for overtime work?")
    assert "The documents differ: [1] 10,000원" in answer.text


def test_what_may_not_be_shown_here_is_in_no_difference() -> None:
    answer = checked("15,000원입니다 [1].", passages=(NEW,), title_only=(OLD,), question=MEAL)
    assert "10,000" not in answer.text
    assert "다릅니다" not in answer.text


@pytest.mark.parametrize("draft", ["모르겠습니다: 주어진 문서에서 답을 찾지 못했습니다.", ""])
def test_an_answer_that_does_not_know_says_nothing_of_differences(draft: str) -> None:
    assert "다릅니다" not in checked(draft, passages=(OLD, NEW), question=MEAL).text


def test_a_refusal_and_a_stale_answer_say_nothing_of_differences() -> None:
    for answer in (
        checked("", passages=(OLD, NEW), route=Route.REFUSE, question=MEAL),
        checked("15,000원입니다 [2].", passages=(OLD, NEW), present=[NEW.document], question=MEAL),
    ):
        assert "다릅니다" not in answer.text
        assert "10,000" not in answer.text


def test_a_row_that_names_a_person_by_number_is_masked_in_a_difference_too() -> None:
    header = "| 대상 | 한도 |\n| --- | --- |\n"
    pair = [
        replace(one, text=f"{header}| 식대 {rrn()} | {amount} |")
        for one, amount in ((OLD, "10,000원"), (NEW, "15,000원"))
    ]
    answer = checked("식대 [2].", passages=tuple(pair), question=MEAL)
    assert "다릅니다" in answer.text
    assert rrn() not in answer.text


def test_a_citation_keeps_from_when_its_passage_holds() -> None:
    (citation,) = checked("15,000원 [1].", passages=(NEW,), question=MEAL).citations
    assert citation.in_force == InForce(date(2026, 1, 1), None, "now")
