from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.policy import detect
from bot.policy.detect import ABOUT, KINDS, MASK, ROUTE, VERSION, Finding, find, lists
from bot.policy.detect.segment import Segment
from tests.growth import assert_text_costs_its_length
from tests.unit.policy.detect.samples import CARD, CONTEXT, EMAIL, EXAMPLES, MOBILE
from tests.unit.policy.detect.tokens import TOKENS

PARTICLES = (
    "은", "는", "이", "가", "을", "를", "과", "와", "으로", "로", "에", "에게", "의", "도", "만", "까지",
    "부터", "이라고", "입니다", "이에요",
)  # fmt: skip
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": lambda value: value,
    "in brackets": lambda value: f"({value})",
    "in corner brackets": lambda value: f"「{value}」",
    "full width": lambda value: value.translate(FULL_WIDTH),
    "joined by zero-width spaces": "\u200b".join,
    "with a soft hyphen": lambda value: value[:3] + "\u00ad" + value[3:],
    "with an en dash": lambda value: value.replace("-", "–"),
    "between right-to-left marks": lambda value: f"\u202e{value}\u202c",
    "as a link": lambda value: f"<https://example.com/|{value}>",
    "as a telephone link": lambda value: f"<tel:{value}|{value}>",
    "as code": lambda value: f"`{value}`",
    "in bold": lambda value: f"*{value}*",
}

pieces = st.sampled_from([*EXAMPLES.values(), *TOKENS.values(), "주민등록번호", "카드 ", "password=", "전화 "])
texts = st.lists(st.one_of(st.text(max_size=20), pieces), max_size=6).map("".join)
padding = st.one_of(st.text(), texts)


def best(text: str, kind: str) -> float:
    return max((finding.score for finding in find(text) if finding.kind == kind), default=0.0)


def covering(findings: tuple[Finding, ...], wanted: Finding) -> float:
    return max(
        (f.score for f in findings if f.kind == wanted.kind and f.start <= wanted.start and f.end >= wanted.end),
        default=0.0,
    )


def test_every_kind_has_an_example_that_is_found_alone() -> None:
    assert set(EXAMPLES) == set(KINDS) - set(lists.KINDS)
    for kind, value in EXAMPLES.items():
        context = CONTEXT.get(kind, "")
        text = context + value
        assert [(f.kind, f.start, f.end) for f in find(text)] == [(kind, len(context), len(text))]
        assert best(text, kind) >= MASK
        assert best(value, kind) >= ROUTE


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_particle_or_a_disguise_never_hides_an_identifier(kind: str, disguise: str) -> None:
    value = DISGUISES[disguise](EXAMPLES[kind])
    for particle in PARTICLES:
        text = f"참고로{CONTEXT.get(kind, '')}{value}{particle} 확인"
        assert best(text, kind) >= MASK, particle
        first = next(f for f in find(text) if f.kind == kind)
        if kind in ABOUT and first.end == len(text):
            continue  # A sentence says it, so the sentence is what was found: there is no value that would be masked.
        assert text[first.end :].lstrip(")」\u200b\u202c>`*").startswith(particle), "the span ends before the particle"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (EMAIL.replace("example.co.kr", "<http://example.co.kr|example.co.kr>"), "email"),
        (MOBILE.replace("1234-5678", "<tel:12345678|1234-5678>"), "phone"),
        (EXAMPLES["kr_rrn"].replace("4236564", "<tel:4236564|4236564>"), "kr_rrn"),
        (CARD.replace("1111-1111-", "1111-<tel:1111|1111>-", 1), "card"),
    ],
)
def test_an_identifier_of_which_slack_linked_a_part_is_found_whole(text: str, kind: str) -> None:
    assert best(text, kind) >= MASK
    assert covering(find(text), Finding(kind, 0, len(text), 1, "")) >= MASK


def test_a_linked_address_is_one_finding_that_covers_the_link_with_its_hidden_target() -> None:
    link = f"<mailto:{EMAIL}|{EMAIL}>"
    (finding,) = find(f"문의는 {link}로")
    assert f"문의는 {link}로"[finding.start : finding.end] == link


