"""The passages word for word: the block that says most of what was asked, whole, with its number."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.models.quote import quote
from retrieval.passage import InForce, Passage
from tests.builders import ask, document, parts_of, passage

TABLE = "| 근속 | 연차 일수 |\n| --- | --- |\n| 1년 이상 | 15일 |\n| 3년 이상 | 25일 |"


def quoted(question: str, *passages: Passage | str) -> str:
    found = [p if isinstance(p, Passage) else passage(p, heading="") for p in passages]
    return quote(question, parts_of(ask(question), *found))


def kinds(text: str) -> list[str]:
    return [token.type for token in MarkdownIt("commonmark").enable("table").parse(text)]


def test_the_paragraph_that_holds_more_of_the_question_is_quoted() -> None:
    text = "회사는 서울에 있습니다.\n\n병가는 연 10일 유급입니다.\n\n점심은 자유입니다."
    assert quoted("병가는 유급인가요?", text) == "> 병가는 연 10일 유급입니다. [1]"


def test_a_rare_term_counts_more_than_one_that_every_block_has() -> None:
    text = "휴가 신청은 시스템에서 합니다.\n\n휴가 중 안식 휴가는 15일입니다.\n\n휴가 신청은 미리 합니다."
    assert "안식" in quoted("안식 휴가 신청", text)


def test_the_best_passage_comes_first_and_far_weaker_ones_do_not_come_at_all() -> None:
    said = quoted("안식 휴가는 며칠?", "휴가는 자유입니다.", "안식 휴가는 15일입니다.", "주차는 지하입니다.")
    assert said == "> 안식 휴가는 15일입니다. [2]"


def test_the_version_that_the_search_put_first_is_quoted_before_one_that_says_more_of_the_question() -> None:
    new = passage("연장근로 식대는 15,000원입니다.", of=document(title="경비"), heading="", id=1)
    old = passage("연장근로 식대 한도는 10,000원입니다.", of=document(2, title="경비 2025"), heading="", id=2)
    dated = [
        replace(new, in_force=InForce(date(2026, 1, 1), None, "now")),
        replace(old, in_force=InForce(date(2025, 1, 1), None, "before")),
    ]
    assert re.findall(r"\[(\d)\]", quoted("연장근로 식대 한도", new, old)) == ["2", "1"]
    assert re.findall(r"\[(\d)\]", quoted("연장근로 식대 한도", *dated)) == ["1", "2"]


def test_a_heading_tells_what_a_block_is_about() -> None:
    sick = passage("연 10일 유급입니다.", of=document(title="휴가 규정"), heading="병가")
    trip = passage("연 10일 정산합니다.", of=document(2, title="출장 규정"), heading="정산", id=2)
    assert quoted("병가 규정", trip, sick).startswith("> 연 10일 유급입니다. [2]")


def test_there_are_never_more_than_three_quotes() -> None:
    assert quoted("휴가는?", *["휴가는 자유입니다."] * 6).count(" [") == 3


def test_of_all_passages_together_three_sentences_are_quoted() -> None:
    said = quoted(
        "안식 휴가는?",
        "안식 휴가는 15일입니다. 안식 휴가는 5년마다입니다.",
        "안식 휴가는 유급입니다. 안식 휴가는 자유입니다.",
    )
    assert said.count("안식 휴가는") == 3
    assert "…" in said


def test_a_sentence_in_the_middle_is_quoted_without_those_around_it() -> None:
    around = ["회사는 서울에 있습니다.", "점심은 자유입니다.", "주차는 지하입니다.", "회의는 짧습니다."]
    said = quoted("안식 휴가는 며칠?", " ".join([*around[:2], "안식 휴가는 15일입니다.", *around[2:]]))
    assert "안식 휴가는 15일입니다." in said
    assert said.count(".") == 3


def test_a_long_list_keeps_the_items_that_were_asked_for() -> None:
    items = "\n".join(f"- 사유 {n}은 유급 휴가 {n}일과 경조금입니다" for n in range(40))
    said = quoted("조부모 사망", f"{items}\n- 조부모 사망은 3일입니다")
    assert "> - 조부모 사망은 3일입니다 [1]" in said
    assert len(said) < 500


def test_what_shares_nothing_with_the_question_is_still_quoted() -> None:
    assert quoted("How many days?", "연차는 15일입니다.") == "> 연차는 15일입니다. [1]"


def test_without_a_passage_there_is_no_quote() -> None:
    assert quoted("연차는?") == ""


def test_the_number_after_a_table_is_no_row_of_it() -> None:
    said = quoted("연차 일수는?", TABLE)
    assert said.endswith("> | 3년 이상 | 25일 |\n>\n> [1]")
    assert kinds(said).count("tr_open") == 3
    assert kinds(said).count("table_open") == 1


def test_a_long_table_keeps_its_header_and_the_rows_that_were_asked_for() -> None:
    rows = "\n".join(f"| 사유 {n} | 유급 휴가 {n}일과 경조금 |" for n in range(60))
    said = quoted("조부모 사망", f"| 사유 | 휴가 |\n| --- | --- |\n{rows}\n| 조부모 사망 | 3일 |")
    assert "> | 사유 | 휴가 |\n> | --- | --- |\n" in said
    assert "> | 조부모 사망 | 3일 |\n>\n> … [1]" in said
    assert len(said) < 600


def test_the_sentence_that_was_asked_for_is_found_in_a_long_paragraph() -> None:
    said = quoted("안식 휴가", "그 밖의 일은 팀에서 정하기로 합니다. " * 30 + "안식 휴가는 15일입니다.")
    assert "안식 휴가는 15일입니다. [1]" in said
    assert "…" in said
    assert len(said) < 500


def test_text_without_a_place_to_cut_is_cut_all_the_same() -> None:
    assert len(quoted("연차", "연차" * 1000)) < 420


def test_a_heading_is_quoted_only_together_with_what_stands_below_it() -> None:
    text = "## 병가\n\n연 10일 유급입니다.\n\n## 안식 휴가"
    assert quoted("병가는?", text) == "> ## 병가\n>\n> 연 10일 유급입니다. [1]"
    assert "휴가가 있습니다" in quoted("안식 휴가", passage("안식 휴가", heading=""), "안식 휴가가 있습니다.")


def test_a_line_that_announces_a_list_brings_the_list() -> None:
    said = quoted("반차 시간은?", "회사 소개입니다.\n\n반차 시간은 이렇습니다:\n\n- 오전: 14시 출근\n- 오후: 14시 퇴근")
    assert said == "> 반차 시간은 이렇습니다:\n>\n> - 오전: 14시 출근\n> - 오후: 14시 퇴근 [1]"


def test_code_that_is_cut_is_closed() -> None:
    code = "```sh\nnaru run\n\n" + "echo 배포\n" * 60 + "```"
    said = quoted("배포는?", f"먼저 읽어 보세요.\n\n{code}\n\n끝입니다.")
    assert said.endswith("> …\n> ```\n>\n> [1]")
    assert kinds(said) == [
        "blockquote_open",
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "blockquote_close",
    ]


def test_code_that_is_left_open_swallows_neither_the_number_nor_the_next_quote() -> None:
    said = quoted("배포는?", "```\n배포 시작", "배포는 화요일입니다.")
    assert said.count("```") == 2
    assert kinds(said).count("fence") == 1
    assert kinds(said).count("inline") == 2


def test_the_documents_own_numbers_do_not_read_as_ours() -> None:
    assert quoted("연차는?", "연차는 표 [2]와 같습니다. `rows[2]`") == "> 연차는 표 (2)와 같습니다. `rows[2]` [1]"


PIECES = [
    "연차는 15일입니다.",
    "\n\n",
    "\n",
    "```",
    "- 하나",
    "| a | b |",
    "| - | - |",
    "[1]",
    "## 제목",
    "~~~",
    " ",
    "x",
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join).filter(str.strip)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_every_quote_ends_with_the_number_of_its_passage(texts: list[str]) -> None:
    said = quoted("연차", *texts)
    numbers = [int(n) for n in re.findall(r"(?: |^> )\[(\d)\]$", said, re.MULTILINE)]
    assert 1 <= len(numbers) <= 3
    assert set(numbers) <= set(range(1, len(texts) + 1))
    assert len(set(numbers)) == len(numbers)


@given(st.lists(st.tuples(TEXTS, st.sampled_from([1, 2, 9, 50])), min_size=1, max_size=3))
def test_a_quotation_is_never_longer_than_400_characters(texts: list[tuple[str, int]]) -> None:
    said = quoted("연차 하나", *[text * times for text, times in texts])
    shown = [re.sub(r"(^| )\[\d\]$", "", line.removeprefix(">").removeprefix(" ")) for line in said.split("\n")]
    # Between two quotations, and before a number that stands alone, is an empty line.
    assert len("\n".join(shown)) <= 400 + 3 * len("\n\n")
