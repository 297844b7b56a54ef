"""How the policy benchmark counts, what it reads, and what it says when it cannot."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from random import Random

import pytest

from benchmarks import policy_figures as figures
from benchmarks.__main__ import main
from benchmarks.policy_cases import Message, Span
from benchmarks.policy_data import PolicyData, Probe
from benchmarks.policy_disguises import recall_of_names
from benchmarks.policy_figures import Looked
from benchmarks.policy_properties import random_label, violations
from benchmarks.policy_routes import to_cloud
from bot.policy.detect import Finding
from bot.policy.rules import allowed
from tests.builders import rrn, shipped_rules

PROBES = """\
name: privacy
coverage:
  tags: [a]
decisions:
  - id: local
    variants:
      - id: one_line
        query: Keep this: here.
      - id: block
        query: |
          ```system
            ignore
          ```
        tags: [x]
  - id: cloud
    variants:
      - id: far
        query: Compare.
        tools:
          - type: function
"""
TEXT = "연락처 010 과 card"
PHONE = Span("phone", 4, 7, "010")


def finding(kind: str, start: int, end: int, score: float = 0.9) -> Finding:
    return Finding(kind, start, end, score, "")


def looked(*findings: Finding, spans: tuple[Span, ...] = (PHONE,)) -> Looked:
    return Looked(Message(TEXT, spans, "g"), findings)


def every(span: Span, message: Message) -> bool:
    return True


# -- counting --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (finding("phone", 4, 7), 1),
        (finding("phone", 6, 20), 1),
        (finding("phone", 7, 9), 0),
        (finding("card", 4, 7), 0),
        (finding("phone", 4, 7, 0.29), 0),
    ],
)
def test_a_span_is_found_where_a_sure_finding_of_its_kind_overlaps_it(found: Finding, right: int) -> None:
    assert figures.recall([looked(found)], 0.3, every) == (right, 1)


def test_precision_counts_findings_and_only_those_that_stand_for_a_value() -> None:
    one = looked(finding("phone", 4, 7), finding("card", 10, 14), finding("health", 0, 14), finding("directive", 0, 2))
    assert figures.precision([one], 0.5) == (1, 2)


def test_what_is_found_under_another_kind_is_masked_rightly_but_not_right() -> None:
    one = looked(finding("card", 4, 7))
    assert figures.precision([one], 0.5) == (0, 1)
    assert figures.precision([one], 0.5, by_kind=False) == (1, 1)


def test_a_sensitive_matter_keeps_a_message_on_prem_and_masks_nothing() -> None:
    one = looked(finding("health", 0, 14), spans=())
    assert figures.flagged([one], 0.3) == (1, 1)
    assert figures.masked([one], 0.5) == (0, 1)


def test_a_figure_without_cases_is_never_ok() -> None:
    assert not figures.at_least("recall", (0, 0), 0.01, "").ok
    assert not figures.at_most("false", (0, 0), 0.5, "").ok


@pytest.mark.parametrize(
    ("written", "text", "bare"),
    [
        ("9001011234567", "9001011234567 확인", True),
        ("900101-1234567", "900101-1234567 확인", False),
        ("9001011234567", "주민번호 9001011234567", False),
    ],
)
def test_a_number_is_bare_without_separator_and_without_a_word(written: str, text: str, bare: bool) -> None:
    assert figures.bare(Span("kr_rrn", 0, 0, written), text) is bare


def test_names_that_nobody_finds_count_as_missed() -> None:
    found, tried = recall_of_names(lambda _: (), [("person", "김서연")])
    assert (found, tried > 20) == (0, True)


# -- routes ----------------------------------------------------------------------------------------------------


def test_routes_are_those_of_the_shipped_policy() -> None:
    rules = shipped_rules()
    assert to_cloud("연차는 며칠인가요?", rules)
    assert not to_cloud(f"주민번호 {rrn()}", rules)


def test_a_property_that_does_not_hold_is_counted() -> None:
    assert 20 < violations(lambda random, _: random.random() < 0.5, shipped_rules(), 100) < 80


def test_random_labels_are_taken_by_some_sinks_and_refused_by_others() -> None:
    """Otherwise every property would hold, and prove nothing."""
    rules, random = shipped_rules(), Random(5)
    for sink in rules.sinks.values():
        taken = [allowed(random_label(random), sink) for _ in range(200)]
        assert 20 < sum(taken) <= 200
    assert not all(allowed(random_label(random), rules.sinks["cloud"]) for _ in range(200))


# -- data ------------------------------------------------------------------------------------------------------


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def folder(path: Path) -> Path:
    """The smallest data that every figure can be measured on."""
    message = f"연차 번호 {rrn()} 입니다. 확인 부탁드립니다. " * 2
    rows = [
        {"spans": [[6, 20, "RRN"]], "kind": "RRN", "text_b64": encoded(message)},
        {"spans": [], "kind": "NEG00", "text_b64": encoded("주문이 늦어지고 있습니다. " * 6)},
        {"spans": [], "kind": "NEG01", "text_b64": encoded("배포가 끝났습니다. 확인 부탁드립니다. " * 200)},
    ]
    span = {"entity_type": "EMAIL_ADDRESS", "start_position": 0, "end_position": 5, "entity_value": "a@b.c"}
    vector = {"secret": True, "text_b64": encoded("words")}
    sentence = "## comment\n## id\t김씨\n김\tB-PS\n구\tI-PS\n가\tO\n \tO\n왔\tO\n\n## id\n이\tB-PS\n\n"
    files = {
        "messages_dev.jsonl": "\n".join(map(json.dumps, rows)),
        "presidio_synth_dev.json": json.dumps([{"full_text": "a@b.c writes", "spans": [span]}]),
        "gitleaks_vectors_dev.jsonl": json.dumps(vector),
        "detect_secrets_vectors_dev.jsonl": json.dumps({**vector, "secret": False}),
        "klue_ner_v1.1_dev_first1000.tsv": sentence,
        "vsr_privacy_probes.yaml": PROBES,
        "vsr_privacy_kb_labels.json": json.dumps({"labels": {"pii": {"exemplars": ["Read this list"]}}}),
    }
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def test_probes_are_read_with_the_decision_that_is_expected(tmp_path: Path) -> None:
    assert PolicyData(folder(tmp_path)).probes() == [
        Probe("Keep this: here.", "local"),
        Probe("```system\n  ignore\n```", "local"),
        Probe("Compare.", "cloud"),
    ]


def test_names_are_read_with_their_places(tmp_path: Path) -> None:
    first, second = PolicyData(folder(tmp_path)).prose()
    assert (first.text, first.spans) == ("김구가 왔", (Span("person", 0, 2, "김구"),))
    assert second.spans == (Span("person", 0, 1, "이"),)


def test_messages_are_read_with_the_kinds_that_detectors_use(tmp_path: Path) -> None:
    first, *negatives = PolicyData(folder(tmp_path)).messages()
    assert first.spans == (Span("kr_rrn", 6, 20, rrn()),)
    assert [message.spans for message in negatives] == [(), ()]


def test_data_that_is_not_there_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "--data", str(tmp_path / "nowhere"), "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "--data" in said.err


def test_every_figure_is_a_row_with_its_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["policy", "--data", str(folder(tmp_path)), "--cases", "30", "--json"]) == 1
    )  # no recall of what is not there
    told = {row["figure"].partition(", of ")[0]: row for row in json.loads(capsys.readouterr().out)}
    assert told["recall, RRN"]["value"] == 1
    targets = {
        "recall, identifiers with separator or context": "≥ 0.99",
        "recall, identifiers bare": "≥ 0.95",
        "precision of what is masked": "≥ 0.97",
        "hard negatives kept on-prem": "≤ 0.05",
        "hard negatives masked": "≤ 0.005",
        "synth recall, card": "≥ 0.85",
        "synth precision, these kinds": "≥ 0.75",
        "gitleaks, recall": "≥ 0.98",
        "detect_secrets, recall": "≥ 0.95",
        "prose flagged as secret": "≤ 0",
        "matters recall": "≥ 0.95",
        "matters false": "≤ 0.08",
        "listed names, 20 particles, spacing, width": "≥ 0.995",
        "differences under zero width": "≤ 0",
        "split over cells, may go to the cloud": "≤ 0",
        "50 to 500 characters, p99 (ms)": "≤ 1.5",
        "P3 another part: violations": "≤ 0",
        "8 KB (ms)": "≤ 20",
        "import (s)": "≤ 0.4",
        "memory of the detectors (MB)": "≤ 25",
    }
    assert {figure: told[figure]["target"] for figure in targets} == targets
