from __future__ import annotations

import base64
import email.charset
import html
import re
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.detect import ABOUT, MASK, find
from bot.policy.detect.encoded import decoded
from bot.policy.detect.normal import fold, whole
from tests.growth import assert_text_costs_its_length
from tests.unit.policy.detect.samples import CONTEXT, EXAMPLES
from tests.unit.policy.detect.tokens import TOKENS

ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "hex in pairs": lambda text: text.encode().hex(" "),
    "\\x escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "\\u escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "\\u{} escapes": lambda text: "".join(f"\\u{{{ord(char):x}}}" for char in text),
    "\\U escapes": lambda text: "".join(f"\\U{ord(char):08x}" for char in text),
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "entities without an end": lambda text: "".join(f"&#{ord(char)}" for char in text),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "hex entities": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
}
VALUES = {kind: CONTEXT.get(kind, "") + value for kind, value in EXAMPLES.items() if kind not in ABOUT}
encodings = st.sampled_from(sorted(ENCODINGS))
kinds = st.sampled_from(sorted(VALUES))
# Neither letters nor digits of ASCII: those would be a part of the run.
korean = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12).filter(
    # A label that calls a number something else speaks against it.
    lambda text: not re.search("번호|코드|넘버|아이디|품번|모델", text)
)


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_is_encoded_is_found_and_its_span_is_the_encoded_run(kind: str, encoding: str) -> None:
    run = ENCODINGS[encoding](EXAMPLES[kind])
    text = f"참고로 {CONTEXT.get(kind, '')}{run}입니다"
    assert any(f.kind == kind and f.score >= MASK and text[f.start : f.end] == run for f in find(text))


@pytest.mark.parametrize("kind", sorted(ABOUT))
@pytest.mark.parametrize("encoding", ["base64", "base64 for addresses", "percent", "entities", "\\u escapes"])
def test_what_an_encoded_sentence_is_about_is_seen(kind: str, encoding: str) -> None:
    assert any(f.kind == kind for f in find(f"참고로 {ENCODINGS[encoding](f'{EXAMPLES[kind]}. 이만')}"))


@given(kinds, encodings, encodings, korean, korean)
def test_two_encodings_around_each_other_never_hide_a_finding(
    kind: str, inner: str, outer: str, before: str, after: str
) -> None:
    run = ENCODINGS[outer](ENCODINGS[inner](EXAMPLES[kind]))
    before = f"{before} {CONTEXT.get(kind, '').strip()}"
    text = f"{before} {run} {after}"
    found = [f for f in find(text) if f.kind == kind and f.score >= MASK]
    assert any(f.start <= len(before) + 1 and f.end >= len(before) + 1 + len(run) for f in found)


@given(kinds, encodings, korean)
def test_what_is_encoded_together_with_other_words_is_found(kind: str, encoding: str, words: str) -> None:
    text = f"{words} {ENCODINGS[encoding](f'{words} {VALUES[kind]} {words}')} {words}"
    assert any(f.kind == kind and f.score >= MASK for f in find(text))


@pytest.mark.parametrize("kind", VALUES)
def test_a_base64_body_of_a_mail_is_read_across_its_lines(kind: str) -> None:
    body = base64.encodebytes(f"{'안녕하세요. 지난 건 회신드립니다. ' * 4}{VALUES[kind]} 입니다.".encode()).decode()
    assert body.count("\n") > 2
    assert any(f.kind == kind and f.score >= MASK for f in find(f"Content-Transfer-Encoding: base64\n\n{body}"))


def test_a_line_of_something_else_before_it_does_not_hide_a_base64_line() -> None:
    run = ENCODINGS["base64"](VALUES["email"])
    assert any(f.kind == "email" for f in find(f"{'A' * 61}\n{run}\n"))
    assert any(f.kind == "email" for f in find(f"https://a.example/unsubscribe/{run}/now"))
    assert any(f.kind == "email" for f in find(f"user_{run}"))


def test_full_width_digits_and_slack_links_inside_an_encoding_are_seen_through() -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    assert any(f.kind == "phone" for f in find(ENCODINGS["base64"](VALUES["phone"].translate(wide))))
    linked = html.escape(f"<tel:1|{VALUES['phone']}>")
    assert any(f.kind == "phone" for f in find(linked))


def test_a_link_within_a_links_label_is_opened() -> None:
    first, second = VALUES["card"][:10], VALUES["card"][10:]
    assert any(f.kind == "card" for f in find(f"{first}<https://a.example|<tel:11|{second}>>"))