def test_letters_that_grow_in_lower_case_move_no_finding() -> None:
    grows = "İİİİİİİİ\n"
    for said in ("주민번호 뒷자리는 1234567", "접속은 서버 IP 끝자리 10.20.30.40", "비밀번호는 Hunter22x! 입니다"):
        alone = [(f.kind, f.start + len(grows), f.end + len(grows)) for f in find(said)]
        assert alone
        assert [(f.kind, f.start, f.end) for f in find(grows + said)] == alone


@given(texts)
def test_find_is_total_sorted_and_never_reports_overlapping_findings_of_a_kind(text: str) -> None:
    findings = find(text)
    assert list(findings) == sorted(findings, key=lambda f: f.start)
    for finding in findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.kind in KINDS
        assert ROUTE <= finding.score <= 1
    for kind in KINDS:
        of_kind = [f for f in findings if f.kind == kind]
        assert all(one.end <= other.start for one, other in pairwise(of_kind))


@given(st.text(st.characters(categories=None), max_size=200))
@example("\ud800010-1234-5678\udfff")
def test_no_string_makes_it_raise(text: str) -> None:
    find(text)


@given(texts, padding, padding)
@example("password=hunter22x", "token=", "")
@example(EXAMPLES["kr_rrn"], "123456 1234567", "12")
@example(CARD, "4 4 4 4", "4 4 4 4")
@example(MOBILE, "+", "1588-0000")
def test_padding_never_lowers_a_score(text: str, before: str, after: str) -> None:
    shift = len(before) + 1
    padded = find(f"{before}\n{text}\n{after}")
    for finding in find(text):
        moved = replace(finding, start=finding.start + shift, end=finding.end + shift)
        assert covering(padded, moved) >= finding.score


@given(texts)
def test_evidence_never_holds_the_value(text: str) -> None:
    for finding in find(text):
        assert text[finding.start : finding.end] not in finding.evidence
        assert sum(char.isdigit() for char in finding.evidence) <= 3


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1" * 1_000_000,
        "a" * 1_000_000,
        "a@" * 100_000,
        "eyJ" * 100_000,
        ("ey" + "Jaaaaaaaaaa.") * 20_000,
        "password=" * 20_000,
        ("-----BEGIN " + "PRIVATE KEY-----") * 10_000,
        "<a|" * 100_000,
        "curl -u " * 30_000,
        "a://a:" * 40_000,
        "연차는 입사일을 기준으로 매년 15일이 주어집니다. " * 37_000,
        "1 " * 50_000,
        "1-" * 50_000,
        "12.3456 " * 6_000,
        (EXAMPLES["kr_account"] + " ") * 3_000,
        (EXAMPLES["iban"] + " ") * 3_000,
        (EXAMPLES["kr_passport"] + " ") * 5_000,
        (EXAMPLES["coordinates"] + " ") * 4_000,
        (EXAMPLES["ip"] + ":") * 5_000,
        "2001:" * 40_000,
        "a @ a . " * 20_000,
        "passport 여권 " * 15_000,
        "0O-" * 60_000,
        "12°34'" * 30_000,
    ],
    ids=lambda text: f"{text[:12]} × {len(text)}",
)
def test_a_large_text_costs_what_its_length_costs(text: str) -> None:
    assert_text_costs_its_length(find, text)


def test_the_version_is_a_hash_that_holds_no_surprise() -> None:
    assert len(VERSION) == 16
    assert int(VERSION, 16) >= 0


def failing(segment: Segment) -> Iterator[Finding]:
    raise ZeroDivisionError


def test_a_detector_that_fails_is_a_finding_that_no_policy_can_speak_of() -> None:
    found = detect.find("harmless", detectors={"mine": failing, **detect.DETECTORS})
    assert [(one.kind, one.evidence) for one in found] == [(detect.UNDETECTED, "mine failed: ZeroDivisionError")]
    assert detect.UNDETECTED not in detect.KINDS


@pytest.mark.parametrize("text", ["", "\u200b"])
def test_a_detector_that_fails_on_no_text_is_a_finding_too(text: str) -> None:
    assert [one.kind for one in detect.find(text, detectors={"mine": failing})] == [detect.UNDETECTED]


def test_a_text_that_is_too_long_to_look_at_is_a_finding() -> None:
    assert [one.kind for one in detect.find("가" * 200_001)] == [detect.UNDETECTED]
