"""What is said in Slack stays within its limits, and nothing of a text can do anything there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from html import unescape
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Answer, Citation, Route
from bot.slack.blocks import BAD, CONSENT, GOOD, TAKE_BACK, Block, Message, answered, bar, draft, notice, progress, told
from bot.slack.feedback_blocks import feedback_form, thanked
from bot.words import Language
from retrieval.label import NOTHING_SENSITIVE, Label, Level
from retrieval.passage import InForce

ID = UUID(int=7)
LINK = "https://handbook.example/hr/1.md"
LEAVE = Citation(1, "휴가 규정", "연차 › 일수", "hr/1.md", LINK)

_SPAN = re.compile(r"<([^<>]*)>")
# What a hostile document would try, among ordinary text: Slack's own syntax, Markdown's, and half of each.
_PIECES = st.sampled_from(
    [
        *("<!channel>", "<!here|here>", "<!subteam^S1>", "<@U1>", "<#C1|x>", "<https://evil.example|여기>"),
        *("[x](https://evil.example)", "![x](https://evil.example/p.png)", "https://evil.example", "@channel"),
        *("<", ">", "|", "&", "&lt;!channel&gt;", "\n", "```", "`", "**", "*", "_", "~~", "> ", "- ", "# ", "\u200b"),
        *("| a | b |", "\n|---|---|\n", "연차는 15일", "word ", " ", "\\", "~~~", "<https://evil.example", "1. "),
    ]
)
TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=30)), max_size=60).map("".join)
NAMES = st.lists(st.one_of(_PIECES, st.text(max_size=10)), max_size=20).map("".join)
LINKS = st.one_of(st.none(), st.just(LINK), NAMES.map(lambda tail: f"https://handbook.example/{tail}"), NAMES)


def answer(
    text: str = "연차는 **15일**입니다 [1].",
    *,
    citations: tuple[Citation, ...] = (LEAVE,),
    route: Route = Route.CLOUD,
    label: Label = NOTHING_SENSITIVE,
    tried: tuple[tuple[Route, str], ...] = (),
) -> Answer:
    return Answer(ID, UUID(int=1), UUID(int=2), text, citations, route, label, known=True, tried=tried)


def mrkdwn_of(message: Message) -> Iterator[str]:
    """Every text that Slack reads as mrkdwn; the fallback is one too."""
    yield message.text
    yield from _mrkdwn(message.blocks)


def _mrkdwn(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            assert value["verbatim"] is True
            yield value["text"]
        else:
            for inner in value.values():
                yield from _mrkdwn(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _mrkdwn(inner)


def all_texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (v for k, v in value.items() if k == "text" and isinstance(v, str))
        for inner in value.values():
            yield from all_texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from all_texts(inner)


def read(message: Message) -> str:
    """As a person reads it, a link as its label."""
    shown = "\n".join(_mrkdwn(message.blocks))
    return unescape(_SPAN.sub(lambda m: m[1].partition("|")[2], shown)).replace("\u200b", "")


def of_type(message: Message, kind: str) -> list[Block]:
    return [block for block in message.blocks if block["type"] == kind]


# Safety


@given(TEXTS, st.lists(st.builds(Citation, st.integers(1, 20), NAMES, NAMES, NAMES, LINKS), max_size=6))
def test_nothing_of_a_text_or_title_ever_works_in_slack(text: str, citations: list[Citation]) -> None:
    known = {c.link for c in citations if c.link}
    for message in (answered(answer(text, citations=tuple(citations)), "ko"), draft(text, "en"), told(text)):
        for shown in mrkdwn_of(message):
            for span in _SPAN.findall(shown):
                address = unescape(span.partition("|")[0])
                assert address.startswith(("https://", "http://"))
                assert any(_same(address, link) for link in known)
            # Outside of links every < is escaped, and no > closes anything.
            assert "<" not in _SPAN.sub("", shown)
        assert of_type(message, "image") == []


def _same(address: str, link: str) -> bool:
    encoded = {"<": "%3C", ">": "%3E", "|": "%7C", '"': "%22", "`": "%60"}
    return address == "".join(encoded.get(c, c) for c in link)


@given(TEXTS)
def test_no_draft_or_notice_ever_holds_a_link(text: str) -> None:
    assert all(not _SPAN.search(shown) for message in (draft(text, "ko"), told(text)) for shown in mrkdwn_of(message))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x/y", "hr/1.md", "https://a b/c", "data:text/html,x"])
def test_only_web_addresses_become_links(link: str) -> None:
    message = answered(answer(citations=(Citation(1, "제목", "", "hr/1.md", link),)), "ko")
    assert "[1] 제목" in list(mrkdwn_of(message))


def test_a_bar_in_an_address_or_title_does_not_move_the_label() -> None:
    message = answered(answer(citations=(Citation(1, "a|b <c>", "", "u", "https://h.example/x|y>&z"),)), "ko")
    assert "[1] <https://h.example/x%7Cy%3E&amp;z|a｜b &lt;c&gt;>" in list(mrkdwn_of(message))


# Limits


@given(st.one_of(TEXTS, TEXTS.map(lambda t: t * 200)), st.integers(0, 20))
def test_no_message_ever_passes_slacks_limits(text: str, count: int) -> None:
    citation = Citation(1, "가&" * 300, "<나>" * 300, "u", "https://handbook.example/" + "x" * 560)
    for message in (answered(answer(text, citations=(citation,) * count), "ko"), draft(text, "ko"), told(text)):
        assert 1 <= len(message.text) <= 4000
        assert len(message.blocks) <= 50
        assert all(t.strip() and len(t) <= 3000 for t in mrkdwn_of(message))
        assert sum(map(len, all_texts(message.blocks))) <= 13_000


@pytest.mark.parametrize(
    "text", ["연차는 15일입니다. " * 4000, "가" * 50_000, "- 항목\n" * 9000, "```\n" + "x = 1\n" * 9000]
)
def test_an_answer_of_50_kb_is_shown_as_far_as_it_goes_and_says_so(text: str) -> None:
    message = answered(answer(text), "ko")
    assert "…\n_답이 길어 여기까지만 보입니다" in read(message)
    assert sum(map(len, all_texts(message.blocks))) > 10_000
    assert [b["elements"][0]["action_id"] for b in of_type(message, "actions")] == [GOOD]


def test_an_answer_that_fits_does_not_say_that_it_is_cut() -> None:
    message = answered(answer("가나다라 " * 1900), "ko")
    assert "…" not in read(message)
    assert read(message).count("가나다라") == 1900


def test_an_answer_is_continued_in_further_sections_without_losing_a_character() -> None:
    lines = [f"{n}번째 줄입니다 & <b>" for n in range(300)]
    message = answered(answer("\n".join(lines)), "ko")
    sections = [unescape(b["text"]["text"]) for b in of_type(message, "section")]
    assert len(sections) > 1
    assert "\n".join(sections).split("\n") == lines


def test_code_that_is_continued_stays_code() -> None:
    message = answered(answer("```\n" + "a < b\n" * 800 + "```\n끝"), "ko")
    sections = [b["text"]["text"] for b in of_type(message, "section")]
    assert len(sections) > 1
    assert all(text.startswith("```\n") and text.count("```") == 2 for text in sections)


@given(TEXTS.map(lambda text: text * 200), st.sampled_from([Route.QUOTE, Route.ON_PREM]))
def test_saying_what_made_it_never_takes_room_from_an_answer(text: str, route: Route) -> None:
    plain, said = (answered(answer(text, route=route), "ko", machine) for machine in ("", "기계(AI)가 <만든> 답 " * 8))
    assert of_type(plain, "section") == of_type(said, "section")
    assert len(plain.blocks) == len(said.blocks)
    assert str(said.blocks).count("&lt;만든&gt;") == 8
    assert sum(map(len, all_texts(said.blocks))) <= 13_000


# What it looks like


def test_the_first_lines_of_the_answer_stand_first() -> None:
    message = answered(answer("연차는 15일입니다 [1].\n\n자세히는 아래와 같습니다."), "ko")
    assert message.text.startswith("연차는 15일입니다 [1].")
    assert message.blocks[0]["text"]["text"].startswith("연차는 15일입니다 [1].")


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**굵게** 쓰고", "*굵게* 쓰고"),
        ("연차는 **15일**입니다", "연차는 *15일*\u200b입니다"),
        ("__굵게__ ~~지움~~ *기움* `코드 <a>`", "*굵게* ~지움~ _기움_ `코드 &lt;a&gt;`"),
        ("## 제목 **둘**", "*제목 둘*"),
        ("- 하나\n  * 둘\n1. 셋", "• 하나\n  • 둘\n1. 셋"),
        ("> 인용 & 말", "> 인용 &amp; 말"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("```python\na < b\n```", "```\na &lt; b\n```"),
        ("| 이름 | 값 |\n|---|---|\n| 연차 | **15**일 |\n끝", "```\n이름  값\n연차  15일\n```\n끝"),
        ("~~~\n``` <a>\n~~~\n끝", "```\n''' &lt;a&gt;\n```\n끝"),
        ("```\n~~~\na", "```\n~~~\na\n```"),
        ("앞 ``` 뒤\n**끝**", "앞 ''' 뒤\n*끝*"),
        ("a\n\n---\n\nb", "a\n\n\n\nb"),
    ],
)
def test_markdown_is_written_as_slack_reads_it(markdown: str, shown: str) -> None:
    assert told(markdown).text == shown


def test_sources_are_listed_with_title_and_heading_and_their_link() -> None:
    shown = list(mrkdwn_of(answered(answer(), "ko")))
    assert f"[1] <{LINK}|휴가 규정 › 연차 › 일수>" in shown


def test_a_source_without_a_title_is_named_by_its_place() -> None:
    assert "[1] hr/1.md" in list(mrkdwn_of(answered(answer(citations=(Citation(1, "", "", "hr/1.md", None),)), "ko")))


@pytest.mark.parametrize(
    ("tongue", "line"),
    [
        (
            "ko",
            "사내 모델(on_prem), 클라우드 모델(cloud) 대신 · 등급 CONFIDENTIAL (health, source) · 자세히는 `/naru why`",
        ),
        (
            "en",
            "the on-prem model (on_prem), instead of the cloud model (cloud) · level CONFIDENTIAL (health, source) · "
            "more with `/naru why`",
        ),
    ],
)
def test_one_line_says_which_shore_answered_and_why(tongue: Language, line: str) -> None:
    label = Label.of(Level.CONFIDENTIAL, "source", "p") | Label.of(Level.INTERNAL, "health", "q")
    tried = ((Route.CLOUD, "The cloud model is not connected."),)
    message = answered(answer(route=Route.ON_PREM, label=label, tried=tried), tongue)
    assert of_type(message, "context")[-1]["elements"][0]["text"] == line


def test_the_buttons_know_their_answer() -> None:
    (buttons,) = of_type(answered(answer(), "en"), "actions")
    assert [(b["action_id"], b["value"]) for b in buttons["elements"]] == [(GOOD, str(ID)), (BAD, str(ID))]


def test_the_form_knows_its_answer_and_asks_for_nothing_that_must_be_filled_in() -> None:
    form = feedback_form(ID, "ko")
    assert form["private_metadata"] == str(ID)
    assert all(len(form[key]["text"]) <= 24 for key in ("title", "submit", "close"))
    assert all(block["optional"] for block in form["blocks"])
    (box,) = (block["element"] for block in form["blocks"] if block["element"]["type"] == "checkboxes")
    assert "initial_options" not in box, "consent is off until somebody ticks it"
    assert all(len(one[key]["text"]) <= 75 for one in box["options"] for key in ("text", "description"))


@pytest.mark.parametrize("tongue", ["ko", "en"])
@pytest.mark.parametrize("learning", [False, True])
def test_thanks_offer_to_learn_from_it_and_to_take_that_back(tongue: Language, learning: bool) -> None:
    (buttons,) = of_type(thanked(str(ID), tongue, learning=learning), "actions")
    (button,) = buttons["elements"]
    assert (button["action_id"], button["value"]) == (TAKE_BACK if learning else CONSENT, str(ID))
    assert len(button["text"]["text"]) <= 75


def test_an_answer_of_which_nothing_can_be_shown_is_still_a_message() -> None:
    message = answered(answer("---\n \n", citations=()), "ko")
    assert message.text == "…"
    assert of_type(message, "actions")


@pytest.mark.parametrize("tongue", ["ko", "en"])
@pytest.mark.parametrize("sentence", ["looking", "hint", "apology", "withdrawn", "thanks", "gone", "heard"])
def test_every_notice_can_be_said(tongue: Language, sentence: str) -> None:
    message = notice(tongue, sentence)
    assert of_type(message, "section")
    assert message.text.strip()


def test_progress_names_the_source_and_its_documents_in_both_languages() -> None:
    shown = read(progress("handbook", 1200, 4000))
    assert shown == "다시 색인하는 중 · Re-indexing\n*handbook* ▰▰▰▱▱▱▱▱▱▱ 1,200 / 4,000"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_bar_is_never_full_before_the_last_document(done: int, total: int) -> None:
    assert len(bar(done, total)) == 10
    assert ("▱" not in bar(done, total)) == (done >= total)


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_the_bar_never_goes_back(total: int, done: int) -> None:
    assert bar(done, total).count("▰") <= bar(done + 1, total).count("▰")


def test_a_source_says_when_it_is_in_force() -> None:
    old = replace(LEAVE, in_force=InForce(date(2025, 1, 1), date(2025, 12, 31), "before"))
    new = replace(LEAVE, number=2, in_force=InForce(date(2026, 1, 1), None, "now"))
    said = "\n".join(mrkdwn_of(answered(answer(citations=(old, new)), "ko"))).splitlines()
    assert f"[1] <{LINK}|휴가 규정 › 연차 › 일수> · 옛 판, 2025-01-01부터 2025-12-31까지 시행" in said
    assert f"[2] <{LINK}|휴가 규정 › 연차 › 일수> · 2026-01-01부터 시행" in said
    assert any("in force from 2026-01-01" in text for text in mrkdwn_of(answered(answer(citations=(new,)), "en")))