def test_an_address_whose_sign_is_escaped_is_found_with_it() -> None:
    escaped = VALUES["email"].replace("@", "&#64;")
    (finding,) = (f for f in find(f"메일은 {escaped}로") if f.kind == "email")
    assert f"메일은 {escaped}로"[finding.start : finding.end] == escaped


@pytest.mark.parametrize(
    "sign",
    [
        "=40",
        "\\x40",
        "\\100",
        "\\u{40}",
        "\\u0040",
        "\\U00000040",
        "&#64",
        "&#x40",
        "%40",
        "[at]",
        "(at)",
        " [at] ",
        "[@]",
    ],
)
def test_one_encoded_sign_never_hides_an_address(sign: str) -> None:
    assert any(f.kind == "email" and f.score >= MASK for f in find(f"메일은 minsu.kim{sign}naver.com 로"))


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("encoding", ["q", "b"])
def test_the_words_of_a_mails_header_are_read(encoding: str, kind: str) -> None:
    header = email.charset.Charset("utf-8")
    header.header_encoding = email.charset.QP if encoding == "q" else email.charset.BASE64
    words = header.header_encode_lines(VALUES[kind], iter(lambda: 30, 0))
    assert any(f.kind == kind for f in find("Subject: " + "\r\n ".join(word for word in words if word)))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30), st.sampled_from(["utf-8", "x-none"]))
def test_a_broken_word_of_a_header_never_raises(text: str, charset: str) -> None:
    for encoding in "QB":
        list(decoded(fold(whole(f"=?{charset}?{encoding}?{text}?="))))


def test_a_password_in_a_percent_encoded_address_is_found() -> None:
    inner = "postgres://app:" + "s3cr3tpw" + "@db:5432/app"
    assert any(f.kind == "secret" for f in find(f"https://a.example/login?next={urllib.parse.quote(inner, safe='')}"))


@pytest.mark.parametrize(
    "text",
    [
        "연차는 입사일을 기준으로 매년 15일이 주어집니다. 자세한 것은 인사팀에 물어보세요.",
        "The internationalization of our documentation-and-onboarding process is a responsibility of everyone.",
        "commit ceae596f1dac786181cfaa96ca9aa1ae0e0a6f22, uuid 123e4567-e89b-12d3-a456-426614174000",
        "sha256:" + "00fe05f5" * 8,
        "retries=30&limit=10, 100% sure, AT&T; R&D; 01:02:03 04:05:06",
        "C:\\users\\kim\\utf8, total 20261122223005123456",
        "bot/policy/detect/normal.py와 retrieval/sources/registry.py를 보세요",
    ],
)
def test_a_text_without_encoded_runs_is_read_once(text: str) -> None:
    assert list(decoded(fold(whole(text)))) == []


@given(st.text(st.characters(categories=None), max_size=60), encodings)
def test_whatever_is_encoded_and_cut_nothing_raises_and_offsets_stay_within(text: str, encoding: str) -> None:
    run = ENCODINGS[encoding](text.encode("utf-8", "replace").decode())
    for cut in (run, run[:-1], run[1:], run[: len(run) // 2]):
        for view in decoded(fold(whole(cut))):
            assert len(view.text) == len(view.starts) == len(view.ends)
            assert all(0 <= start < end <= len(cut) for start, end in zip(view.starts, view.ends, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "%41" * 33_000,
        "&#64;" * 20_000,
        "\\u0041" * 16_000,
        "=41" * 33_000,
        "01:" * 33_000,
        "aB3/" * 25_000,
        ("A" * 76 + "\n") * 1_300,
        ("ab" * 32 + "\n") * 1_500,
        ENCODINGS["base64"](" ".join(TOKENS.values()) * 8),
        "&" * 100_000,
        "=?utf-8?q?" * 10_000,
        "=?u8?q?a?=\n" * 9_000,
        "1," * 50_000,
        "12,345+" * 15_000,
        "1에 " * 30_000,
        ":one:" * 20_000,
        "일이삼" * 30_000,
        "one two 12" * 10_000,
        " [at]" * 20_000,
        "\\100" * 25_000,
        "10.1.2.3에 " * 10_000,
        "\ud800%41\udfff" * 15_000,
        "\u202e<https://a|" * 8_000,
    ],
    ids=lambda text: repr(text[:10]),
)
def test_a_large_text_costs_what_its_length_costs(text: str) -> None:
    assert_text_costs_its_length(find, text)
