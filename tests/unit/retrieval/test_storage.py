"""Confluence's storage format to text with structure."""

from __future__ import annotations

import pytest

from retrieval.parse import Parsed, UnreadableFault
from retrieval.parse.families import STORAGE, parse


def read(storage: str, title: str = "휴가") -> Parsed:
    return parse("HR/1", f"<title>{title}</title>{storage}".encode(), STORAGE)


def blocks(storage: str) -> tuple[str, ...]:
    return tuple(block for section in read(storage).sections for block in section.blocks)


def macro(name: str, inner: str) -> str:
    return f'<ac:structured-macro ac:name="{name}">{inner}</ac:structured-macro>'


def test_headings_lie_below_the_pages_title() -> None:
    parsed = read("<h1>연차</h1><p>15일</p><h2>첫해</h2><p>11일</p>")
    assert parsed.title == "휴가"
    assert [(one.headings, one.blocks) for one in parsed.sections] == [
        (("연차",), ("15일",)),
        (("연차", "첫해"), ("11일",)),
    ]


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        (macro("code", "<ac:plain-text-body><![CDATA[if a < b:\n  x = '&nbsp;']]></ac:plain-text-body>"),
         ("```\nif a < b:\n  x = '&nbsp;'\n```",)),
        (macro("info", '<ac:parameter ac:name="title">주의</ac:parameter>'
         "<ac:rich-text-body><p>안</p></ac:rich-text-body>"), ("주의", "안")),
        (macro("expand", "<ac:rich-text-body><p>펼친 글</p></ac:rich-text-body>"), ("펼친 글",)),
        ("<p>상태 " + macro("status", '<ac:parameter ac:name="title">완료</ac:parameter>') + "</p>", ("상태 완료",)),
        ("<p><ac:link><ri:page ri:content-title='급여'/></ac:link> 다음 글</p>", ("급여 다음 글",)),
        ("<p><ac:link><ri:page ri:content-title='급여'/><ac:link-body>여기</ac:link-body></ac:link> 다음</p>",
         ("여기 다음",)),
        ("<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status>"
         "<ac:task-body>제출 <time datetime='2027-01-02'/></ac:task-body></ac:task></ac:task-list>",
         ("- [x] 제출 2027-01-02",)),
        ("<table><tr><th>구분</th><th>일수</th></tr><tr><td rowspan='2'>연차</td><td>15</td></tr>"
         "<tr><td>16</td></tr></table>", ("| 구분 | 일수 |\n|---|---|\n| 연차 | 15 |\n| 연차 | 16 |",)),
        ("<ac:layout><ac:layout-section><ac:layout-cell><p>왼쪽</p></ac:layout-cell><ac:layout-cell><p>오른쪽</p>"
         "</ac:layout-cell></ac:layout-section></ac:layout>", ("왼쪽", "오른쪽")),
        ("<ac:adf-extension><ac:adf-node type='panel'><ac:adf-attribute key='x'>숨김</ac:adf-attribute></ac:adf-node>"
         "<ac:adf-fallback><p>보임</p></ac:adf-fallback></ac:adf-extension>", ("보임",)),
        ("<p>가&nbsp;나 &copy; 다 &unheard; <b>끝</p><p>또", ("가 나 © 다 끝", "또")),
        ("<p>하나<ac:inline-comment-marker ac:ref='1'>둘</ac:inline-comment-marker>셋</p>", ("하나둘셋",)),
    ],
)  # fmt: skip
def test_what_people_see_is_read(storage: str, said: tuple[str, ...]) -> None:
    assert blocks(storage) == said


@pytest.mark.parametrize("name", ["include", "excerpt-include"])
def test_what_is_included_of_other_pages_is_left_to_them(name: str) -> None:
    included = macro(
        name, '<ac:parameter ac:name=""><ac:link><ri:page ri:content-title="비밀"/></ac:link></ac:parameter>'
    )
    assert blocks(f"<p>글</p>{included}") == ("글",)


@pytest.mark.parametrize(
    ("storage", "why"),
    [
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;</p>', "bomb"),
        ("<div>" * 300 + "x" + "</div>" * 300, "bomb"),
        ("", "empty"),
    ],
)
def test_what_is_no_page_is_refused(storage: str, why: str) -> None:
    with pytest.raises(UnreadableFault) as fault:
        read(storage)
    assert fault.value.why == why
