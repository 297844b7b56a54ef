"""Blocks and properties of Notion to Markdown, and on to passages' sections."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.parse.families import parse
from retrieval.sources.notion_text import Block, inline, markdown, properties
from tests.standins.notion import block, id_of, rich

TITLES = {id_of(9): "보안"}


def of(told: dict[str, Any]) -> Block:
    return Block(
        {key: value for key, value in told.items() if key != "children"}, [of(one) for one in told["children"]]
    )


def written(*blocks: dict[str, Any]) -> str:
    return markdown([of(one) for one in blocks], TITLES)


def cell(text: str) -> list[dict[str, Any]]:
    return rich(text)


P = "paragraph"


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ((block("heading_1", "하나"), block("heading_3", "셋")), "## 하나\n\n#### 셋"),
        ((block("to_do", "끝난 일", checked=True), block("to_do", "할 일")), "- [x] 끝난 일\n- [ ] 할 일"),
        ((block("numbered_list_item", "가", block(P, "더")), block("numbered_list_item", "나")), "1. 가\n   더\n2. 나"),
        ((block("numbered_list_item", "가"), block(P, "사이"), block("numbered_list_item", "나")),
         "1. 가\n\n사이\n\n1. 나"),
        ((block("toggle", "접힘", block(P, "속")),), "접힘\n\n속"),
        ((block("heading_2", "접히는 제목", block(P, "속")),), "### 접히는 제목\n\n속"),
        ((block("callout", "주의", block(P, "속"), icon={"type": "emoji", "emoji": "⚠️"}),), "> ⚠️ 주의\n>\n> 속"),
        ((block("quote", "첫 줄\n둘째 줄"),), "> 첫 줄\n> 둘째 줄"),
        ((block("code", "a = '```'", language="python"),), "````python\na = '```'\n````"),
        ((block("equation", expression="e=mc^2"),), "$$e=mc^2$$"),
        ((block("column_list", "", block("column", "", block(P, "왼쪽")), block("column", "", block(P, "오른쪽"))),),
         "왼쪽\n\n오른쪽"),
        ((block("synced_block", "", block(P, "같은 글"), synced_from=None),), "같은 글"),
        ((block("table", "", block("table_row", cells=[cell("구"), cell("일|수")]),
                block("table_row", cells=[cell("연차"), cell("15")])),), "| 구 | 일\\|수 |\n|---|---|\n| 연차 | 15 |"),
        (({**block("child_page", title="하위"), "id": id_of(9)},),
         "[하위](https://www.notion.so/00000000000040008000000000000009)"),
        ((block("link_to_page", type="page_id", page_id=id_of(9)),),
         "[보안](https://www.notion.so/00000000000040008000000000000009)"),
        ((block("file", name="규정.pdf", type="file", file={"url": "https://files.example/x?X-Amz-Signature=1"}),),
         "규정.pdf"),
        ((block("bookmark", url="https://corp.example/a"),), "https://corp.example/a"),
        ((block("divider"), block("unsupported"), block("breadcrumb"), block(P, "끝")), "***\n\n끝"),
        ((block(P, "# 제목이 아님\n---\n```"),), "\\# 제목이 아님\n\\---\n\\```"),
    ],
)  # fmt: skip
def test_each_kind_of_block_is_written(blocks: tuple[dict[str, Any], ...], said: str) -> None:
    assert written(*blocks) == said


def test_mentions_links_code_and_equations_stand_in_the_text() -> None:
    parts = [
        *rich("문의: "),
        {"type": "mention", "plain_text": "@김하늘", "href": None, "mention": {"type": "user"}},
        *rich(", "),
        {"type": "mention", "plain_text": "보안", "href": "https://www.notion.so/x", "mention": {"type": "page"}},
        *rich(" "),
        *rich("양식", href="https://corp.example/form"),
        *rich(" "),
        *rich("x = 1", annotations={"code": True}),
        *rich(" "),
        {"type": "equation", "plain_text": "a^2", "equation": {"expression": "a^2"}},
    ]
    assert inline(parts) == "문의: @김하늘, 보안 [양식](https://corp.example/form) `x = 1` $a^2$"


def test_a_rows_properties_are_a_list_without_what_is_empty_or_changes_with_each_look() -> None:
    told = {
        "Name": {"type": "title", "title": rich("계약")},
        "메모": {"type": "rich_text", "rich_text": rich("두 줄\n메모")},
        "금액": {"type": "number", "number": 1200},
        "상태": {"type": "status", "status": {"name": "진행 중"}},
        "분류": {"type": "multi_select", "multi_select": [{"name": "가"}, {"name": "나"}]},
        "기간": {"type": "date", "date": {"start": "2027-01-01", "end": "2027-12-31"}},
        "담당": {"type": "people", "people": [{"id": "u-1", "name": "김하늘"}, {"id": "u-2"}]},
        "완료": {"type": "checkbox", "checkbox": False},
        "관련": {"type": "relation", "relation": [{"id": id_of(9)}, {"id": id_of(8)}]},
        "합": {"type": "formula", "formula": {"type": "number", "number": 3.5}},
        "모음": {"type": "rollup", "rollup": {"type": "array", "array": [{"type": "title", "title": rich("보안")}]}},
        "번호": {"type": "unique_id", "unique_id": {"prefix": "HR", "number": 7}},
        "비어 있음": {"type": "select", "select": None},
        "바뀐 때": {"type": "last_edited_time", "last_edited_time": "2026-11-20T01:02:00.000Z"},
        "이상함": {"type": "wormhole", "wormhole": {"x": [1]}},
    }
    assert properties(told, TITLES).split("\n") == [
        "- 메모: 두 줄 메모",
        "- 금액: 1200",
        "- 상태: 진행 중",
        "- 분류: 가, 나",
        "- 기간: 2027-01-01 → 2027-12-31",
        "- 담당: 김하늘",
        "- 완료: no",
        "- 관련: 보안",
        "- 합: 3.5",
        "- 모음: 보안",
        "- 번호: HR-7",
    ]


shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "rich_text", "cells", "title", "text", "paragraph", "table_row"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.lists(shapes, max_size=4), st.sampled_from(["paragraph", "table", "to_do", "code", "child_page", "callout"]))
def test_no_answer_is_too_odd_to_be_written(told: list[Any], kind: str) -> None:
    blocks = [Block({"type": kind, kind: one}, [Block({"type": kind, kind: one})]) for one in told]
    assert isinstance(markdown(blocks, {}), str)
    assert all(isinstance(properties(one, {}), str) for one in told)


words = st.text("가나다 #-=`~abc\n", min_size=1, max_size=20)


@given(st.lists(words, min_size=1, max_size=5))
@example(["=\n="])
@example(["가\n-"])
@example(["가\n  ="])
def test_what_somebody_typed_never_becomes_a_heading_or_a_title(typed: list[str]) -> None:
    text = f"# 제목\n\n{written(*(block(P, one) for one in typed), block(P, '끝'))}"
    parsed = parse("x", text.encode(), ".md")
    assert parsed.title == "제목"
    assert {section.headings for section in parsed.sections} <= {()}
