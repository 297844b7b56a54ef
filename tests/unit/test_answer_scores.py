"""Answers are counted as their definitions say, and cases are read whole or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.answer_cases import Case, read_cases
from admin.answer_scores import Given, figures, scored, sentences, supports
from admin.answer_variants import Price, prices_of, variants
from admin.evaluate import EvaluationFault
from bot.config_file import Cloud, Models
from bot.domain import Route, Usage

LEAVE = "휴가 규정\n연차\n연차는 1년에 15일이며, 근속 3년부터 2년마다 하루씩 늘어난다."
TRIP = "출장 규정\n정산\n출장비는 7일 안에 정산한다."
PASSAGES = {1: LEAVE, 2: TRIP}


def case(*, answerable: bool = True, keywords: tuple[str, ...] = (), relevant: tuple[str, ...] = ()) -> Case:
    return Case(1, "연차는 며칠인가요?", relevant, keywords, answerable)


def said(text: str, *, known: bool = True, **more: object) -> Given:
    values = {"known": known, "route": Route.CLOUD, "seconds": 1.0, "text": text, "passages": PASSAGES, **more}
    return Given(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("연차는 15일입니다. [1] 정산은 7일 [2].", [("연차는 15일입니다.", (1,)), ("정산은 7일.", (2,))]),
        ("연차는 1.5배입니다 [1][2].\n\n다음은:\n- 연차 [1, 2]", [("연차는 1.5배입니다.", (1, 2)), ("- 연차", (1, 2))]),
        ("1. 연차 15일 [1]\n2. 출장 [2]", [("연차 15일", (1,)), ("출장", (2,))]),
        ("", []),
    ],
)  # fmt: skip
def test_a_sentence_has_the_citations_that_stand_in_it_and_behind_it(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(one.text, one.cited) for one in sentences(text)] == found


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("연차는 1년에 15일입니다.", True),
        ("연차는 1년에 20일입니다.", False),
        ("법인카드 한도는 매달 정해집니다.", False),
        ("출장비는 7일 안에 정산합니다.", False),
    ],
)
def test_a_passage_says_a_sentence_by_its_words_and_every_figure(sentence: str, supported: bool) -> None:
    assert supports(sentence, [LEAVE]) == supported
    assert not supports(sentence, [])


def test_a_citation_counts_where_its_passage_says_the_sentence_or_is_needed_for_it() -> None:
    one = scored(case(), said("연차는 1년에 15일입니다 [1][2]. 출장비는 7일 안에 정산합니다 [1]."))
    assert (one.sentences, one.supported, one.citations, one.precise) == (2, 1, 3, 1)
    both = scored(case(), said("연차는 1년에 15일이고 출장비는 7일 안에 정산합니다 [1][2]."))
    assert (both.supported, both.precise) == (1, 2)


@pytest.mark.parametrize(
    ("of", "given_", "score"),
    [
        (case(), said("연차는 1년에 15일입니다 [1]. 법인카드는 다릅니다 [1]."), 0.5),
        (case(keywords=("15 일",)), said("연차는 1년에 15일입니다 [1]."), 1.0),
        (case(keywords=("20일",)), said("연차는 1년에 15일입니다 [1]."), 0.0),
        (case(), said("", known=False), 0.0),
        (case(answerable=False), said("", known=False), 1.0),
        (case(answerable=False), said("연차는 1년에 15일입니다 [1]."), 0.0),
        (case(), said("> 연차", written=False), 1.0),
    ],
)
def test_what_is_compared_rewards_support_and_honest_ignorance(of: Case, given_: Given, score: float) -> None:
    assert scored(of, given_).score == score


def test_the_judge_counts_in_the_place_of_words_where_it_was_asked() -> None:
    one = scored(case(), said("연차는 1년에 15일입니다 [1]."), judged=0)
    assert (one.supported, one.score) == (1, 0.0)


def test_the_figures_are_shares_of_what_there_is_and_nothing_is_no_share() -> None:
    usage = Usage(1_000, 500)
    results = [
        scored(case(relevant=("hr/leave.md",)), said("연차는 1년에 15일입니다 [1].", uris=frozenset({"hr/leave.md"}),
                                                     usage=usage, cost=0.25)),
        scored(case(answerable=False), said("", known=False, route=Route.QUOTE, written=False)),
    ]  # fmt: skip
    told = figures(results)
    assert told["routes"] == {"cloud": 1, "quote": 1}
    assert (told["supported"], told["citation_precision"], told["found"], told["says"]) == (1.0, 1.0, 1.0, None)
    assert (told["abstained"], told["wrongly_abstained"], told["judged"]) == (1.0, 0.0, None)
    assert (told["tokens"], told["cost"]) == ({"in": 1_000, "out": 500}, 0.25)
    assert figures([results[1]])["supported"] is None
    assert figures([scored(case(), said("연차 [1]", cost=None))])["cost"] is None


@given(st.text(max_size=200))
def test_any_text_is_cut_into_sentences_that_stand_in_it(text: str) -> None:
    for one in sentences(text):
        assert one.text
        assert all(0 <= number <= 999 for number in one.cited)


def test_only_the_cloud_has_a_price_and_only_where_its_section_says_it() -> None:
    assert prices_of(Models(cloud=Cloud(price_in=2.0, price_out=10.0))) == {Route.CLOUD: Price(2.0, 10.0)}
    assert prices_of(Models()) == {}
    assert Price(2.0, 10.0).of(Usage(500_000, 100_000)) == 2.0
    assert Price(2.0, 10.0).of(Usage(None, 1)) is None


def rows(*lines: object) -> bytes:
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()


def test_cases_are_read_from_json_lines_and_from_a_spreadsheet() -> None:
    lines = rows({"question": "a?", "relevant": ["x.md", {"uri": "y.md", "contains": "z"}], "keywords": ["15"]}, "",
                 {"question": "b?", "relevant": []}, {"question": "c?", "unanswerable": True, "who": "hr"})  # fmt: skip
    assert read_cases(lines, "c.jsonl") == (
        Case(1, "a?", ("x.md", "y.md"), ("15",)), Case(3, "b?", (), (), False), Case(4, "c?", (), (), False),
    )  # fmt: skip
    sheet = "question,keywords,relevant,unanswerable\na?,15; 20,x.md,\nb?,,,yes\nc?,,,no\n".encode("utf-8-sig")
    assert read_cases(sheet, "c.csv") == (
        Case(2, "a?", ("x.md",), ("15", "20")), Case(3, "b?", (), (), False), Case(4, "c?"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "where", "says"),
    [
        (b"", "c.jsonl", "there is no question"),
        (b"{", "c.jsonl", "line 1: is not JSON"),
        (b"[]", "c.jsonl", "line 1: is JSON, and no object"),
        (rows({"question": " "}), "c.jsonl", 'line 1: has no "question"'),
        (rows({"question": "a", "relevant": "x"}), "c.jsonl", '"relevant" must be a list'),
        (rows({"question": "a", "relevant": [1]}), "c.jsonl", '"relevant" holds what is neither'),
        (rows({"question": "a", "keywords": "x"}), "c.jsonl", '"keywords" must be a list of texts'),
        (rows({"question": "a", "unanswerable": "maybe"}), "c.jsonl", '"unanswerable" must be true or false'),
        (rows({"question": "a", "unanswerable": 1, "relevant": ["x"]}), "c.jsonl", '"unanswerable" must be true'),
        (rows({"question": "a", "unanswerable": True, "relevant": ["x"]}), "c.jsonl", "leave one of them out"),
        (b"question,keyword\na,b\n", "c.csv", "the first row holds question"),
        (b'question\n"a\n', "c.csv", "c.csv: "),
        (b"\x00\xff", "c.jsonl", "is no text"),
    ],
)
def test_a_case_that_is_none_is_said_with_its_line(content: bytes, where: str, says: str) -> None:
    with pytest.raises(EvaluationFault) as caught:
        read_cases(content, where)
    assert says in str(caught.value)


def test_each_thing_that_is_named_is_one_variant_and_none_twice() -> None:
    made = variants((), (3, 6), ("quote",))
    assert [one.said for one in made] == ["as it is", "3 passages", "6 passages", "model quote"]
    with pytest.raises(EvaluationFault, match="'3 passages' is named twice"):
        variants((), (3, 3), ())
