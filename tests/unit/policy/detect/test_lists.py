"""Listed names: found however they are written, and not where they only look like it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import MASK, ROUTE, Finding, find
from bot.policy.detect.letters import LONGEST
from bot.policy.detect.lists import KINDS, NO_LISTS, Names
from tests.growth import assert_text_costs_its_length
from tests.unit.policy.detect.test_find import FULL_WIDTH, PARTICLES

PEOPLE = ("홍길동", "김서연", "남궁민수", "이지은", "이상", "왕훈", "Gildong Hong", "Ann-Marie O'Neill", "Jürgen Groß")
CUSTOMERS = ("하늘전자", "(주)바다물산", "AT&T", "Northwind Traders", "LG하늘", "Acme Corp", "주식회사 바다물산")
PROJECTS = ("Blue Heron", "새벽별", "X-2027")
LISTED = Names(
    [
        *(("person", name) for name in PEOPLE),
        *(("customer", name) for name in CUSTOMERS),
        *(("project", name) for name in PROJECTS),
    ]
)
KOREAN = [name for name in (*PEOPLE, *CUSTOMERS, *PROJECTS) if name[-1] >= "가" and len(name) >= 3]
WIDTHS: dict[str, Callable[[str], str]] = {
    "as it is": lambda name: name,
    "full width": lambda name: name.translate(FULL_WIDTH),
    "decomposed": lambda name: "".join(_jamo(char) for char in name),
    "joined by zero-width spaces": "\u200b".join,
    "in bold": lambda name: f"*{name}*",
    "in capitals": lambda name: name.upper(),
    "in small letters": lambda name: name.lower(),
}


def _jamo(char: str) -> str:
    if not "가" <= char <= "힣":
        return char
    lead, rest = divmod(ord(char) - 0xAC00, 588)
    vowel, tail = divmod(rest, 28)
    return chr(0x1100 + lead) + chr(0x1161 + vowel) + (chr(0x11A7 + tail) if tail else "")


def best(text: str, kind: str = "person") -> float:
    return max((one.score for one in find(text, LISTED) if one.kind == kind), default=0.0)


@st.composite
def spaced(draw: st.DrawFn) -> str:
    """A Korean name with a space after the family name, or between all syllables, or none."""
    name = draw(st.sampled_from(KOREAN))
    between = draw(st.sampled_from(["", " ", "  ", "\u00a0", "\u3000"]))
    if draw(st.booleans()):
        return between.join(name)
    return name[:1] + between + name[1:] if name[0] >= "가" else name


@given(spaced(), st.sampled_from(PARTICLES), st.sampled_from(sorted(WIDTHS)), st.sampled_from(["", " 님", "님", "씨"]))
def test_a_listed_name_is_never_missed_under_any_particle_spacing_and_width(
    name: str, particle: str, width: str, title: str
) -> None:
    text = f"어제 {WIDTHS[width](name)}{title}{particle} 확인했습니다."
    assert [one.kind for one in find(text, LISTED) if one.score >= ROUTE]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_particle_never_hides_a_short_name(width: str) -> None:
    for particle in PARTICLES:
        assert best(f"어제 {WIDTHS[width]('왕훈')}{particle} 왔다") >= ROUTE, particle


@pytest.mark.parametrize(
    "written",
    [
        "Gildong Hong", "Hong Gildong", "HONG, Gildong", "gil-dong hong", "Gil Dong Hong", "Hong Gil-dong's",
        "honggildong", "gildong.hong", "gildong_hong", "Gildong Hong이", "o'neill, ann marie", "Ann Marie O’Neill",
        "GROß Jürgen",
    ],
)  # fmt: skip
def test_a_latin_name_is_found_in_either_order_hyphenated_or_not(written: str) -> None:
    assert best(f"the review of {written} is late") >= MASK


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("at&t와 미팅", "customer"),
        ("(주) 바다물산의 견적", "customer"),
        ("㈜바다물산 계약", "customer"),
        ("LG 하늘에 납품", "customer"),
        ("NORTHWIND-TRADERS renewal", "customer"),
        ("blue heron 일정", "project"),
        ("BlueHeron 저장소", "project"),
        ("x2027 출시", "project"),
        ("새벽별 프로젝트", "project"),
        ("acmecorp", "customer"),
        ("AcmeCorp팀", "customer"),
        ("https://acmecorp.com/a", "customer"),
        ("info@acme.example", "customer"),
        ("MyAcmePortal", "customer"),
        ("acme2", "customer"),
        ("주식회사바다물산", "customer"),
        ("바다\n물산", "customer"),
        ("| 하늘 | 전자 |", "customer"),
        ("바\n다물산", "customer"),
        ("Northwind\nTraders", "customer"),
        ("| Northwind | Traders |", "customer"),
        ("blue_heron_plan.docx", "project"),
        ("BlueHeronService", "project"),
    ],
)
def test_customers_and_projects_are_found_as_people_write_them(text: str, kind: str) -> None:
    assert best(text, kind) >= ROUTE


@pytest.mark.parametrize(
    "text",
    [
        "이상은 없습니다", "3개 이상이면 승인", "왕훈련소 견학", "대왕훈민정음", "이상적인 구조",
        "이 지은 지 10년 된 건물", "hongkong office", "gildong", "hon g", "acmeist", "xx-2027", "x-20275",
        "at the table", "홍길. 동네", "홍보 길 동쪽", "길동이",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert find(text, LISTED) == ()


def test_an_ordinary_word_is_a_name_only_with_a_title() -> None:
    assert best("이상 팀장님이 오셨다") >= MASK
    assert best("이상님께") >= MASK
    assert best("이상 없음") == 0


def test_a_short_name_in_the_midst_of_a_sentence_is_never_sure_enough_to_be_masked() -> None:
    assert ROUTE <= best("왕훈은 어제 왔다") < MASK


def test_the_span_is_the_name_as_it_was_written() -> None:
    text = "어제 *홍\u200b 길동*님이"
    assert [text[one.start : one.end] for one in find(text, LISTED)] == ["홍\u200b 길동"]


@given(
    st.lists(st.sampled_from([*PEOPLE, *CUSTOMERS, *PROJECTS, "그리고", "\n", "은 ", "님"]), max_size=6).map(" ".join)
)
def test_evidence_never_holds_the_name(text: str) -> None:
    for one in find(text, LISTED):
        assert not any(word in one.evidence for name in (*PEOPLE, *CUSTOMERS, *PROJECTS) for word in name.split())


@given(st.text(st.characters(categories=None), max_size=80), st.text(st.characters(categories=None), max_size=80))
def test_no_name_and_no_text_makes_it_raise(name: str, text: str) -> None:
    found: list[Finding] = [one for kind in KINDS for one in find(text + name, Names([(kind, name)]))]
    assert all(one.kind != "undetected" for one in found)


def test_the_epoch_is_another_one_whenever_the_lists_say_something_else() -> None:
    epochs = {
        Names(listed).epoch for listed in ([], [("person", "홍길동")], [("customer", "홍길동")], [("person", "김서연")])
    }
    assert len(epochs) == 4
    assert Names([]).epoch == NO_LISTS.epoch
    assert Names([("person", "홍길동")]).epoch == Names([("person", "홍길동")]).epoch


def test_one_name_may_be_of_several_kinds() -> None:
    both = Names([("customer", "하늘전자"), ("project", "하늘전자")])
    assert {one.kind for one in find("하늘전자와", both)} == {"customer", "project"}


def test_a_very_long_name_is_compared_by_its_beginning() -> None:
    long = "".join(chr(0xAC00 + 40 * n) for n in range(100))
    assert find(f"{long} 건", Names([("customer", long)]))[0].end == LONGEST


def test_many_entries_take_little_memory_and_a_long_text_takes_what_its_length_takes() -> None:
    many = Names(("customer", f"{chr(0xAC00 + n % 997)}{chr(0xAC00 + n // 997 * 7)}상사{n}") for n in range(20_000))
    kept = sum(sys.getsizeof(getattr(many, name)) for name in vars(many))
    assert kept < 600_000 + 20_000 * 20
    assert_text_costs_its_length(lambda text: find(text, many), "가나 상사 12 " * 4_000)
