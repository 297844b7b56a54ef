"""An identifier that is split is found as the whole one is, and figures that only stand side by side are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import Route, Turn
from bot.policy.decide import decide_embedding
from bot.policy.detect import ABOUT
from bot.policy.parts import Prompt, embedded_part, joined, passage_parts, question_part, thread_parts
from bot.policy.permit import PermitFault, permit
from bot.prompt import Template, build
from retrieval.label import Label
from tests.builders import DM, ask, decision_for, document, parts_of, passage, rrn, shipped_rules
from tests.unit.policy.detect.samples import EXAMPLES, FOREIGNER, LAND_LINE
from tests.unit.policy.detect.tokens import TOKENS

RULES = shipped_rules()
OF_ONE_WORD = (
    "openai",
    "anthropic",
    "aws",
    "github",
    "gitlab",
    "slack",
    "google",
    "stripe",
    "npm",
    "hugging face",
    "jwt",
)
WHOLE = {
    **{kind: value for kind, value in EXAMPLES.items() if kind not in ABOUT},
    "old kr_passport": "M" + "40718253",
    "bare kr_rrn": EXAMPLES["kr_rrn"].replace("-", ""),
    "foreign kr_rrn": FOREIGNER,
    "bare card": EXAMPLES["card"].replace("-", ""),
    "line phone": LAND_LINE,
    **{f"{name} secret": token for name, token in TOKENS.items() if name in OF_ONE_WORD},
}
NAMED = {
    "kr_rrn": "주민번호", "card": "카드번호", "phone": "전화번호", "email": "메일", "secret": "토큰",
    "kr_driver_licence": "운전면허번호", "kr_passport": "여권번호", "kr_business": "사업자등록번호",
    "kr_corporate": "법인등록번호", "kr_account": "국민은행 계좌번호", "kr_customs": "개인통관고유부호", "iban": "IBAN",
    "us_ssn": "SSN", "ip": "IP 주소", "coordinates": "위도 경도",
}  # fmt: skip

CALLED = {
    NAMED[kind]: english
    for kind, english in {
        "kr_rrn": "resident registration number", "card": "card number", "phone": "phone number", "email": "mail",
        "secret": "token", "kr_driver_licence": "driver's licence", "kr_passport": "passport number",
        "kr_business": "business registration number", "kr_corporate": "corporate registration number",
        "kr_account": "bank account number", "kr_customs": "customs code", "iban": "IBAN", "us_ssn": "SSN",
        "ip": "server IP", "coordinates": "coordinates",
    }.items()
}  # fmt: skip


def kind_of(name: str) -> str:
    return name.rpartition(" ")[2]


def thread(*questions: str) -> Prompt:
    """The last of the messages is the question; between two of them stands an answer."""
    said = "연차 규정은 1년에 열다섯 날이고 사흘 전에 올리면 됩니다. 더 궁금한 것이 있으면 인사팀에 물어보세요. " * 4
    turns = tuple(Turn(text, said, Label(), ()) for text in questions[:-1])
    return (*thread_parts(turns, {}, DM, RULES), question_part(ask(questions[-1]), RULES))


def messages(pieces: Sequence[str], named: str) -> Prompt:
    return thread(*pieces)


def messages_with_words(pieces: Sequence[str], named: str) -> Prompt:
    return thread(*(f"제 {named} 한 토막은 {piece}이고 다음에 또 보낼게요" for piece in pieces))


def lines(pieces: Sequence[str], named: str) -> Prompt:
    return passage_parts(1, passage("\n".join(("신청서", *pieces, "이상"))), RULES)


def cells(pieces: Sequence[str], named: str) -> Prompt:
    return passage_parts(1, passage(f"| 이름 | {named} |\n|---|---|\n| 홍길동 | {' | '.join(pieces)} | 비고 |"), RULES)


def rows(pieces: Sequence[str], named: str) -> Prompt:
    table = "\n".join(f"| {piece} |" for piece in pieces)
    return passage_parts(1, passage(f"| {named} |\n|---|\n{table}"), RULES)


def words_of_a_question(pieces: Sequence[str], named: str) -> Prompt:
    return thread(f"제 {named} 앞자리는 " + " 이고 그 뒤는 ".join(pieces) + " 입니다. 연차는 며칠인가요?")


def english_words(pieces: Sequence[str], named: str) -> Prompt:
    return thread(f"my {CALLED[named]} is " + " and the rest of it is ".join(pieces))


def english_messages(pieces: Sequence[str], named: str) -> Prompt:
    return thread(f"my {CALLED[named]} is {pieces[0]}", *(f"and then comes {piece}" for piece in pieces[1:]))


def words_of_a_passage(pieces: Sequence[str], named: str) -> Prompt:
    told = f"{named} 앞자리는 " + "이고 뒷자리는 ".join(pieces) + "입니다."
    return passage_parts(1, passage(f"홍길동님이 등록했습니다. {told}"), RULES)


def passages(pieces: Sequence[str], named: str) -> Prompt:
    texts = (f"회의실은 4층에 있고 예약은 하루 전입니다. {named}" * 3 + "\n", *pieces)
    cut = [f"{texts[0]}{pieces[0]}", *pieces[1:-1], f"{pieces[-1]}\n회의실은 4층에 있고 예약은 하루 전입니다."]
    return tuple(part for n, text in enumerate(cut, 1) for part in passage_parts(n, passage(text), RULES))


WAYS = (
    messages,
    messages_with_words,
    english_words,
    english_messages,
    lines,
    cells,
    rows,
    words_of_a_question,
    words_of_a_passage,
    passages,
)
Way = Callable[[Sequence[str], str], Prompt]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", WHOLE)
def test_an_identifier_cut_in_two_anywhere_is_found(way: Way, name: str) -> None:
    whole, kind = WHOLE[name], kind_of(name)
    every = range(1, len(whole)) if len(whole) < 30 else range(1, len(whole), 7)
    missed = [cut for cut in every if kind not in joined(way((whole[:cut], whole[cut:]), NAMED[kind]), RULES).kinds]
    assert missed == []


# A letter and short figures, with no word for them, are as good as any cells of a table of sizes.
UNNAMED_LETTER = "old kr_passport"
three_numbers = st.sampled_from([n for n in WHOLE if kind_of(n) != "secret" and n != UNNAMED_LETTER])


@settings(max_examples=60)
@given(three_numbers, st.sampled_from(WAYS[:-1]), st.data())
def test_an_identifier_cut_in_three_or_four_is_found(name: str, way: Way, data: st.DataObject) -> None:
    whole, kind = WHOLE[name], kind_of(name)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), min_size=2, max_size=3)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    assert kind in joined(way(pieces, NAMED[kind]), RULES).kinds


PASSWORD = "Vodt" + "#DxM" + "Fd186"


@given(
    st.sets(st.integers(1, 12), min_size=1, max_size=2), st.sampled_from(("비밀번호: ", "비밀번호는 ", "password is "))
)
def test_a_password_in_pieces_is_found_behind_its_name(cuts: set[int], name: str) -> None:
    pieces = [PASSWORD[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True)]
    assert "secret" in joined(thread(name + " 그리고 나머지는 ".join(pieces)), RULES).kinds


@given(st.integers(1, 13), st.lists(st.sampled_from(["3월 2일", "1,500,000원", "15일", "14:30", "2026년"]), max_size=3))
def test_quantities_between_the_halves_hide_nothing(cut: int, between: list[str]) -> None:
    whole = EXAMPLES["kr_rrn"]
    asked = f"주민번호는 {whole[:cut]} 이고 {' '.join(between)} 그리고 {whole[cut:]} 입니다"
    assert "kr_rrn" in joined(thread(asked), RULES).kinds


def test_halves_in_two_passages_are_found_whatever_is_retrieved_beside_them() -> None:
    whole = rrn()
    cut = (passage(f"앞 {whole[:8]}"), passage(f"{whole[8:]} 뒤"))
    other = passage("회의실은 4층에 여덟 곳이 있습니다. " * 9)
    for found in (cut, cut[::-1], (cut[0], other, cut[1]), (cut[1], other, other, cut[0])):
        assert "kr_rrn" in joined(parts_of(ask(), *found), RULES).kinds


def test_what_only_the_order_of_the_prompt_brings_together_gets_no_permit() -> None:
    """In the prompt the thread follows the passages; when it was decided it stood before them."""
    whole = rrn()
    earlier = thread_parts((Turn(f"{whole[7:]} 이 서식은요?", "네.", Label(), ()),), {}, DM, RULES)
    cut = parts_of(ask(), passage(f"연차 규정은 서식 {whole[:7]}"))
    decided = decision_for((*earlier, *cut))
    assert Route.CLOUD in decided.routes
    prompt = build(Template("Answer."), (*earlier, *cut), mark="mark")
    with pytest.raises(PermitFault, match="more sensitive"):
        permit(decided, prompt, Route.CLOUD, "gpt", RULES)


def test_texts_that_are_embedded_together_are_read_together() -> None:
    whole = rrn()
    together = tuple(embedded_part(half, Label(), RULES) for half in (whole[:8], whole[8:]))
    decision = decide_embedding(together, RULES, decision_for(()).id)
    assert "kr_rrn" in decision.label.kinds


@pytest.mark.parametrize(
    "text",
    [
        "| 2023 | 2024 | 2025 | 2026 |\n|---|---|---|---|\n| 1,200 | 1,350 | 1,410 | 1,500 |",
        "| 항목 | 금액 |\n|---|---|\n" + "\n".join(f"| {n}번 | {n * 137_000:,} |" for n in range(1, 90)),
        "1. 첫째\n2. 둘째\n3. 셋째\n10. 열째 2026-03-02 14:30 회의",
        "commit 266df68cddc1f427a031747567a5f871686f1ab2, uuid 550e8400-e29b-41d4-a716-067c8a0a8521",
        "2017년 9월 2일에 데뷔 25주년 공연이 있었고 2,001명이 왔다. 카드로 15,000원을 냈다.",
        "| 사이즈 | S | M | L |\n|---|---|---|---|\n| 가슴 | M | 95 | 100 | 105 |",
        "비밀번호: Minimum of 8 characters and 2 digits",
        "버전은 3.11.2 이고 응답은 1.5 초, 부하는 2.4 와 3.7 사이다. 품번 M40718 과 품번 253 이다.",
        "Ask @platform-team or @security on Slack. See docs.corp.example for more.",
    ],
)
def test_a_page_of_figures_and_names_holds_no_identifier(text: str) -> None:
    assert joined(passage_parts(1, passage(text, of=document(title="2026 예산")), RULES), RULES).kinds == {"source"}


parts = st.lists(st.text(alphabet="0123456789-|\n @.가나ab", max_size=40), min_size=1, max_size=4)


@given(parts)
def test_reading_together_never_takes_a_reason_away(texts: list[str]) -> None:
    made = tuple(part for n, text in enumerate(texts) for part in passage_parts(n, passage(text), RULES))
    assert joined(made, RULES).reasons >= Label.join([part.label for part in made]).reasons
